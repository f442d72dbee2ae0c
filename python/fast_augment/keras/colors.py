"""Channel shift and brightness, for one image as Keras' functions and for batches in place."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["apply_brightness_shift", "apply_channel_shift", "brighten", "shift_channels"]

Array: TypeAlias = npt.NDArray[Any]
Floats: TypeAlias = npt.NDArray[np.float64]

# So many values of a batch are worked on at a time, while they are in the cache.
BLOCK_VALUES = 1 << 16


def apply_channel_shift(x: Array, intensity: float, channel_axis: int = 0) -> Array:
    """Add a number to all values of an image and keep them between its own extremes.

    Parameters
    ----------
    x : ndarray, rank 3
        One image.
    intensity : float
        What to add, in units of the image.
    channel_axis : int
        Which axis has the channels. All of them are shifted alike, so it changes nothing.

    Returns
    -------
    ndarray
        The shifted image; float64 if `x` has whole numbers and `intensity` is a float.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import apply_channel_shift
    >>> apply_channel_shift(np.array([[[0.0, 2.0, 9.0]]]), 5.0)
    array([[[5., 7., 9.]]])
    """
    del channel_axis
    x = np.asarray(x)
    if x.size == 0:
        return x
    return np.asarray(np.clip(x + intensity, np.min(x), np.max(x)))


def apply_brightness_shift(x: Array, brightness: float, scale: bool = True) -> Array:
    """Multiply an image of 256 levels by a factor, as Pillow's `ImageEnhance.Brightness` does.

    Values are cut to whole levels before and after, and to 255. An alpha channel, the last of four,
    stays as it is.

    Parameters
    ----------
    x : ndarray, rank 3
        One image, channels last.
    brightness : float
        The factor: 0 is black, 1 keeps the image, 2 is twice as bright.
    scale : bool
        Whether to stretch the image to 0 to 255 first. Otherwise that is done only if values lie
        outside, and undone afterwards.

    Returns
    -------
    ndarray of float32
        The image with the new brightness.

    Raises
    ------
    ValueError
        If `x` has another rank than 3.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import apply_brightness_shift
    >>> apply_brightness_shift(np.array([[[10.0, 100.0, 200.0]]]), 1.5, scale=False)
    array([[[ 15., 150., 255.]]], dtype=float32)
    """
    x = np.asarray(x, np.float32)
    if x.ndim != 3:
        raise ValueError(f"apply_brightness_shift: x has shape {x.shape}, expected rank 3")
    result = x[np.newaxis].copy()
    brighten(result, np.array([brightness], np.float64), alpha_axis=3, scale=scale)
    return np.asarray(result[0])


def shift_channels(images: Array, intensity: Floats) -> None:
    """Shift each image of a batch of floats in place."""
    for block in _blocks(images):
        part = images[block]
        low, high = _extremes(part)
        amounts = _per_image(intensity[block])
        part += amounts.astype(part.dtype)
        np.clip(part, low, high, out=part)


def brighten(images: Array, factors: Floats, *, alpha_axis: int, scale: bool = False) -> None:
    """Change the brightness of each image of floats in place; see `apply_brightness_shift`.

    Four entries along `alpha_axis` have the alpha channel as the last.
    """
    colors: list[slice] = [slice(None)] * 4
    if images.shape[alpha_axis] == 4:
        colors[alpha_axis] = slice(0, 3)
    for block in _blocks(images):
        low, high = _extremes(images[block].astype(np.float32, copy=False))
        is_outside = (low < 0) | (high > 255)
        stretched = is_outside | scale
        span = np.where(stretched & (high != low), high - low, np.float32(1))
        base = np.where(stretched, low, np.float32(0))
        to_levels = np.where(stretched, np.float32(255), np.float32(1))
        values = (images[block].astype(np.float32, copy=False) - base) / span * to_levels
        np.trunc(values, out=values)
        levels = values[tuple(colors)]
        np.minimum(levels * _per_image(factors[block]).astype(np.float32), 255, out=levels)
        np.maximum(levels, 0, out=levels)
        np.trunc(levels, out=levels)
        if not scale and is_outside.any():
            back = values / 255 * (high - low) + low
            np.copyto(values, back, where=is_outside)
        images[block] = values


def _per_image(values: Array) -> Array:
    return values[:, np.newaxis, np.newaxis, np.newaxis]


def _extremes(images: Array) -> tuple[Array, Array]:
    axes = (1, 2, 3)
    return images.min(axis=axes, keepdims=True), images.max(axis=axes, keepdims=True)


def _blocks(images: Array) -> Iterator[slice]:
    """Slices of whole images that fit into the cache; none for images without pixels."""
    values = images[:1].size
    if values:
        step = max(1, BLOCK_VALUES // values)
        for start in range(0, len(images), step):
            yield slice(start, start + step)
