"""Brightness, contrast, saturation, hue and gray."""

from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Images, Layout

__all__ = ["adjust_brightness", "adjust_contrast", "adjust_hue", "adjust_saturation", "grayscale"]


def adjust_brightness(
    images: Images,
    factor: float | npt.ArrayLike,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Multiply each value by a factor and clip: ``clip(factor * images)``.

    Integers round half up, where torchvision truncates: results differ by at most 1 level. Within
    0.51 level of the exact value for uint8, rounding included, and 1e-5 of the range for float32.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    factor : float or array_like of float, shape (N,)
        Finite, at least 0: 0 gives black, 1 an exact copy.
    value_range : (float, float)
        Lowest and highest value of float images; integers run from 0 to their maximum.
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
    >>> image = np.array([[1, 100, 200]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.adjust_brightness(image, 1.5)[..., 0]
    array([[  2, 150, 255]], dtype=uint8)
    """
    return _core.adjust_brightness(images, factor, value_range, layout, out, threads)


def adjust_contrast(
    images: Images,
    factor: float | npt.ArrayLike,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Move each value away from the image's mean gray: ``clip(factor * x + (1 - factor) * mean)``.

    The mean is that of ``0.2989 R + 0.587 G + 0.114 B`` over the whole image, floored at each
    pixel for integers, as in torchvision; with 1 channel gray is the channel itself. Integers
    round half up, where torchvision truncates: results differ by at most 1 level.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`, with 1 or 3 channels.
    factor : float or array_like of float, shape (N,)
        Finite, at least 0: 0 gives the mean, 1 an exact copy.
    value_range : (float, float)
        Lowest and highest value of float images; integers run from 0 to their maximum.
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
    >>> image = np.array([[60, 100, 200]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.adjust_contrast(image, 0.5)[..., 0]
    array([[ 90, 110, 160]], dtype=uint8)
    """
    return _core.adjust_contrast(images, factor, value_range, layout, out, threads)


def adjust_saturation(
    images: Images,
    factor: float | npt.ArrayLike,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Move each pixel away from its gray: ``clip(factor * x + (1 - factor) * gray)``.

    Gray is ``0.2989 R + 0.587 G + 0.114 B``, floored for integers as in torchvision. Integers
    round half up, where torchvision truncates: results differ by at most 1 level. Images of 1
    channel are copied.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`, with 1 or 3 channels.
    factor : float or array_like of float, shape (N,)
        Finite, at least 0: 0 gives gray, 1 an exact copy.
    value_range : (float, float)
        Lowest and highest value of float images; integers run from 0 to their maximum.
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
    >>> pixel = np.array([[[200, 100, 50]]], dtype=np.uint8)
    >>> fa.adjust_saturation(pixel, 0.5)
    array([[[162, 112,  87]]], dtype=uint8)
    """
    return _core.adjust_saturation(images, factor, value_range, layout, out, threads)


def adjust_hue(
    images: Images,
    delta: float | npt.ArrayLike,
    *,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Turn the hue of each pixel: HSV with ``h = (h + delta) mod 1``.

    Value and saturation stay as they are, so a pixel keeps its largest and its smallest channel
    and no scale of the values is needed. Hue is not rounded to steps, as it is in 8-bit HSV
    (OpenCV, Pillow); integers round half up. Images of 1 channel are copied.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`, with 1 or 3 channels (RGB).
    delta : float or array_like of float, shape (N,)
        Fraction of a full turn, from -0.5 to 0.5; 1/3 turns red to green; 0 gives an exact copy.
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
    >>> red = np.array([[[255, 0, 0]]], dtype=np.uint8)
    >>> fa.adjust_hue(red, 1 / 6)
    array([[[255, 255,   0]]], dtype=uint8)
    """
    return _core.adjust_hue(images, delta, layout, out, threads)


def grayscale(
    images: Images,
    channels: int = 1,
    *,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Make images gray: ``0.2989 R + 0.587 G + 0.114 B``.

    Integers round half up, where torchvision truncates: results differ by at most 1 level. Images
    of 1 channel are gray already.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`, with 1 or 3 channels (RGB).
    channels : {1, 3}
        How many channels the result has; 3 equal ones for a network that expects colour.
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
    >>> pixels = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], dtype=np.uint8)
    >>> fa.grayscale(pixels)[..., 0]
    array([[ 76, 150,  29]], dtype=uint8)
    """
    return _core.grayscale(images, channels, layout, out, threads)
