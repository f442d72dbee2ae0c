"""Options, the header, the fixture that reports one contender, and the table at the end."""

import sys
from pathlib import Path

import pytest

# The oracles of the tests are the specification; the benchmarks check against them as well.
sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

import harness
import report

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


def pytest_configure(config):
    config.addinivalue_line("markers", "full: only run by `make bench-full`")
    if config.getoption("benchmark_columns", None) is None:
        config.option.benchmark_columns = COLUMNS
    config.stash[RESULTS] = {}


def pytest_collection_modifyitems(config, items):
    if config.getoption("--full"):
        return
    skipped = [item for item in items if item.get_closest_marker("full")]
    items[:] = [item for item in items if not item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=skipped)


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
    terminalreporter.section("fast_augment against its peers")
    for line in [*report.machine_lines(), "", *report.table(races), "", *report.goals(races)]:
        terminalreporter.write_line(line)
