"""The table of goals of the benchmarks: which contender counts, what is met, what is missing."""

import importlib
import json
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent.parent / "bench"


@pytest.fixture
def goals(monkeypatch):
    monkeypatch.syspath_prepend(BENCH)
    return importlib.import_module("goals")


@pytest.fixture
def rows(monkeypatch):
    monkeypatch.syspath_prepend(BENCH)
    return importlib.import_module("goal_rows")


def contender(library, median, mode="out=", reference=False, difference=0.0):
    return {
        "library": library,
        "mode": mode,
        "reference": reference,
        "median": median,
        "difference": difference,
    }


def results(*contenders, threads=1):
    race = {"workload": "work", "threads": threads, "contenders": list(contenders)}
    return {"machine": {"machine": "a processor"}, "races": [race]}


def cells(goal, found):
    """Measured, verdict and against of a row."""
    races = {(race["workload"], race["threads"]): race["contenders"] for race in found["races"]}
    return goal.line(races)[3:]


def test_our_variants_do_not_stand_for_us_and_no_reference_is_a_peer(goals):
    found = results(
        contender("fast_augment", 2.0),
        contender("fast_augment avx2", 1.0),
        contender("np.copyto", 0.5, reference=True),
        contender("opencv", 9.0),
        contender("opencv pool", 8.0),
        contender("numba", 1.0, mode="fresh"),
        contender("numba", None),
    )
    ours = goals.Side("work")
    for library, measured, against in (
        (goals.BEST_PEER, "4.00 x", "opencv pool"),
        ("opencv", "4.00 x", "opencv pool"),
        ("np.copyto", "0.25 x", "np.copyto"),
        ("fast_augment avx2", "0.50 x", "fast_augment avx2"),
    ):
        goal = goals.Goal("key", "row", 4.0, goals.Faster(ours, goals.Side("work", library)))
        found_cells = cells(goal, found)
        assert (found_cells[0], found_cells[2]) == (measured, against)


@pytest.mark.parametrize(
    ("median", "outcome"), [(2.0, "met"), (2.29, "tie"), (2.31, "missed"), (0.1, "met")]
)
def test_verdicts_of_at_least(goals, median, outcome):
    found = results(contender("fast_augment", median), contender("numba", 8.0))
    sides = goals.Side("work"), goals.Side("work", "numba")
    goal = goals.Goal("key", "row", 4.0, goals.Faster(*sides))
    assert cells(goal, found)[1] == outcome


def test_verdicts_of_at_most(goals):
    ours, theirs = goals.Side("work"), goals.Side("work", "numba")
    found = results(contender("fast_augment", 2e-6, difference=1e-13), contender("numba", 1e-6))

    def outcome(measure, goal):
        return cells(goals.Goal("key", "row", goal, measure), found)[:2]

    assert outcome(goals.Longer(ours, theirs), 2.0) == ("2.00 x", "met")
    assert outcome(goals.Longer(ours, theirs), 1.8) == ("2.00 x", "tie")
    assert outcome(goals.Longer(ours, theirs), 1.7) == ("2.00 x", "missed")
    assert outcome(goals.Above(ours, theirs, share=0.5), 1.5) == ("1.50 us", "met")
    assert outcome(goals.Above(ours, theirs, share=0.5), 1.0) == ("1.50 us", "missed")
    assert outcome(goals.Above(ours, theirs, share=3.0), 0.5) == ("-1.00 us", "met")
    assert outcome(goals.Difference(ours, ours), 1e-12) == ("1e-13", "met")
    assert outcome(goals.Difference(ours, ours), 9e-14) == ("1e-13", "missed")


def test_a_row_without_figures_says_why(goals):
    found = results(contender("fast_augment", 1.0), contender("numba", None))
    ours = goals.Side("work")
    for theirs, why in (
        (goals.Side("work", "numba"), "no numba"),
        (goals.Side("work", "opencv"), "no opencv"),
        (goals.Side("work", "numba", 2), "not run"),
        (goals.Side("other", "numba"), "not run"),
    ):
        goal = goals.Goal("key", "row", 1.0, goals.Faster(ours, theirs))
        assert cells(goal, found) == ("", why, "")


def test_the_table_counts_its_verdicts(goals):
    found = results(contender("fast_augment", 1.0), contender("numba", 3.0))
    sides = goals.Side("work"), goals.Side("work", "numba")
    limits = (2.0, 3.3, 9.0)
    chosen = [goals.Goal(f"row{n}", "row", n, goals.Faster(*sides)) for n in limits]
    chosen.append(goals.Goal("gone", "row", 1.0, goals.Faster(goals.Side("other"), sides[1])))
    lines = goals.table(found, chosen)

    assert lines[-1] == "1 met, 1 tied, 1 missed, 1 without a figure"
    assert [line.split()[0] for line in lines[5:9]] == ["row2.0", "row3.3", "row9.0", "gone"]


def test_a_file_is_printed(goals, rows, tmp_path, capsys):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(results()))
    goals.main([str(path)])

    printed = capsys.readouterr().out
    assert printed.startswith("machine: a processor\n")
    assert f"0 met, 0 tied, 0 missed, {len(rows.GOALS)} without a figure" in printed


def test_every_row_has_a_key_of_its_own(rows):
    assert len({goal.key for goal in rows.GOALS}) == len(rows.GOALS)
    assert len({(goal.row, goal.goal) for goal in rows.GOALS}) == len(rows.GOALS)
    for goal in rows.GOALS:
        assert goal.races <= rows.RACES
