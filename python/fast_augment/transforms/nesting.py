"""How the samples of a call are nested: one image, a batch of them, or clips of frames."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fast_augment.transforms.checks import message

__all__ = ["Nesting", "merged", "nesting_of", "source_sizes"]


class Nesting(NamedTuple):
    """`samples` draws, each of them for `frames` images."""

    samples: int
    frames: int
    is_one: bool
    is_clip: bool

    @property
    def images(self) -> int:
        """How many images."""
        return self.samples * self.frames

    def place(self, name: str, number: int) -> str:
        """Say what a user calls the target of an image."""
        if self.is_one:
            return name
        if not self.is_clip:
            return f"{name}[{number}]"
        return f"{name}[{number // self.frames}][{number % self.frames}]"

    def flat(self, name: str, target: Any) -> Any:
        """Make an array or a list with one element for each image, without a copy."""
        if self.is_one:
            return [target]
        if not isinstance(target, np.ndarray | list | tuple):
            wanted = f"an array or a list with one element for each of the {self.samples} samples"
            raise TypeError(message("Compose", name, target, wanted))
        self._require_length(name, target, self.samples)
        if not self.is_clip:
            return target
        if isinstance(target, np.ndarray):
            if target.ndim < 2 or target.shape[1] != self.frames:
                raise ValueError(
                    f"Compose: {name} has shape {target.shape}, expected ({self.samples}, "
                    f"{self.frames}, ...) as the clips"
                )
            return merged(name, target)
        for number, item in enumerate(target):
            if not isinstance(item, np.ndarray | list | tuple):
                wanted = f"one element for each of the {self.frames} frames"
                raise TypeError(message("Compose", f"{name}[{number}]", item, wanted))
            self._require_length(f"{name}[{number}]", item, self.frames)
        return [element for item in target for element in item]

    def nested(self, result: Any) -> Any:
        """Undo `flat`."""
        if self.is_one:
            return result[0]
        if not self.is_clip:
            return result
        if isinstance(result, np.ndarray):
            return result.reshape(self.samples, self.frames, *result.shape[1:])
        return [result[first : first + self.frames] for first in range(0, self.images, self.frames)]

    @staticmethod
    def _require_length(name: str, target: Any, expected: int) -> None:
        found = 0 if getattr(target, "shape", None) == () else len(target)
        if found != expected:
            raise ValueError(f"Compose: {name} has {found} elements, expected {expected}")


def merged(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Make one axis of samples and frames; `out` must be that memory, not a copy of it."""
    result: npt.NDArray[Any] = array.reshape(array.shape[0] * array.shape[1], *array.shape[2:])
    if result.size > 0 and not np.may_share_memory(result, array):
        raise ValueError(
            f"Compose: {name} has clips that are not packed (strides {array.strides}); pass "
            f"np.ascontiguousarray({name})"
        )
    return result


def nesting_of(images: Any) -> Nesting:
    """Tell by the rank; what is no batch counts as one image, and the engine refuses it."""
    if isinstance(images, Mapping):
        if not images:
            raise ValueError("Compose: images is an empty mapping, expected at least one entry")
        images = next(iter(images.values()))
    if isinstance(images, np.ndarray) and images.ndim == 5:
        return Nesting(images.shape[0], images.shape[1], False, True)
    if isinstance(images, np.ndarray) and images.ndim == 4:
        return Nesting(images.shape[0], 1, False, False)
    if isinstance(images, list | tuple):
        return Nesting(len(images), 1, False, False)
    return Nesting(1, 1, True, False)


def source_sizes(images: Any, layout: str) -> npt.NDArray[np.int64]:
    """(height, width) of each image; of none for what are no images."""
    first = 0 if layout == "HWC" else 1
    if isinstance(images, np.ndarray) and images.ndim in (3, 4):
        count = len(images) if images.ndim == 4 else 1
        shape = images.shape[images.ndim - 3 :]
        return np.tile(np.array(shape[first : first + 2], np.int64), (count, 1))
    shapes = []
    if isinstance(images, list | tuple):
        shapes = [getattr(image, "shape", ()) for image in images]
    if not all(len(shape) == 3 for shape in shapes):
        return np.zeros((0, 2), np.int64)
    return np.array([shape[first : first + 2] for shape in shapes], np.int64).reshape(-1, 2)
