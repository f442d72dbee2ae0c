"""A row of the table of peers, what is compared with whom and how close; and how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.images import largest, noise, photograph

# Not square, so that swapped axes show.
SHAPES = ((89, 131, 3), (64, 47, 3))


@dataclass(frozen=True)
class Mostly:
    """A bound that a share of the values may exceed."""

    bound: float
    outliers: float


@dataclass(frozen=True)
class Case:
    """`compare(image, setting)` returns our result and the peer's for one HWC image."""

    operation: str
    peer: str
    # The settings, in words.
    on: str
    compare: Callable[[Any, Any], tuple[Any, Any]]
    # Levels that a value may differ by; None: not compared.
    uint8: float | Mostly | None = 0
    # The same for float32, as a fraction of the range from black to white.
    float32: float | Mostly | None = 0
    # Why the results are not the same.
    why: str = ""
    settings: tuple[Any, ...] = (None,)

    @property
    def name(self):
        return f"{self.operation}-{self.peer}-{self.on}"

    def tolerance(self, dtype):
        given = {"uint8": self.uint8, "float32": self.float32}[np.dtype(dtype).name]
        return given if given is None or isinstance(given, Mostly) else Mostly(given, 0.0)


def inputs(dtype):
    """A picture and noise, always the same."""
    rng = np.random.default_rng(20250131)
    return [photograph(rng, SHAPES[0], dtype), noise(rng, SHAPES[1], dtype)]


def differences(case, dtype):
    """The absolute difference of each value, for every image and setting, in the table's units."""
    for image in inputs(dtype):
        for setting in case.settings:
            ours, theirs = case.compare(image, setting)
            where = f"{case.name}, {setting}"
            assert ours.shape == theirs.shape, f"{where}: {ours.shape}, expected {theirs.shape}"
            assert ours.size > 0, where
            scale = 1.0 if ours.dtype == np.uint8 else largest(ours.dtype)
            yield np.abs(ours.astype(np.float64) - theirs.astype(np.float64)) / scale


def worst_difference(case, dtype):
    """The largest difference, those of the outliers that the case allows left out."""
    found = np.concatenate([each.ravel() for each in differences(case, dtype)])
    allowed = int(case.tolerance(dtype).outliers * found.size)
    return float(np.partition(found, -1 - allowed)[-1 - allowed])
