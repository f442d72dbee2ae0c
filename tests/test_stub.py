"""The committed stub of the extension module says what the built module says."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

STUB = Path(__file__).resolve().parent.parent / "python" / "fast_augment" / "_core.pyi"


def syntax_without_layout(text):
    return ast.dump(ast.parse(text), indent=1)


@pytest.mark.skipif(not STUB.is_file(), reason="tests run without the source tree")
def test_stub_is_what_the_generator_writes_for_this_build(tmp_path):
    pytest.importorskip("pybind11_stubgen")
    command = [sys.executable, "-m", "pybind11_stubgen", "fast_augment._core", "-o", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    generated = (tmp_path / "fast_augment" / "_core.pyi").read_text()
    assert syntax_without_layout(generated) == syntax_without_layout(STUB.read_text()), (
        "run `make stub` and commit the result"
    )
