"""The epoch and the indices that key the random numbers of a call."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment.transforms.checks import message

__all__ = ["epoch_of", "index_of"]

WANTED = "whole numbers from 0 to 2**64 - 1"


def epoch_of(epoch: Any, where: str = "Compose", other: str = "None or ") -> int:
    """Check the epoch of a call; `other` is what the caller takes beside a number."""
    wanted = f"{other}a whole number from 0 to 2**32 - 1"
    if isinstance(epoch, bool) or not isinstance(epoch, int | np.integer):
        raise TypeError(message(where, "epoch", epoch, wanted))
    if not 0 <= epoch < 2**32:
        raise ValueError(message(where, "epoch", epoch, wanted))
    return int(epoch)


def index_of(index: Any, where: str = "Compose") -> Any:
    """Make a number or an array of what may be a list; the engine checks arrays."""
    if isinstance(index, np.ndarray):
        return index
    if isinstance(index, int | np.integer) and not isinstance(index, bool):
        if not 0 <= index < 2**64:
            raise ValueError(message(where, "index", index, WANTED))
        return int(index)
    return _from_list(index, where) if isinstance(index, list | tuple) else np.asarray(index)


def _from_list(index: list[Any] | tuple[Any, ...], where: str) -> npt.NDArray[Any]:
    """NumPy would make floats of an empty list, and of numbers on both sides of 2**63."""
    if not index:
        return np.empty(0, np.int64)
    numbers = np.asarray(index)
    if numbers.dtype.kind not in "fO" or not all(
        isinstance(item, int | np.integer) and not isinstance(item, bool) for item in index
    ):
        return numbers
    if not all(0 <= item < 2**64 for item in index):
        raise ValueError(message(where, "index", index, WANTED))
    return np.array(index, np.uint64)
