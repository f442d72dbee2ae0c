"""Mirroring left to right and top to bottom."""

from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Images, Layout

__all__ = ["hflip", "vflip"]


def hflip(
    images: Images,
    *,
    where: npt.ArrayLike | None = None,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Mirror images left to right: pixel (x, y) moves to (width - 1 - x, y).

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image (H, W, C), a batch (N, H, W, C), or a sequence of images whose heights and widths
        may differ; uint8, uint16 or float32, any number of channels. Rows may be strided or run
        backwards (a crop or ``x[::-1]`` of an array is not copied); the pixels of a row are packed.
    where : bool or array_like of bool, shape (N,), optional
        Which samples to mirror; the others are copied. Default: all.
    layout : {"HWC", "CHW"}
        Where the channels of `images` and of the result stand.
    out : ndarray or sequence of ndarray, optional
        Where to write the result: same shape and dtype as `images`, no memory in common with it.
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
        For a wrong shape, pixels that are not packed, or memory in common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> image = np.arange(3, dtype=np.uint8).reshape(1, 3, 1)
    >>> fa.hflip(image)[0, :, 0]
    array([2, 1, 0], dtype=uint8)
    """
    return _core.hflip(images, where, layout, out, threads)


def vflip(
    images: Images,
    *,
    where: npt.ArrayLike | None = None,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Mirror images top to bottom: pixel (x, y) moves to (x, height - 1 - y).

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    where : bool or array_like of bool, shape (N,), optional
        Which samples to mirror; the others are copied. Default: all.
    layout : {"HWC", "CHW"}
        Where the channels of `images` and of the result stand.
    out : ndarray or sequence of ndarray, optional
        Where to write the result: same shape and dtype as `images`, no memory in common with it.
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
        For a wrong shape, pixels that are not packed, or memory in common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> image = np.arange(3, dtype=np.uint8).reshape(3, 1, 1)
    >>> fa.vflip(image)[:, 0, 0]
    array([2, 1, 0], dtype=uint8)
    """
    return _core.vflip(images, where, layout, out, threads)
