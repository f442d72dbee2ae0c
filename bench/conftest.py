"""Options, the header, the fixture that reports one contender, and the table at the end."""

import sys
from pathlib import Path

import pytest

# The oracles of the tests are the specification; the benchmarks check against them as well.
sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

import goals
import harness
import report
from goal_rows import BY_KEY, GOALS, RACES

COLUMNS = ["median", "iqr", "min", "max", "rounds", "iterations"]
SECONDS_PER_RACE = 4.0
SECONDS_PER_FULL_RACE = 10.0
RESULTS = pytest.StashKey[dict]()


def pytest_addoption(parser):
    parser.addoption(
        "--full",
        action="store_true",
        help="also the large workloads and all thread counts, each for longer",
    )
    parser.addoption("--goals", action="store_true", help="also all that the table of goals needs")
    parser.addoption(
        "--goal",
        action="append",
        choices=sorted(BY_KEY),
        metavar="KEY",
        help="only what this row of the table of goals needs; may be given several times",
    )
    parser.addoption(
        "--results",
        type=Path,
        metavar="JSON",
        help="file for the figures; those of other races on the same machine stay in it",
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "full: only run by `make bench-full`")
    if config.getoption("benchmark_columns", None) is None:
        config.option.benchmark_columns = COLUMNS
    config.stash[RESULTS] = {}


def pytest_collection_modifyitems(config, items):
    kept, skipped = [], []
    for item in items:
        (kept if is_wanted(config, item) else skipped).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=skipped)


def is_wanted(config, item):
    """Whether the options ask for the race of a test."""
    chosen = config.getoption("--goal")
    name = item.callspec.params.get("entry") if hasattr(item, "callspec") else None
    if name is None:
        return not chosen
    entry = harness.ENTRIES[name]
    race = (entry.workload.name, entry.threads)
    if chosen:
        return any(race in BY_KEY[key].races for key in chosen)
    if config.getoption("--full") or not item.get_closest_marker("full"):
        return True
    return config.getoption("--goals") and race in RACES


def pytest_report_header():
    return report.machine_lines()


def pytest_benchmark_update_machine_info(machine_info):
    """Keep the host's name out of the JSON, and say what runs."""
    machine_info.pop("node", None)
    machine_info["fast_augment"] = report.machine_lines()


@pytest.fixture
def run(request, benchmark):
    """Call it with an entry's name: runs its race if no test did so before, reports the entry."""

    def run_entry(name):
        entry = harness.ENTRIES[name]
        results = request.config.stash[RESULTS]
        race = (entry.workload.name, entry.threads)
        if race not in results:
            full = request.config.getoption("--full")
            seconds = SECONDS_PER_FULL_RACE if full else SECONDS_PER_RACE
            results[race] = harness.run_race(
                entry.workload, entry.threads, seconds * entry.workload.time_share
            )
        result = next(r for r in results[race] if r.entry.contender is entry.contender)
        harness.replay(benchmark, result)

    return run_entry


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter, config):
    races = list(config.stash[RESULTS].values())
    if not races:
        return
    path, chosen = config.getoption("--results"), config.getoption("--goal")
    results = report.write_results(path, races) if path else report.record(races)
    rows = [BY_KEY[key] for key in chosen] if chosen else GOALS
    terminalreporter.section("fast_augment against its peers")
    lines = [*report.machine_lines(), "", *report.table(races)]
    if not chosen:
        lines += ["", *report.faster_than_numpy(races)]
    for line in [*lines, "", *goals.table(results, rows)]:
        terminalreporter.write_line(line)
