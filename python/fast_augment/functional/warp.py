"""Resampling through an affine or a projective map, and the matrices that describe one."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Border, Images, Interpolation, Layout, Size

__all__ = ["affine", "affine_matrix", "perspective"]


def affine(
    images: Images,
    matrix: npt.ArrayLike,
    *,
    size: Size | None = None,
    interpolation: Interpolation = "bilinear",
    border: Border = "constant",
    fill: float | npt.ArrayLike = 0,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Warp images by an affine map: rotation, scale, shear and shift in one resampling.

    The source is extended over the whole plane by the border rule. Output pixel (x, y) is the
    sample at ``inverse(matrix) @ (x, y, 1)``, to within 2^-22 of a pixel: bilinear between the
    four pixels around it, bicubic between the sixteen (Keys' kernel with a = -0.75, that of OpenCV
    and of PyTorch's grid_sample), or the pixel at ``floor(coordinate + 0.5)``. A constant border
    therefore blends with the fill over the last pixel (bicubic: two), as in OpenCV. Bicubic
    integers are clamped, and integers round half up. A value is within 0.55 of the exact one for
    uint8 and uint16, rounding included, and within 3e-4 of the value range for float32. Maps that
    move whole pixels (whole-pixel shifts, flips, quarter turns) copy them exactly.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    matrix : array_like of float, shape (2, 3), (3, 3), (N, 2, 3) or (N, 3, 3)
        Maps input pixel coordinates to output pixel coordinates, pixel centres at whole numbers,
        as the M of OpenCV's warpAffine; the last row of a (3, 3) matrix is (0, 0, 1). See
        `affine_matrix`.
    size : int or (int, int), optional
        Height and width of the result; default as `images`.
    interpolation : {"bilinear", "nearest", "bicubic"}
        How to sample between pixels.
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
    ndarray or list of ndarray
        `out`, or new memory: an array for an array or when `size` is given, else a list for a
        sequence.

    Raises
    ------
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a wrong shape, a singular or non-finite matrix, pixels that are not packed, a fill that
        the dtype cannot hold, or memory in common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> batch = np.zeros((2, 28, 28, 1), dtype=np.uint8)
    >>> matrices = fa.affine_matrix(angle=[-15, 15], scale=1.1, center=(13.5, 13.5))
    >>> fa.affine(batch, matrices).shape
    (2, 28, 28, 1)
    """
    return _core.affine(images, matrix, size, interpolation, border, fill, layout, out, threads)


def affine_matrix(
    angle: float | npt.ArrayLike = 0.0,
    translate: npt.ArrayLike = (0.0, 0.0),
    scale: float | npt.ArrayLike = 1.0,
    shear: npt.ArrayLike = (0.0, 0.0),
    *,
    center: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Build matrices for `affine`: shear, scale, rotate about a centre, then shift.

    ``T(center) T(translate) R(angle) S(scale) Shear_y Shear_x T(-center)``, with
    ``R = [[cos, sin], [-sin, cos]]`` (y points down), ``Shear_x = [[1, -tan x], [0, 1]]`` and
    ``Shear_y = [[1, 0], [-tan y, 1]]``: torchvision's order and shear, with its angle negated.
    Multiples of 90 degrees give exact zeros and ones.

    Parameters
    ----------
    angle : float or array_like of float, shape (N,)
        Degrees, positive = counter-clockwise as seen on the screen.
    translate : array_like of float, shape (2,) or (N, 2)
        Shift (x, y) in pixels.
    scale : float or array_like of float, shape (N,), (N, 1) or (N, 2)
        Factor, other than 0; above 1 magnifies. Per axis (x, y) with shape (N, 2): for one matrix
        ``[[x, y]]``, since a list of two numbers means two samples.
    shear : float or array_like of float, shape (2,) or (N, 2)
        Degrees along (x, y), strictly between -90 and 90; one number shears along x.
    center : array_like of float, shape (2,) or (N, 2)
        The point (x, y) that stays where it is before the shift; the middle of an image is
        ``((width - 1) / 2, (height - 1) / 2)``.

    Returns
    -------
    ndarray of float64, shape (2, 3) or (N, 2, 3)
        One matrix when no argument has an axis of N, else N of them.

    Raises
    ------
    TypeError
        For arguments that are no real numbers.
    ValueError
        For arguments that are not finite or out of range, or whose shapes do not fit together; also
        for a `scale` of two numbers when no other argument tells that there are two samples.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.affine_matrix(angle=90, center=(1, 1))
    array([[ 0.,  1.,  0.],
           [-1.,  0.,  2.]])
    >>> fa.affine_matrix(angle=[0, 90, 180], scale=2, center=(0, 0)).shape
    (3, 2, 3)
    """
    return _core.affine_matrix(angle, translate, scale, shear, center)


def perspective(
    images: Images,
    matrix: npt.ArrayLike,
    *,
    size: Size | None = None,
    interpolation: Interpolation = "bilinear",
    border: Border = "constant",
    fill: float | npt.ArrayLike = 0,
    layout: Layout = "HWC",
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Warp images by a projective map: what a flat picture looks like from another side.

    As `affine`, with a matrix whose last row is free: with
    ``(u, v, w) = inverse(matrix) @ (x, y, 1)``, output pixel (x, y) is the sample of the source at
    ``(u / w, v / w)``, in float64. Where w is 0 lies the horizon, and beyond it nothing of the
    image can be seen: those pixels show the fill, whatever the border. The visible side is the one
    on which the middle of the image lies. (OpenCV shows the mirrored image beyond the horizon.)
    A matrix whose last row is (0, 0, s) gives what `affine` gives for ``matrix / s``.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    matrix : array_like of float, shape (3, 3) or (N, 3, 3)
        Maps input pixel coordinates to output pixel coordinates, pixel centres at whole numbers,
        as the M of OpenCV's warpPerspective; any multiple of a matrix is the same map.
    size : int or (int, int), optional
        Height and width of the result; default as `images`.
    interpolation : {"bilinear", "nearest", "bicubic"}
        How to sample between pixels.
    border : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What shows outside the image, by the names of `numpy.pad`.
    fill : float or array_like of float, shape (C,)
        The value of the constant border and of what lies beyond the horizon, in units of the
        images' dtype.
    layout : {"HWC", "CHW"}
        Where the channels of `images` and of the result stand.
    out : ndarray or sequence of ndarray, optional
        Where to write the result; no memory in common with `images`.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    ndarray or list of ndarray
        `out`, or new memory: an array for an array or when `size` is given, else a list for a
        sequence.

    Raises
    ------
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a wrong shape, a matrix that is singular, not finite or sends the middle of the image
        to infinity, pixels that are not packed, a fill that the dtype cannot hold, or memory in
        common; nothing is written.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> image = np.zeros((28, 28, 1), dtype=np.uint8)
    >>> fa.perspective(image, [[1, 0, 0], [0, 1, 0], [0, 0.01, 1]], size=(20, 28)).shape
    (20, 28, 1)
    """
    return _core.perspective(
        images, matrix, size, interpolation, border, fill, layout, out, threads
    )
