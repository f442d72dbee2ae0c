"""The instruction set: chosen by environment or test hook, refused where absent."""

import pytest

from fast_augment import _core
from helpers.process import output_of, run_python

PRINT_ACTIVE = "from fast_augment import _core; print(_core.active_isa())"


@pytest.mark.parametrize("name", _core.supported_isas())
def test_environment_chooses(name):
    assert output_of(PRINT_ACTIVE, environment={"FAST_AUGMENT_ISA": name}) == name


@pytest.mark.parametrize("environment", [{}, {"FAST_AUGMENT_ISA": ""}])
def test_the_best_is_the_default(environment):
    assert output_of(PRINT_ACTIVE, environment=environment) == _core.supported_isas()[-1]


def test_an_unknown_name_fails_at_import():
    done = run_python("import fast_augment", environment={"FAST_AUGMENT_ISA": "avx9"})

    assert done.returncode != 0
    assert "ImportError" in done.stderr
    assert "FAST_AUGMENT_ISA: unknown instruction set 'avx9'" in done.stderr
    assert ", ".join(_core.supported_isas()) in done.stderr


def test_a_name_this_machine_cannot_run_fails_at_import():
    missing = set(_core.build_info()["isas_compiled"]) - set(_core.supported_isas())
    if not missing:
        pytest.skip("this machine runs every instruction set of the build")
    name = missing.pop()
    done = run_python("import fast_augment", environment={"FAST_AUGMENT_ISA": name})

    assert done.returncode != 0
    assert f"FAST_AUGMENT_ISA: this processor cannot run {name}" in done.stderr


def test_forcing_switches_at_once(isa):
    assert _core.active_isa() == isa
    assert _core.build_info()["isa_active"] == isa


def test_forcing_an_unknown_name_changes_nothing():
    before = _core.active_isa()
    with pytest.raises(ValueError, match="force_isa: unknown instruction set 'mmx'"):
        _core.force_isa("mmx")

    assert _core.active_isa() == before


def test_baseline_comes_first_and_runs_everywhere():
    assert _core.supported_isas()[0] == "baseline"
    assert set(_core.supported_isas()) <= set(_core.build_info()["isas_compiled"])
