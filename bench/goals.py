"""The goals in speed: one row each, judged from the results of a run.

    python bench/goals.py                   # the table from bench/results.json
    python bench/goals.py other.json
    python -m pytest bench --goal KEY       # runs what one row needs, and prints it

This module needs nothing but Python: a table can be read where nothing is installed.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Ratios within this factor of each other are a tie.
NOISE = 1.15
RESULTS = Path(__file__).parent / "results.json"
OUT, FRESH, IN_PLACE = "out=", "fresh", "in place"
OURS = "fast_augment"
BEST_PEER = "best peer"

# (workload, threads) to the contenders of the race, as `record` in report.py writes them.
Races = Mapping[tuple[str, int], Sequence[Mapping[str, Any]]]


def verdict(ratio: float, goal: float, margin: float = 1.0) -> str:
    """Met from `goal` times `margin` on, a tie as long as noise may explain the rest."""
    if ratio >= goal * margin:
        return "met"
    return "tie" if ratio * NOISE >= goal else "missed"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: the fastest contender of a race that fits.

    `library` is the name of a contender of ours, the beginning of the names of a peer's (its
    variants count as one), or `BEST_PEER`: every library but ours, if its result was checked.
    """

    workload: str
    library: str = OURS
    threads: int = 1
    mode: str = OUT

    def fits(self, contender: Mapping[str, Any]) -> bool:
        """Whether a contender of the race may stand for this side."""
        library = contender["library"]
        if contender["mode"] != self.mode:
            return False
        if self.library == BEST_PEER:
            return not library.startswith(OURS) and not contender["reference"]
        if self.library.startswith(OURS):
            return library == self.library
        return library.startswith(self.library)

    def fastest(self, races: Races) -> Mapping[str, Any] | None:
        """Return the contender that stands for this side, or None if it has no time."""
        race = races.get((self.workload, self.threads), ())
        timed = [c for c in race if self.fits(c) and c["median"] is not None]
        return min(timed, key=lambda c: c["median"], default=None)


@dataclass(frozen=True)
class Faster:
    """How many times as fast `ours` is as `theirs`."""

    ours: Side
    theirs: Side

    @property
    def sides(self) -> tuple[Side, ...]:
        """What must have run."""
        return self.ours, self.theirs

    def value(self, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> float:
        """Ratio of the medians."""
        return theirs["median"] / ours["median"]

    def verdict(self, value: float, goal: float) -> str:
        """At least the goal."""
        return verdict(value, goal)

    def text(self, value: float) -> str:
        """Write a ratio."""
        return f"{value:.2f} x" if value < 10 else f"{value:.0f} x"


@dataclass(frozen=True)
class Longer(Faster):
    """How many times as long `ours` may take as `theirs`, at most."""

    def value(self, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> float:
        """Ratio of the medians."""
        return ours["median"] / theirs["median"]

    def verdict(self, value: float, goal: float) -> str:
        """At most the goal."""
        return verdict(goal / value, 1.0)


@dataclass(frozen=True)
class Above(Faster):
    """Microseconds of `ours` above `share` of `theirs`, at most: what a call adds to its work."""

    share: float = 0.0

    def value(self, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> float:
        """Seconds times a million."""
        return 1e6 * (ours["median"] - self.share * theirs["median"])

    def verdict(self, value: float, goal: float) -> str:
        """At most the goal."""
        return "met" if value <= goal else verdict(goal / value, 1.0)

    def text(self, value: float) -> str:
        """Write a time."""
        return f"{value:.2f} us"


@dataclass(frozen=True)
class Difference(Faster):
    """Largest difference of `ours` from the oracle, at most."""

    def value(self, ours: Mapping[str, Any], _theirs: Mapping[str, Any]) -> float:
        """Return that of `ours`; the other side is the same."""
        return float(ours["difference"])

    def verdict(self, value: float, goal: float) -> str:
        """At most the goal; no noise in it."""
        return "met" if value <= goal else "missed"

    def text(self, value: float) -> str:
        """Write an error."""
        return f"{value:.1g}"


@dataclass(frozen=True)
class Goal:
    """A row of the table."""

    key: str
    row: str
    goal: float
    measure: Faster

    @property
    def races(self) -> set[tuple[str, int]]:
        """Workloads and threads that must have run."""
        return {(side.workload, side.threads) for side in self.measure.sides}

    def line(self, races: Races) -> tuple[str, str, str, str, str, str]:
        """Return the cells of the row."""
        found = [side.fastest(races) for side in self.measure.sides]
        goal = self.measure.text(self.goal)
        missing = [side for side, f in zip(self.measure.sides, found, strict=True) if f is None]
        if missing:
            side = missing[0]
            has_run = (side.workload, side.threads) in races
            why = f"no {side.library}" if has_run else "not run"
            return self.key, self.row, goal, "", why, ""
        ours, theirs = found
        value = self.measure.value(ours, theirs)
        outcome = self.measure.verdict(value, self.goal)
        against = "" if theirs is ours else theirs["library"]
        return self.key, self.row, goal, self.measure.text(value), outcome, against


def table(results: Mapping[str, Any], chosen: Sequence[Goal]) -> list[str]:
    """Lines of the table of goals, from what a run wrote down."""
    races = {(race["workload"], race["threads"]): race["contenders"] for race in results["races"]}
    header = ("key", "work", "goal", "measured", "verdict", "against")
    rows = [header, *(goal.line(races) for goal in chosen)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.rjust(width) if i in (2, 3) else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    counts = [sum(row[4] == outcome for row in rows[1:]) for outcome in ("met", "tie", "missed")]
    return [
        "goals at 1 (1T) or 2 threads (2T): ratios of medians, microseconds or errors. A tie is",
        "less than 15 % away, within the noise. One row again: python -m pytest bench --goal KEY",
        "",
        line(rows[0]),
        line(["-" * width for width in widths]),
        *map(line, rows[1:]),
        "",
        "{} met, {} tied, {} missed, {} without a figure".format(
            *counts, len(chosen) - sum(counts)
        ),
    ]


def main(arguments: Sequence[str]) -> None:
    """Print the machine and the table of a file of results."""
    from goal_rows import GOALS

    path = Path(arguments[0]) if arguments else RESULTS
    results = json.loads(path.read_text())
    machine = [f"{name}: {value}" for name, value in results["machine"].items()]
    print("\n".join([*machine, "", *table(results, GOALS)]))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
