"""Cutting windows out of images and padding them."""

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Border, Images, Layout, Size

__all__ = ["crop", "pad"]


def crop(
    images: Images,
    top: int | npt.ArrayLike,
    left: int | npt.ArrayLike,
    size: Size,
    *,
    border: Border = "constant",
    fill: float | npt.ArrayLike = 0,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Cut a window out of each image; it may reach outside, where the border rule applies.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    top, left : int or array_like of int, shape (N,)
        The window's first row and column, in pixels of the image; may be negative.
    size : int or (int, int)
        Height and width of the window; one number means both.
    border : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What shows outside the image, by the names of `numpy.pad`.
    fill : float or array_like of float, shape (C,)
        The constant border's value, in units of the images' dtype.
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
        For a wrong shape, pixels that are not packed, a fill that the dtype cannot hold, or memory
        in common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> image = np.array([[1, 2], [3, 4]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.crop(image, top=-1, left=0, size=(2, 3), fill=9)[..., 0]
    array([[9, 9, 9],
           [1, 2, 9]], dtype=uint8)
    """
    return _core.crop(images, top, left, size, border, fill, layout, out, threads)


def pad(
    images: Images,
    padding: int | Sequence[int],
    *,
    border: Border = "constant",
    fill: float | npt.ArrayLike = 0,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Add rows and columns around images.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    padding : int or sequence of 2 or 4 int
        Pixels to add, at least 0: one number for all sides, (left_right, top_bottom), or (left,
        top, right, bottom), in torchvision's order.
    border : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What the new pixels show, by the names of `numpy.pad`.
    fill : float or array_like of float, shape (C,)
        The constant border's value, in units of the images' dtype.
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
        For a wrong shape, negative padding, pixels that are not packed, a fill that the dtype
        cannot hold, or memory in common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> image = np.array([[1, 2, 3]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.pad(image, (2, 0), border="reflect")[0, :, 0]
    array([3, 2, 1, 2, 3, 2, 1], dtype=uint8)
    """
    return _core.pad(images, padding, border, fill, layout, out, threads)
