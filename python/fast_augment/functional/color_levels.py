"""Colour functions that change each value by itself: gamma, inversion, solarize and posterize."""

from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Images, Layout

__all__ = ["adjust_gamma", "invert", "posterize", "solarize"]


def adjust_gamma(
    images: Images,
    gamma: float | npt.ArrayLike,
    gain: float | npt.ArrayLike = 1.0,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Raise values, scaled to 0 to 1, to a power: ``max * clip(gain * (x / max) ** gamma)``.

    Integers round half up, where torchvision truncates: results differ by at most 1 level. Floats
    below the range count as its lowest value.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    gamma : float or array_like of float, shape (N,)
        Finite, at least 0; above 1 darkens shadows, below 1 lightens them.
    gain : float or array_like of float, shape (N,)
        Finite, at least 0. A gamma and a gain of 1 give an exact copy.
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
    >>> image = np.array([[0, 64, 255]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.adjust_gamma(image, 0.5)[..., 0]
    array([[  0, 128, 255]], dtype=uint8)
    """
    return _core.adjust_gamma(images, gamma, gain, value_range, layout, out, threads)


def invert(
    images: Images,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Swap dark and light: ``max - x``, or ``low + high - x`` for floats, which are not clipped.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
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
    >>> image = np.array([[0, 100, 255]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.invert(image)[..., 0]
    array([[255, 155,   0]], dtype=uint8)
    """
    return _core.invert(images, value_range, layout, out, threads)


def solarize(
    images: Images,
    threshold: float | npt.ArrayLike,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Invert the values of at least a threshold.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    threshold : float or array_like of float, shape (N,)
        Finite, in units of the images: 128 for the upper half of uint8. One above the maximum
        leaves all as it is.
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
    >>> image = np.array([[0, 127, 128, 255]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.solarize(image, 128)[..., 0]
    array([[  0, 127, 127,   0]], dtype=uint8)
    """
    return _core.solarize(images, threshold, value_range, layout, out, threads)


def posterize(
    images: Images,
    bits: int | npt.ArrayLike,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Keep the upper bits of each value, so that ``2 ** bits`` levels remain.

    Floats, scaled to 0 to 1, become ``floor(x * 2 ** bits) / 2 ** bits``, the highest level for 1
    and above, as in torchvision.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    bits : int or array_like of int, shape (N,)
        How many bits to keep: 0 to 8 for uint8, 16 for uint16 and 24 for float32.
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
    >>> image = np.array([[0, 63, 64, 255]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.posterize(image, 2)[..., 0]
    array([[  0,   0,  64, 192]], dtype=uint8)
    """
    return _core.posterize(images, bits, value_range, layout, out, threads)
