"""Tone curves that a whole image decides: equalize and autocontrast."""

from typing import Any

from fast_augment import _core
from fast_augment.typing import Images, Layout

__all__ = ["autocontrast", "equalize"]


def equalize(
    images: Images,
    *,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Spread the levels of each channel so that each covers about as many pixels.

    The table of Pillow's ``ImageOps.equalize`` and torchvision, of whole numbers: with a histogram
    h, ``step = (sum(h) - last) // 255`` for the last non-zero count, and level i becomes
    ``(sum(h[:i]) + step // 2) // step``, at most 255. A channel whose step is 0 (fewer than 255
    pixels below the highest level) is copied.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`, of dtype uint8.
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
    >>> image = np.repeat(np.arange(4, dtype=np.uint8), 255).reshape(30, 34, 1)
    >>> np.unique(fa.equalize(image))
    array([  0,  85, 170, 255], dtype=uint8)
    """
    return _core.equalize(images, layout, out, threads)


def autocontrast(
    images: Images,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Stretch each channel from its own smallest and largest value to the whole range.

    ``low + (x - min) * (high - low) / (max - min)``, where integers run from 0 to their maximum.
    Integers round half up, where torchvision truncates: results differ by at most 1 level. A
    channel of a single value, or with infinite ones, is copied; NaN stays NaN and does not count.

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
    >>> image = np.array([[50, 60, 100]], dtype=np.uint8)[..., np.newaxis]
    >>> fa.autocontrast(image)[..., 0]
    array([[  0,  51, 255]], dtype=uint8)
    """
    return _core.autocontrast(images, value_range, layout, out, threads)
