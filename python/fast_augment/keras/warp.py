"""Batches through sampling maps: one call of the engine, and what Keras does differently."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.keras.matrices import forward_maps, is_identity
from fast_augment.keras.sampling import outside_image, points_of, rounded, sample, spline

__all__ = ["FILL_MODES", "warp"]

Floats: TypeAlias = npt.NDArray[np.float64]
Array: TypeAlias = npt.NDArray[Any]

# Keras' fill modes by the names of NumPy. What lies outside in the last two is filled in later.
FILL_MODES = {"nearest": "edge", "reflect": "symmetric", "constant": "edge", "wrap": "edge"}

ENGINE_DTYPES = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32))
# Points this close to an outermost pixel's centre are taken to be on it.
ON_EDGE = 1e-6
# Pixels whose coordinates are held at a time.
BLOCK_PIXELS = 1 << 16


def warp(
    images: Array,
    sampling: Floats,
    *,
    fill_mode: str,
    cval: float,
    order: int,
    layout: str,
    threads: int | None,
) -> Array:
    """Warp a batch by one map per image; new memory, or `images` if nothing moves.

    Orders 0 and 1 of uint8, uint16 and float32 images run in the engine; float16 ones do so as
    float32. Others, and maps that have no inverse, are sampled with NumPy.
    """
    if images.size == 0 or is_identity(sampling):
        return images
    if order > 1:
        channels = 2 if layout == "HWC" else 0
        return spline(images, sampling, fill_mode, cval, order, channels)
    if images.dtype == np.float16:
        wide = images.astype(np.float32)
        found = warp(
            wide,
            sampling,
            fill_mode=fill_mode,
            cval=cval,
            order=order,
            layout=layout,
            threads=threads,
        )
        return found.astype(np.float16)
    last = images if layout == "HWC" else np.moveaxis(images, 1, 3)
    if images.dtype not in ENGINE_DTYPES:
        sampled = np.empty_like(images)
        _sample_all(last, _channels_last(sampled, layout), sampling, fill_mode, cval, order)
        return sampled
    forward, flat = forward_maps(sampling)
    every = sampling
    if flat.any():
        # Something to call the engine with; these images are sampled at the end.
        sampling = np.where(flat[:, np.newaxis, np.newaxis], np.eye(2, 3), sampling)
        forward, _ = forward_maps(sampling)
    interpolation = "bilinear" if order else "nearest"
    result: Array = _core.affine(
        images, forward, None, interpolation, FILL_MODES[fill_mode], 0, layout, None, threads
    )
    last_result = _channels_last(result, layout)
    if fill_mode == "constant":
        _fill_outside(last_result, sampling, cval, threads)
    elif fill_mode == "wrap":
        _wrap_outside(last, last_result, sampling, order)
    if flat.any():
        part = np.empty_like(last[flat])
        _sample_all(last[flat], part, every[flat], fill_mode, cval, order)
        last_result[flat] = part
    return result


def _channels_last(images: Array, layout: str) -> Array:
    return images if layout == "HWC" else np.moveaxis(images, 1, 3)


def _blocks(images: Array) -> list[slice]:
    height, width = images.shape[1:3]
    step = max(1, BLOCK_PIXELS // (height * width))
    return [slice(start, start + step) for start in range(0, len(images), step)]


def _sample_all(
    images: Array, result: Array, sampling: Floats, fill_mode: str, cval: float, order: int
) -> None:
    height, width = images.shape[1:3]
    for block in _blocks(images):
        x, y = points_of(sampling[block], height, width)
        which = np.arange(len(images))[block, np.newaxis, np.newaxis]
        result[block] = sample(images, which, x, y, fill_mode, cval, order)


def _wrap_outside(images: Array, result: Array, sampling: Floats, order: int) -> None:
    """Keras' wrapped image overlaps itself by one pixel; no border of the engine does that."""
    height, width = images.shape[1:3]
    for block in _blocks(images):
        x, y = points_of(sampling[block], height, width)
        where = np.nonzero(outside_image(x, y, height, width))
        which = where[0] + block.start
        result[which, where[1], where[2]] = sample(
            images, which, x[where], y[where], "wrap", 0, order
        )


def _fill_outside(result: Array, sampling: Floats, cval: float, threads: int | None) -> None:
    """Write the constant wherever a pixel shows a point beyond the outermost pixels' centres.

    The engine would blend with the fill there. It tells which pixels these are: an image of ones
    that is smaller by a pixel ends, sampled to the nearest, half a pixel beyond its own pixels.
    """
    count, height, width = result.shape[:3]
    constant = rounded(np.float64(cval), result.dtype)
    if min(height, width) < 2:
        for block in _blocks(result):
            x, y = points_of(sampling[block], height, width)
            result[block][outside_image(x, y, height, width)] = constant
        return
    # The last pixels' centres are drawn just inside of the smaller image.
    shrink = 1 - 2 * ON_EDGE / np.array([[width - 1.0], [height - 1.0]])
    maps = sampling * shrink
    maps[:, :, 2] += ON_EDGE - 0.5
    maps, _ = forward_maps(maps)
    ones = np.ones((height - 1, width - 1, 1), np.uint8)
    inside = _core.affine(
        [ones] * count, maps, (height, width), "nearest", "constant", 0, "HWC", None, threads
    )
    np.copyto(result, constant, where=inside == 0)
