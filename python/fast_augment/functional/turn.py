"""Quarter turns and transposition."""

from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Images, Layout

__all__ = ["rot90", "transpose"]


def rot90(
    images: Images,
    k: int | npt.ArrayLike = 1,
    *,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Turn images by quarter turns, counter-clockwise as seen on the screen (as `numpy.rot90`).

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    k : int or array_like of int, shape (N,)
        Number of quarter turns; negative ones turn clockwise. Odd and even numbers may be mixed
        only for square images or for a sequence of images, whose results may differ in shape.
    layout : {"HWC", "CHW"}
        Where the channels of `images` and of the result stand.
    out : ndarray or sequence of ndarray, optional
        Where to write the result; no memory in common with `images`. An odd number of turns swaps
        height and width.
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
    >>> image = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.rot90(image)[..., 0]
    array([[3, 6],
           [2, 5],
           [1, 4]], dtype=uint8)
    """
    return _core.rot90(images, k, layout, out, threads)


def transpose(
    images: Images,
    *,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Swap the height and width of images: pixel (x, y) moves to (y, x).

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
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
        For a wrong shape, pixels that are not packed, or memory in common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> image = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.transpose(image)[..., 0]
    array([[1, 4],
           [2, 5],
           [3, 6]], dtype=uint8)
    """
    return _core.transpose(images, layout, out, threads)
