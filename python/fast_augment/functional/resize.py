"""Resizing images, or a box of each."""

from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Images, Interpolation, Layout, Size

__all__ = ["resize", "resized_crop"]


def resize(
    images: Images,
    size: Size,
    *,
    interpolation: Interpolation = "bilinear",
    antialias: bool = True,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Resize images to one height and width.

    Output pixel i of an axis stands at ``(i + 0.5) * scale - 0.5`` of the input, with ``scale`` the
    input's size over the output's. With `antialias` all pixels under a filter count: a triangle, or
    Keys' cubic with a = -0.5, widened by the scale when that is above 1, with weights normalised
    over the pixels inside the image, as in Pillow and torchvision. Without, the nearest two pixels
    count, or the nearest four by Keys' cubic with a = -0.75, the outermost pixels repeated, as in
    torch's interpolate. Nothing is rounded between the two axes. Integers are clamped and round
    half up: a value is within 0.51 of the exact one for uint8 and 0.55 for uint16, rounding
    included; float32 is not clamped and within 1e-5 of the value range.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    size : int or (int, int)
        Height and width of the result; one number means both.
    interpolation : {"bilinear", "bicubic", "nearest"}
        The filter; "nearest" copies the pixel at ``floor((i + 0.5) * scale)``.
    antialias : bool
        Whether to widen the filter when the image shrinks. Not used by "nearest", and without
        effect on "bilinear" when the image grows.
    layout : {"HWC", "CHW"}
        Where the channels of `images` and of the result stand.
    out : ndarray or sequence of ndarray, optional
        Where to write the result; no memory in common with `images`.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    ndarray
        `out`, or new memory: one image for one image, else a batch (N, height, width, C), also for
        a sequence of images of different sizes.

    Raises
    ------
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a wrong shape or size, images without pixels, pixels that are not packed, or memory in
        common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> image = np.array([[0, 10, 20, 30]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.resize(image, (1, 2))[..., 0]
    array([[ 7, 23]], dtype=uint8)
    >>> fa.resize(image, (1, 2), antialias=False)[..., 0]
    array([[ 5, 25]], dtype=uint8)
    """
    return _core.resize(images, size, interpolation, antialias, layout, out, threads)


def resized_crop(
    images: Images,
    boxes: npt.ArrayLike,
    size: Size,
    *,
    interpolation: Interpolation = "bilinear",
    antialias: bool = True,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Resize a box of each image to one height and width.

    The result is that of `resize` on the box alone: pixels outside it are not seen, as in
    torchvision. No copy of the box is made.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    boxes : array_like of int, shape (4,) or (N, 4)
        Pixels (x0, y0, x1, y1) with ``0 <= x0 < x1 <= width`` and ``0 <= y0 < y1 <= height``: the
        columns from x0 up to but not including x1, and the rows likewise.
    size : int or (int, int)
        Height and width of the result; one number means both.
    interpolation : {"bilinear", "bicubic", "nearest"}
        The filter, as for `resize`.
    antialias : bool
        Whether to widen the filter when a box shrinks, as for `resize`.
    layout : {"HWC", "CHW"}
        Where the channels of `images` and of the result stand.
    out : ndarray or sequence of ndarray, optional
        Where to write the result; no memory in common with `images`.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    ndarray
        `out`, or new memory: one image for one image, else a batch (N, height, width, C), also for
        a sequence of images of different sizes.

    Raises
    ------
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a wrong shape or size, a box that is empty or not inside its image, pixels that are not
        packed, or memory in common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> batch = np.zeros((2, 48, 64, 3), dtype=np.uint8)
    >>> fa.resized_crop(batch, [[0, 0, 32, 32], [10, 8, 60, 40]], 24).shape
    (2, 24, 24, 3)
    """
    return _core.resized_crop(images, boxes, size, interpolation, antialias, layout, out, threads)
