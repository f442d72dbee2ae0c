"""Filling rectangles of images."""

from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Images, Layout, Size

__all__ = ["erase"]


def erase(
    images: Images,
    top: int | npt.ArrayLike,
    left: int | npt.ArrayLike,
    size: Size | npt.ArrayLike,
    *,
    fill: float | npt.ArrayLike = 0,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Fill a rectangle of each image; other pixels are copied.

    The part of a rectangle that lies outside of the image is left out.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    top, left : int or array_like of int, shape (N,)
        The rectangle's first row and column, in pixels of the image; may be negative.
    size : int, (int, int) or array_like of int, shape (N, 2)
        Height and width of the rectangle, at least 0; one number means both.
    fill : float or array_like of float, shape (C,)
        What to fill with, in units of the images' dtype.
    layout : {"HWC", "CHW"}
        Where the channels of `images` and of the result stand.
    out : ndarray or sequence of ndarray, optional
        Where to write the result; no memory in common with `images`.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    ndarray or list of ndarray
        `out`, or new memory: an array for an array, a list for a sequence.

    Raises
    ------
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a wrong shape or range, pixels that are not packed, or memory in common; nothing is
        written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> image = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.erase(image, top=1, left=-1, size=2, fill=9)[..., 0]
    array([[1, 2, 3],
           [9, 5, 6]], dtype=uint8)
    """
    return _core.erase(images, top, left, size, fill, layout, out, threads)
