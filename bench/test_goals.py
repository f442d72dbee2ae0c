"""Every row of the table of goals names work that some benchmark does."""

import importlib
from pathlib import Path

import pytest

import harness
import peers
from goal_rows import GOALS
from goals import BEST_PEER, OURS

# What is compared with where it is installed, or where the machine has it.
OPTIONAL = {"opencv", "torch", "torch fused", "pillow", "torchvision", "read", "keras"}
OPTIONAL |= {"alone: pillow resize", f"{OURS} avx2"}


@pytest.fixture(scope="module")
def libraries():
    """Names and modes of the contenders by workload and threads."""
    for path in Path(__file__).parent.glob("test_*.py"):
        importlib.import_module(path.stem)
    found = {}
    for entry in harness.ENTRIES.values():
        contender = entry.contender
        race = found.setdefault((entry.workload.name, entry.threads), set())
        race.add((contender.library, contender.mode))
    return found


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.key)
def test_a_goal_has_its_races(goal, libraries):
    for side in goal.measure.sides:
        if side.threads > peers.ALL_THREADS:
            continue
        race = libraries[side.workload, side.threads]
        if side.library in OPTIONAL or side.library.startswith(f"{OURS} registered torch"):
            continue
        names = [name for name, mode in race if mode == side.mode]
        wanted = OURS if side.library == BEST_PEER else side.library
        assert any(name.startswith(wanted) for name in names), side
