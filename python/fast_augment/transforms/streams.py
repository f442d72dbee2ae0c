"""Seeds, and numbers for samples that have no index: a stream for each process."""

import itertools
import os
import sys
import threading
from typing import Any

import numpy as np

from fast_augment.transforms.checks import message, real
from fast_augment.typing import Seed

__all__ = ["Stream", "resolve_seed"]

# First number of a path: what the others mean, so that no two ways to make a process agree.
OF_PROCESSES, OF_LOADER_WORKERS = 0, 1


class _Process:
    """How this process came about; one object per process, told of every fork."""

    def __init__(self) -> None:
        self.forks: tuple[int, ...] = ()  # the number of each fork that leads here
        self.children = itertools.count(1)
        # Taken for an instant only. A child gets another, since its parent's may be held by a
        # thread that the child does not have.
        self.lock = threading.Lock()
        # Another object after each fork, which is how a stream notices.
        self.identity = object()
        # Per thread, since two threads may fork at the same time.
        self.pending = threading.local()

    def before_fork(self) -> None:
        self.pending.number = next(self.children)

    def after_fork_in_child(self) -> None:
        self.forks += (self.pending.number,)
        self.children = itertools.count(1)
        self.lock = threading.Lock()
        self.identity = object()

    def path(self) -> tuple[int, ...]:
        """Numbers that no other process of this program has; empty in the main process."""
        seed = _loader_worker_seed()
        if seed is not None:
            return (OF_LOADER_WORKERS, seed)
        # Children under spawn and forkserver remember no fork, but multiprocessing numbers them.
        module: Any = sys.modules.get("multiprocessing.process")
        numbers = tuple(module.current_process()._identity) if module is not None else ()
        if not numbers and not self.forks:
            return ()
        return (OF_PROCESSES, len(numbers), *numbers, *self.forks)


_process = _Process()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_process.before_fork, after_in_child=_process.after_fork_in_child)


def _loader_worker_seed() -> int | None:
    """Seed that torch gave to this worker of a DataLoader, if this is one."""
    data: Any = sys.modules.get("torch.utils.data")
    worker = data.get_worker_info() if data is not None else None
    return None if worker is None else int(worker.seed)


class Stream:
    """Hands out a seed and numbers for samples, in this process and in all that come from it.

    Every process counts from 0 with a seed of its own, which is a function of `seed` and of how the
    process came about; the main process uses `seed` itself.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        # The first look imports a module. In a call, that would be while another thread may fork,
        # whose child would wait for the import for ever.
        self._seed_sequence = np.random.SeedSequence
        self._identity: object = None
        self._path: tuple[int, ...] = ()
        self._own_seed = seed
        self._next = 0

    def take(self, count: int) -> tuple[int, int]:
        """Return the seed to use, and the first of `count` numbers that nobody else gets."""
        with _process.lock:
            if self._identity is not _process.identity:
                self._enter_process()
            first = self._next
            self._next = first + count
            return self._own_seed, first

    def give_back(self, first: int, count: int) -> None:
        """Numbers that were not used, as the call failed; kept if others were taken since."""
        with _process.lock:
            if self._next == first + count:
                self._next = first

    def state(self) -> tuple[tuple[int, ...], int]:
        """For pickles and copies: which process counted, and how far."""
        return self._path, self._next

    def resume(self, state: tuple[tuple[int, ...], int]) -> None:
        """Go on from a state; in another process from 0."""
        self._path, self._next = state
        self._identity = None

    def _enter_process(self) -> None:
        path = _process.path()
        if path != self._path:
            self._next = 0
        self._own_seed = self.seed
        if path:
            sequence = self._seed_sequence(entropy=self.seed, spawn_key=path)
            self._own_seed = int(sequence.generate_state(1, np.uint64)[0])
        self._path, self._identity = path, _process.identity


def resolve_seed(seed: Seed, where: str = "Compose") -> int:
    """Make a whole number from 0 to 2**64 - 1 for whatever seeds a pipeline."""
    if seed is None:
        seed = np.random.SeedSequence()
    if isinstance(seed, np.random.SeedSequence):
        return int(seed.generate_state(1, np.uint64)[0])
    if isinstance(seed, np.random.Generator):
        return int(seed.integers(0, 2**64, dtype=np.uint64))
    wanted = "None, a whole number from 0 to 2**64 - 1, a SeedSequence or a Generator"
    number = real(seed)
    if not isinstance(number, int):
        raise TypeError(message(where, "seed", seed, wanted))
    if not 0 <= number < 2**64:
        raise ValueError(message(where, "seed", seed, wanted))
    return number
