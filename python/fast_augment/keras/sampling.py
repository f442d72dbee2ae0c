"""Sampling of images at points, in float64 and for any dtype: what the warp leaves to do."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["outside_image", "points_of", "rounded", "sample", "spline"]

Floats: TypeAlias = npt.NDArray[np.float64]
Array: TypeAlias = npt.NDArray[Any]


def points_of(sampling: Floats, height: int, width: int) -> tuple[Floats, Floats]:
    """Coordinates (x, y) in the source of every pixel, each (N, H, W)."""
    columns, rows = np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64)
    x, y = (
        (row[:, 0, np.newaxis] * columns)[:, np.newaxis, :]
        + (row[:, 1, np.newaxis] * rows + row[:, 2, np.newaxis])[:, :, np.newaxis]
        for row in (sampling[:, 0], sampling[:, 1])
    )
    return x, y


def outside_image(x: Floats, y: Floats, height: int, width: int) -> npt.NDArray[np.bool_]:
    """Tell which points lie beyond the centres of the outermost pixels."""
    return (x < 0) | (x > width - 1) | (y < 0) | (y > height - 1)


def sample(
    images: Array, which: Array, x: Floats, y: Floats, fill_mode: str, cval: float, order: int
) -> Array:
    """Pixels (..., C) of channels-last images at points; `which` is the image of each.

    The fill modes are those of scipy.ndimage. There a wrapped line overlaps by one pixel, and a
    constant begins right behind the last pixel's centre.
    """
    height, width = images.shape[1:3]
    outside = outside_image(x, y, height, width) if fill_mode == "constant" else None
    x, y = _inside(x, width, fill_mode), _inside(y, height, fill_mode)
    if order == 0:
        rows, columns = (
            _index(np.floor(v + 0.5), n, fill_mode) for v, n in ((y, height), (x, width))
        )
        found = images[which, rows, columns]
    else:
        found = _bilinear(images, which, x, y, fill_mode)
    if outside is not None:
        found[outside] = rounded(np.float64(cval), images.dtype)
    return found


def _bilinear(images: Array, which: Array, x: Floats, y: Floats, fill_mode: str) -> Array:
    height, width = images.shape[1:3]
    left, top = np.floor(x), np.floor(y)
    right_part, bottom_part = (x - left)[..., np.newaxis], (y - top)[..., np.newaxis]
    columns = [_index(left + step, width, fill_mode) for step in (0, 1)]
    rows = [_index(top + step, height, fill_mode) for step in (0, 1)]
    lines = []
    for row in rows:
        first, second = (images[which, row, column].astype(np.float64) for column in columns)
        lines.append(first * (1 - right_part) + second * right_part)
    return rounded(lines[0] * (1 - bottom_part) + lines[1] * bottom_part, images.dtype)


def rounded(values: Floats | np.float64, dtype: np.dtype[Any]) -> Array:
    """Cast to a dtype, integers to the nearest."""
    if not np.issubdtype(dtype, np.integer):
        return np.asarray(values).astype(dtype)
    info = np.iinfo(dtype)
    whole = np.where(values > 0, np.floor(values + 0.5), np.ceil(values - 0.5))
    return np.asarray(np.clip(whole, info.min, info.max)).astype(dtype)


def _inside(coordinate: Floats, side: int, fill_mode: str) -> Floats:
    """Where a point beyond the image is read."""
    if fill_mode == "reflect":
        return coordinate  # whole neighbours reflect, see _index
    if fill_mode == "wrap" and side > 1:
        period = side - 1
        after = coordinate - period * np.floor(coordinate / period)
        before = coordinate + period * (np.floor(-coordinate / period) + 1)
        within = np.where(coordinate > period, after, coordinate)
        return np.where(coordinate < 0, before, within)
    return np.clip(coordinate, 0, side - 1)


def _index(coordinate: Floats, side: int, fill_mode: str) -> npt.NDArray[np.intp]:
    index = coordinate.astype(np.intp)
    if fill_mode == "reflect":
        index %= 2 * side
        return np.minimum(index, 2 * side - 1 - index)
    return np.clip(index, 0, side - 1)


def spline(
    images: Array, sampling: Floats, fill_mode: str, cval: float, order: int, channels: int
) -> Array:
    """Warp by splines of any order, which SciPy has; `channels` is the axis of an image."""
    try:
        from scipy import ndimage
    except ImportError as error:
        raise ImportError(
            f"interpolation_order {order} needs SciPy: pip install 'fast-augment-cpp[keras]'"
        ) from error
    result = np.empty_like(images)
    for image, target, rows in zip(images, result, sampling, strict=True):
        matrix, offset = rows[::-1, 1::-1], rows[::-1, 2]
        planes = np.moveaxis(image, channels, 0), np.moveaxis(target, channels, 0)
        for plane, out in zip(*planes, strict=True):
            ndimage.affine_transform(
                plane, matrix, offset, order=order, mode=fill_mode, cval=cval, output=out
            )
    return result
