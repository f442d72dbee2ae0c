"""Memory for batches, used again as soon as nobody looks at it any more."""

import math
import sys
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["BatchMemory"]

_PROBE = [np.empty(1, np.uint8)]
# References that `getrefcount` sees of an array that only a list holds.
IDLE = sys.getrefcount(_PROBE[0])


class BatchMemory:
    """Hands out arrays on memory that it keeps; for one thread at a time.

    Every array on the memory, and every view of it, refers to the owner of the memory, so that its
    count of references tells whether it is free. Memory in use is never handed out: where all of it
    is, there will be more.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._owners: list[npt.NDArray[np.uint8]] = []

    def __call__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        size = math.prod(shape) * dtype.itemsize
        for i in range(len(self._owners)):
            if sys.getrefcount(self._owners[i]) == IDLE and self._owners[i].nbytes >= size:
                break
        else:
            # The caller keeps what it was given first for longest.
            del self._owners[: len(self._owners) + 1 - self._kept]
            self._owners.append(np.empty(size, np.uint8))
            i = len(self._owners) - 1
        return self._owners[i][:size].view(dtype).reshape(shape)
