"""Neighbourhood filters: Gaussian blur and sharpness."""

from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Images, Layout, Size

__all__ = ["gaussian_blur", "sharpness"]


def gaussian_blur(
    images: Images,
    kernel_size: Size,
    sigma: float | npt.ArrayLike | None = None,
    *,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Blur images: weights ``exp(-0.5 * (distance / sigma) ** 2)`` along x and along y.

    The weights of each axis add up to 1. Outside of the image it is reflected without its border
    pixel (``border="reflect"``), again and again where the kernel is larger than the image.
    Nothing is rounded between the axes; integers round half up.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    kernel_size : int or (int, int)
        Height and width of the kernel, odd; one number means both. torchvision takes a pair the
        other way round.
    sigma : float or array_like of float, shape (N,), optional
        Standard deviation in pixels, above 0, for both axes. Default: along each axis
        ``0.3 * ((kernel_size - 1) * 0.5 - 1) + 0.8``, as in torchvision.
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
    >>> image = np.zeros((1, 5, 1), dtype=np.uint8)
    >>> image[0, 2] = 255
    >>> fa.gaussian_blur(image, (1, 3), 0.8)[..., 0]
    array([[  0,  61, 133,  61,   0]], dtype=uint8)
    """
    return _core.gaussian_blur(images, kernel_size, sigma, layout, out, threads)


def sharpness(
    images: Images,
    factor: float | npt.ArrayLike,
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Move each value away from its surroundings: ``clip(factor * x + (1 - factor) * smooth)``.

    ``smooth`` is the mean of 3x3 pixels with weights 1, and 5 for the pixel itself, as in Pillow
    and torchvision (``adjust_sharpness``). The outermost pixels, and images with a side of at most
    2, are copied. Integers round half up, once; the peers round ``smooth`` too and then truncate:
    results differ by at most 1 level for factors up to 2.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    factor : float or array_like of float, shape (N,)
        Finite, at least 0: 0 gives the smooth image, 1 an exact copy, 2 a sharper one.
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
    >>> image = np.full((3, 3, 1), 100, dtype=np.uint8)
    >>> image[1, 1] = 113
    >>> fa.sharpness(image, [0.0])[..., 0]
    array([[100, 100, 100],
           [100, 105, 100],
           [100, 100, 100]], dtype=uint8)
    """
    return _core.sharpness(images, factor, value_range, layout, out, threads)
