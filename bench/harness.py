"""Races: every contender of a workload is checked against an oracle, then all are timed in turns.

One pytest test stands for one contender. The first test of a race runs the whole race: a shared
machine drifts, and only contenders timed in turns are hit by the same drift. The rounds are then
replayed into pytest-benchmark, one entry per test.
"""

import functools
import gc
import math
import random
import statistics
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import peers
from fast_augment import _core
from goals import FRESH, IN_PLACE, OUT

__all__ = [
    "FRESH",
    "IN_PLACE",
    "OUT",
    "Contender",
    "Workload",
    "modes",
    "races",
    "with_avx2",
    "writes",
]

# A turn waits this long if threads are used: the idle threads of the contender before spin for some
# milliseconds before they sleep, and would take a processor from the next one. It waits at work, as
# a training step would: after a sleep of its own a virtual machine may need a millisecond to run on
# all its processors again.
PAUSE_SECONDS = 0.01
ROUND_SECONDS = 0.001
MIN_TURNS, MAX_TURNS = 7, 300
# Calls longer than this are not repeated untimed first: warm caches no longer matter.
LONG_CALL_SECONDS = 0.1


@dataclass(frozen=True)
class Contender:
    """One way to do the work; `make(job, out)` returns the call to be timed.

    The call returns its result. `out` is the preallocated result or None. A `reference` does other
    work (a plain copy, say): it is not checked and no baseline.
    """

    library: str
    mode: str
    make: Callable[[SimpleNamespace, Any], Callable[[], Any]]
    tolerance: float = 0.0
    min_threads: int = 1
    before_turn: Callable[[int], None] = peers.set_opencv_threads
    reference: bool = False

    @property
    def name(self) -> str:
        """Library and mode."""
        return f"{self.library} {self.mode}"


@dataclass(frozen=True)
class Workload:
    """Inputs, the expected result, and who runs; `threads` are those of the default run.

    `inputs` returns a namespace; contenders find in it also `threads` and `empty`, which makes a
    fresh array for the result. `time_share` is the part of the usual time that the race is timed
    for: less where calls are short and many rounds come in soon.
    """

    name: str
    inputs: Callable[[], SimpleNamespace]
    expected: Callable[[SimpleNamespace], Any]
    contenders: Sequence[Contender]
    threads: tuple[int, ...] = (1,)
    only_full: bool = False
    time_share: float = 1.0
    difference: Callable[[Any, Any], float] | None = None


@dataclass(frozen=True)
class Entry:
    """One contender of one race: what a test reports."""

    workload: Workload
    threads: int
    contender: Contender


@dataclass
class Result:
    """The rounds of one entry in seconds (each of `iterations` calls), or why there are none."""

    entry: Entry = field(repr=False)
    call: Callable[[], Any] | None = field(default=None, repr=False)
    iterations: int = 1
    rounds: list[float] = field(default_factory=list)
    difference: float = math.nan
    failure: str = ""

    def raise_failure(self) -> None:
        """Fail if there are no rounds."""
        if self.failure:
            raise AssertionError(f"{self.entry.contender.name}: {self.failure}")

    @property
    def median(self) -> float:
        """Seconds per call."""
        return statistics.median(self.rounds) / self.iterations

    @property
    def spread(self) -> float:
        """Interquartile range over median."""
        low, _, high = statistics.quantiles(self.rounds, n=4)
        return (high - low) / statistics.median(self.rounds)


def modes(library: str, make: Callable[..., Any], **options: Any) -> list[Contender]:
    """Build the preallocated and the fresh contender of a library."""
    return [Contender(library, mode, make, **options) for mode in (OUT, FRESH)]


def with_avx2(make: Callable[..., Any], tolerance: float) -> list[Contender]:
    """Build a contender that is ours on a processor with nothing above AVX2.

    Here, where there is more: what the switch in each call costs is a few hundred nanoseconds.
    """
    if "avx512" not in _core.supported_isas():
        return []

    def make_narrow(job: SimpleNamespace, out: Any) -> Callable[[], Any]:
        call = make(job, out)

        def narrow() -> Any:
            usual = _core.active_isa()
            _core.force_isa("avx2")
            try:
                return call()
            finally:
                _core.force_isa(usual)

        return narrow

    return [Contender("fast_augment avx2", OUT, make_narrow, tolerance=tolerance)]


def writes(fill: Callable[[SimpleNamespace, Any], Any]) -> Callable[..., Callable[[], Any]]:
    """Turn ``fill(job, target)`` into a contender's `make`: into `out`, or into a fresh array."""

    def make(job: SimpleNamespace, out: Any) -> Callable[[], Any]:
        def call() -> Any:
            target = job.empty() if out is None else out
            fill(job, target)
            return target

        return call

    return make


def races(*workloads: Workload) -> pytest.MarkDecorator:
    """Parametrize a test over the names of all entries; those of the full run are marked `full`.

    Names, because pytest-benchmark writes the parameters into its JSON.
    """
    parameters = []
    for workload in workloads:
        for threads in sorted({1, min(2, peers.ALL_THREADS), peers.ALL_THREADS}):
            group = f"{workload.name}, threads: {threads}"
            marks = [pytest.mark.benchmark(group=group, timer=REPLAY)]
            if workload.only_full or threads not in workload.threads:
                marks.append(pytest.mark.full)
            for contender in workload.contenders:
                if threads >= contender.min_threads:
                    name = f"{workload.name}, {threads}T, {contender.name}"
                    ENTRIES[name] = Entry(workload, threads, contender)
                    parameters.append(pytest.param(name, id=name, marks=marks))
    return pytest.mark.parametrize("entry", parameters)


def run_race(workload: Workload, threads: int, seconds: float) -> list[Result]:
    """Check all contenders, then time the correct ones; `seconds` is the budget of the timing."""
    peers.set_threads(threads)
    job = workload.inputs()
    job.threads = threads
    expected = workload.expected(job)
    job.empty = functools.partial(np.empty_like, expected)
    entries = [Entry(workload, threads, c) for c in workload.contenders if threads >= c.min_threads]
    results = [check(entry, job, expected) for entry in entries]
    correct = [result for result in results if not result.failure]
    collecting = gc.isenabled()
    gc.disable()
    try:
        time_in_turns(correct, threads, seconds)
    finally:
        if collecting:
            gc.enable()
    for result in results:
        result.call = None  # holds the arrays of the race
    return results


def check(entry: Entry, job: SimpleNamespace, expected: Any) -> Result:
    """Make the call, compare its first result with the expected one, choose the iterations."""
    result = Result(entry)
    contender = entry.contender
    difference = entry.workload.difference or largest_difference
    try:
        contender.before_turn(entry.threads)
        result.call = contender.make(job, job.empty() if contender.mode == OUT else None)
        value = result.call()
        if not contender.reference:
            result.difference = difference(value, expected)
            if not result.difference <= contender.tolerance:
                result.failure = (
                    f"differs from the expected result by {result.difference:.3g}, "
                    f"tolerance {contender.tolerance:.3g}"
                )
        result.iterations = math.ceil(ROUND_SECONDS / seconds_of(result.call))
    except Exception:
        # One broken peer must not cost the others their figures; its own test fails.
        result.failure = traceback.format_exc()
    return result


def seconds_of(call: Callable[[], Any]) -> float:
    """Return the best of three calls, or the time of the first one if it is long."""
    best = math.inf
    for _ in range(3):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
        if best > LONG_CALL_SECONDS:
            break
    return best


def largest_difference(result: Any, expected: np.ndarray) -> float:
    """Largest absolute difference, image by image to need little memory; infinite if shapes differ.

    NaN compares as infinite too.
    """
    result = np.asarray(result)
    if result.shape != expected.shape or result.dtype != expected.dtype:
        return math.inf
    if np.array_equal(result, expected):
        return 0.0
    pairs = zip(result, expected, strict=True)
    largest = max(float(np.max(np.abs(a.astype(np.float64) - b))) for a, b in pairs)
    return math.inf if math.isnan(largest) else largest


def time_in_turns(results: list[Result], threads: int, seconds: float) -> None:
    """Give each contender one round per turn, in a new order every turn."""
    order = list(results)
    shuffle = random.Random(1).shuffle
    end = time.perf_counter() + seconds
    for turn in range(MAX_TURNS):
        if turn >= MIN_TURNS and time.perf_counter() > end:
            return
        shuffle(order)
        for result in order:
            if threads > 1:
                stay_busy(PAUSE_SECONDS)
            result.entry.contender.before_turn(threads)
            result.rounds.append(timed_round(result))


def stay_busy(seconds: float) -> None:
    """Keep this thread, and no other, at work for a while."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def timed_round(result: Result) -> float:
    """Time one round, after untimed calls that warm the caches and wake the library's threads."""
    call, iterations = result.call, result.iterations
    if not result.rounds or result.rounds[-1] < LONG_CALL_SECONDS:
        for _ in range(1 + iterations // 10):
            call()
    start = time.perf_counter()
    for _ in range(iterations):
        call()
    return time.perf_counter() - start


class Replay:
    """A timer for pytest-benchmark that shows recorded durations instead of the time.

    It is read twice per round, before and after: it shows zero, then the duration.
    """

    __name__ = "interleaved perf_counter"

    def __init__(self) -> None:
        self.readings = iter(())

    def load(self, durations: Sequence[float]) -> None:
        """Take the durations to show next."""
        self.readings = iter([reading for duration in durations for reading in (0.0, duration)])

    def __call__(self) -> float:
        """Return the next reading."""
        return next(self.readings)


REPLAY = Replay()
ENTRIES: dict[str, Entry] = {}


def replay(benchmark: Any, result: Result) -> None:
    """Enter recorded rounds into pytest-benchmark; a failed contender fails here, without a time.

    `benchmark` must have the timer `REPLAY`.
    """
    entry = result.entry
    benchmark.extra_info.update(
        workload=entry.workload.name,
        threads=entry.threads,
        library=entry.contender.library,
        mode=entry.contender.mode,
        difference=result.difference,
    )
    REPLAY.load(result.rounds or [0.0])
    benchmark.pedantic(
        result.raise_failure, rounds=len(result.rounds) or 1, iterations=result.iterations
    )
