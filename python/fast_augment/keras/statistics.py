"""What a generator subtracts from images, divides them by and multiplies them with."""

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["EPSILON", "Statistics", "check_images", "standardized", "statistics_of"]

Array: TypeAlias = npt.NDArray[Any]

# What Keras adds to deviations before it divides by them.
EPSILON = 1e-6
# So many values are summed in float64 at a time.
BLOCK_VALUES = 1 << 20


class Settings(Protocol):
    """The attributes of a generator that say how to standardize."""

    rescale: float | None
    preprocessing_function: Callable[[Array], Any] | None
    samplewise_center: bool
    samplewise_std_normalization: bool
    featurewise_center: bool
    featurewise_std_normalization: bool
    zca_whitening: bool
    mean: Array | None
    std: Array | None
    zca_whitening_matrix: Array | None


@dataclass(frozen=True)
class Statistics:
    """What `statistics_of` finds; None for what is not wanted."""

    mean: Array | None
    std: Array | None
    zca_whitening_matrix: Array | None


def standardized(settings: Settings, images: Array, axes: tuple[int, ...]) -> Array:
    """Standardize floats in place where that is possible; `axes` are those of one sample.

    All but the preprocessing function, which is for single images and for the caller to call.
    """
    if not np.issubdtype(images.dtype, np.floating) and _computes(settings):
        raise TypeError(f"standardize: x has dtype {images.dtype}, expected floats")
    if settings.rescale:
        images *= settings.rescale
    if settings.samplewise_center:
        images -= np.mean(images, axis=axes, keepdims=True)
    if settings.samplewise_std_normalization:
        images /= np.std(images, axis=axes, keepdims=True) + EPSILON
    if settings.featurewise_center:
        if settings.mean is None:
            _warn_of_fit("featurewise_center")
        else:
            images -= settings.mean
    if settings.featurewise_std_normalization:
        if settings.std is None:
            _warn_of_fit("featurewise_std_normalization")
        else:
            images /= settings.std + EPSILON
    if settings.zca_whitening:
        whitening = settings.zca_whitening_matrix
        if whitening is None:
            _warn_of_fit("zca_whitening")
        else:
            flat = images.reshape(-1, math.prod(images.shape[-3:]))
            images = (flat @ whitening).reshape(images.shape)
    return images


def _computes(settings: Settings) -> bool:
    return bool(
        settings.rescale
        or settings.samplewise_center
        or settings.samplewise_std_normalization
        or settings.featurewise_center
        or settings.featurewise_std_normalization
        or settings.zca_whitening
    )


def _warn_of_fit(name: str) -> None:
    warnings.warn(
        f"ImageDataGenerator: {name} is set, but there are no statistics: call fit(x) first",
        stacklevel=4,
    )


def check_images(images: Array, channel_axis: int, data_format: str) -> None:
    """Refuse what `fit` has no use for; warn of channels that are probably none."""
    if images.ndim != 4 or images.size == 0:
        raise ValueError(f"fit: x has shape {images.shape}, expected rank 4 and at least one image")
    channels = images.shape[channel_axis]
    if channels not in (1, 3, 4):
        warnings.warn(
            f"fit: x has shape {images.shape}, which are {channels} channels with {data_format}; "
            "expected 1, 3 or 4",
            stacklevel=3,
        )


def statistics_of(
    settings: Settings, images: Array, channel_axis: int, epsilon: float
) -> Statistics:
    """Take the statistics of a batch, which is changed: it is the caller's own copy."""
    axes = tuple(axis for axis in range(4) if axis != channel_axis)
    mean = std = whitening = None
    if settings.featurewise_center:
        mean = _mean(images, axes)
        images -= mean
    if settings.featurewise_std_normalization:
        std = _deviation(images, axes)
        images /= std + EPSILON
    if settings.zca_whitening:
        flat = images.reshape(len(images), -1)
        directions, singular, _ = np.linalg.svd(flat.T, full_matrices=False)
        scale = math.sqrt(len(images)) / (singular + epsilon)
        whitening = (directions * scale) @ directions.T
    return Statistics(mean, std, whitening)


def _mean(images: Array, axes: tuple[int, ...]) -> Array:
    """Mean of each channel, (1, 1, C) or (C, 1, 1); summed in float64."""
    mean: Any = np.mean(images, axis=axes, dtype=np.float64, keepdims=True)
    return np.asarray(np.asarray(mean)[0], images.dtype)


def _deviation(images: Array, axes: tuple[int, ...]) -> Array:
    """Find the deviation of each channel; no copy of all images in float64."""
    mean = np.mean(images, axis=axes, dtype=np.float64, keepdims=True)
    total = np.zeros_like(mean)
    for block in _blocks(images):
        total += np.sum((block - mean) ** 2, axis=axes, keepdims=True)
    count = images.size // total.size
    return np.asarray(np.asarray(np.sqrt(total / count))[0], images.dtype)


def _blocks(images: Array) -> Iterator[Array]:
    step = max(1, BLOCK_VALUES // max(1, images[:1].size))
    for start in range(0, len(images), step):
        yield images[start : start + step]
