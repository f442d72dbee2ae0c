"""Names for the types that the functions take."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "Border",
    "Center",
    "Fill",
    "GradientSums",
    "Gradients",
    "Images",
    "Interpolation",
    "Layout",
    "NonFinite",
    "NumberRange",
    "Parameters",
    "Seed",
    "Shear",
    "Size",
    "StepNonFinite",
]

Images: TypeAlias = npt.NDArray[Any] | Sequence[npt.NDArray[Any]]
"""One image, a batch, or a sequence of images of different sizes: uint8, uint16 or float32."""

Size: TypeAlias = int | tuple[int, int] | Sequence[int] | npt.NDArray[np.integer[Any]]
"""(height, width), or one number for both."""

NumberRange: TypeAlias = float | Sequence[float] | npt.NDArray[Any]
"""(low, high), or one number that stands for a range where a transform says so."""

Fill: TypeAlias = float | Sequence[float] | npt.NDArray[Any]
"""One number for all channels, or one per channel."""

Center: TypeAlias = Sequence[float] | npt.NDArray[Any]
"""A point (x, y) in pixel indices."""

Shear: TypeAlias = float | Sequence[float] | npt.NDArray[Any]
"""Degrees: s, (low, high) along x, or (x_low, x_high, y_low, y_high)."""

# As text, since NumPy loads its random module when it is first looked at.
Seed: TypeAlias = "int | np.random.SeedSequence | np.random.Generator | None"

Layout: TypeAlias = Literal["HWC", "CHW"]
Border: TypeAlias = Literal["constant", "edge", "reflect", "symmetric", "wrap"]
Interpolation: TypeAlias = Literal["nearest", "bilinear", "bicubic"]
NonFinite: TypeAlias = Literal["error", "skip", "zero", "propagate"]
StepNonFinite: TypeAlias = Literal["error", "skip", "propagate"]

Gradients: TypeAlias = npt.NDArray[Any] | Iterable[Any] | Mapping[Any, Any] | Any
"""One array or tensor, an iterable of them, a mapping from names to them, or containers in each
other; None entries are skipped."""

GradientSums: TypeAlias = Sequence[npt.NDArray[Any] | None] | Mapping[Any, npt.NDArray[Any] | None]
"""A list of arrays, or a mapping from names to arrays; None where a gradient is None."""

Parameters: TypeAlias = (
    npt.NDArray[Any]
    | Iterable[npt.NDArray[Any]]
    | Mapping[Any, npt.NDArray[Any]]
    | Iterable[Mapping[str, Any]]
)
"""Arrays, a mapping from names to arrays, or groups of those: dicts with ``"params"``."""
