"""What all ways of mixing share: seeds, keys and the layout of the images."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from fast_augment.transforms import checks
from fast_augment.transforms.keys import epoch_of, index_of
from fast_augment.transforms.streams import Stream, resolve_seed
from fast_augment.typing import Seed

__all__ = ["Key", "Keyed", "probability"]

Key = tuple[int, int, int, Any]
"""Seed, epoch, number of the first sample, numbers of all samples or None."""

Result = TypeVar("Result")

probability = checks.probability
_layout = checks.optional(checks.choice("HWC", "CHW"))
_threads = checks.optional(checks.whole(1, 1024, "None or a whole number from 1 to 1024"))


class Keyed:
    """Base of the ways of mixing: which are called on batches, and numbered as a `Compose` is."""

    def __init__(self, seed: Seed, layout: str | None, threads: int | None) -> None:
        where = type(self).__name__
        self._layout: str | None = _layout(where, "layout", layout)
        self._threads: int | None = _threads(where, "threads", threads)
        self._seed = resolve_seed(seed, where)
        self._stream = Stream(self._seed)

    @property
    def seed(self) -> int:
        """The whole number that seeds all draws, whatever was given."""
        return self._seed

    def _layout_of(self, images: Any) -> str:
        """As a pipeline leaves them, unless told: floats have their channels first."""
        if self._layout is not None:
            return self._layout
        is_float = isinstance(images, np.ndarray) and images.dtype.kind == "f"
        return "CHW" if is_float else "HWC"

    def _keyed(
        self, images: Any, epoch: int | None, index: Any, mix: Callable[[Key], Result]
    ) -> Result:
        """Call `mix` with the key of a batch; numbers are used up unless it fails."""
        where = type(self).__name__
        number = 0 if epoch is None else epoch_of(epoch, where)
        if index is not None:
            return mix((self._seed, number, 0, index_of(index, where)))
        seed, first = self._stream.take(len(images))
        try:
            return mix((seed, number, first, None))
        except BaseException:
            self._stream.give_back(first, len(images))
            raise

    def _require_batch(self, images: Any) -> None:
        where = type(self).__name__
        if not isinstance(images, np.ndarray):
            raise TypeError(
                f"{where}: images has type {type(images).__name__}, expected an array of images"
            )
        if images.ndim != 4:
            raise ValueError(
                f"{where}: images has shape {images.shape}, expected an array of images, rank 4"
            )
