"""Keras' functions for one image: an affine map from its parameters, and random ones."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment.keras.colors import apply_brightness_shift, apply_channel_shift
from fast_augment.keras.draws import from_parameters
from fast_augment.keras.images import check_choice
from fast_augment.keras.matrices import sampling_maps
from fast_augment.keras.randomness import random_state
from fast_augment.keras.warp import FILL_MODES, warp

__all__ = [
    "apply_affine_transform",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
]

Array: TypeAlias = npt.NDArray[Any]


def apply_affine_transform(
    x: Array,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
    *,
    as_shipped: bool = False,
    threads: int | None = None,
) -> Array:
    """Rotate, shift, shear and zoom one image about its middle, in one interpolation.

    The result's pixel p shows the source at ``c + R (t + H Z (p - c))`` with the rotation R by
    theta, t = (tx, ty), H = [[1, -sin], [0, cos]] of the shear angle and Z = diag(zx, zy).

    Parameters
    ----------
    x : ndarray, rank 3
        The image.
    theta : float
        Degrees, positive = counter-clockwise as seen on the screen.
    tx, ty : float
        Pixels; with 1 the content moves by one pixel to the left, or up.
    shear : float
        Degrees.
    zx, zy : float
        Above 1 the content shrinks.
    row_axis, col_axis, channel_axis : int
        What the axes of `x` are; channels come first or last.
    fill_mode : {"nearest", "constant", "reflect", "wrap"}
        What shows outside, see `ImageDataGenerator`.
    cval : float
        The value of the mode "constant".
    order : int
        0 nearest, 1 bilinear, 2 to 5 splines (these need SciPy).
    as_shipped : bool
        Whether an image that is not square turns about the point that Keras takes for its middle.
    threads : int, optional
        How many threads to use; default `get_num_threads`.

    Returns
    -------
    ndarray
        An image of the same shape and dtype.

    Raises
    ------
    ValueError
        For axes that are not those of an image, an unknown `fill_mode` or `order`.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import apply_affine_transform
    >>> image = np.array([[[1.0, 2.0, 3.0]]])
    >>> apply_affine_transform(image, tx=1)
    array([[[2., 3., 3.]]])
    """
    where = "apply_affine_transform"
    axes = (row_axis, col_axis, channel_axis)
    if sorted(axes) != [0, 1, 2] or channel_axis == 1:
        raise ValueError(
            f"{where}: (row_axis, col_axis, channel_axis) is {axes}, expected 0, 1 and 2 in an "
            "order with channel_axis first or last"
        )
    x = np.asarray(x)
    if x.ndim != 3:
        raise ValueError(f"{where}: x has shape {x.shape}, expected rank 3")
    check_choice(where, "fill_mode", fill_mode, tuple(FILL_MODES))
    if not isinstance(order, int | np.integer) or not 0 <= order <= 5:
        raise ValueError(f"{where}: order is {order!r}, expected a whole number from 0 to 5")
    parameters = {"theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy}
    # With the columns' axis first, the image lies on its side and is put upright for the call.
    image = x if row_axis < col_axis else x.swapaxes(row_axis, col_axis)
    height, width = x.shape[row_axis], x.shape[col_axis]
    maps = sampling_maps(from_parameters(parameters), height, width, as_shipped=as_shipped)
    layout = "CHW" if channel_axis == 0 else "HWC"
    batch = np.ascontiguousarray(image)[np.newaxis].copy()
    result = warp(
        batch, maps, fill_mode=fill_mode, cval=cval, order=order, layout=layout, threads=threads
    )[0]
    return np.asarray(result if row_axis < col_axis else result.swapaxes(row_axis, col_axis))


def random_rotation(
    x: Array,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> Array:
    """Rotate one image by a random angle; NumPy's global generator draws.

    Parameters
    ----------
    x : ndarray, rank 3
        The image.
    rg : float
        Degrees; the angle lies between -rg and rg.
    row_axis, col_axis, channel_axis, fill_mode, cval
        As for `apply_affine_transform`.
    interpolation_order : int
        Its `order`.

    Returns
    -------
    ndarray
        An image of the same shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import random_rotation
    >>> random_rotation(np.zeros((1, 28, 28)), 15).shape
    (1, 28, 28)
    """
    theta = random_state(None).uniform(-rg, rg)
    return apply_affine_transform(
        x,
        theta=theta,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_shift(
    x: Array,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> Array:
    """Shift one image by random fractions of its sides; NumPy's global generator draws.

    Parameters
    ----------
    x : ndarray, rank 3
        The image.
    wrg, hrg : float
        The largest fraction of the width and of the height.
    row_axis, col_axis, channel_axis, fill_mode, cval
        As for `apply_affine_transform`.
    interpolation_order : int
        Its `order`.

    Returns
    -------
    ndarray
        An image of the same shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import random_shift
    >>> random_shift(np.zeros((1, 28, 28)), 0.1, 0.2).shape
    (1, 28, 28)
    """
    random = random_state(None)
    down = random.uniform(-hrg, hrg) * x.shape[row_axis]
    right = random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x,
        tx=right,
        ty=down,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_shear(
    x: Array,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> Array:
    """Shear one image by a random angle; NumPy's global generator draws.

    Parameters
    ----------
    x : ndarray, rank 3
        The image.
    intensity : float
        Degrees; the angle lies between -intensity and intensity.
    row_axis, col_axis, channel_axis, fill_mode, cval
        As for `apply_affine_transform`.
    interpolation_order : int
        Its `order`.

    Returns
    -------
    ndarray
        An image of the same shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import random_shear
    >>> random_shear(np.zeros((1, 28, 28)), 10).shape
    (1, 28, 28)
    """
    shear = random_state(None).uniform(-intensity, intensity)
    return apply_affine_transform(
        x,
        shear=shear,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_zoom(
    x: Array,
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> Array:
    """Zoom one image by random factors; NumPy's global generator draws.

    Parameters
    ----------
    x : ndarray, rank 3
        The image.
    zoom_range : (float, float)
        Between which numbers the zooms of the two axes lie; (1, 1) for no zoom.
    row_axis, col_axis, channel_axis, fill_mode, cval
        As for `apply_affine_transform`.
    interpolation_order : int
        Its `order`.

    Returns
    -------
    ndarray
        An image of the same shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import random_zoom
    >>> random_zoom(np.zeros((1, 28, 28)), (0.9, 1.1)).shape
    (1, 28, 28)
    """
    if len(zoom_range) != 2:
        raise ValueError(f"random_zoom: zoom_range is {zoom_range!r}, expected a pair of numbers")
    low, high = zoom_range
    zx, zy = (1, 1) if low == high == 1 else random_state(None).uniform(low, high, 2)
    return apply_affine_transform(
        x,
        zx=zx,
        zy=zy,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_channel_shift(x: Array, intensity_range: float, channel_axis: int = 0) -> Array:
    """Shift the values of one image by a random number; NumPy's global generator draws.

    Parameters
    ----------
    x : ndarray, rank 3
        The image.
    intensity_range : float
        The number lies between minus and plus this.
    channel_axis : int
        As for `apply_channel_shift`.

    Returns
    -------
    ndarray
        The shifted image.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import random_channel_shift
    >>> random_channel_shift(np.zeros((1, 28, 28)), 20).shape
    (1, 28, 28)
    """
    intensity = random_state(None).uniform(-intensity_range, intensity_range)
    return apply_channel_shift(x, intensity, channel_axis)


def random_brightness(x: Array, brightness_range: Sequence[float], scale: bool = True) -> Array:
    """Change the brightness of one image by a random factor; NumPy's global generator draws.

    Parameters
    ----------
    x : ndarray, rank 3
        The image, channels last.
    brightness_range : (float, float)
        Between which numbers the factor lies.
    scale : bool
        As for `apply_brightness_shift`.

    Returns
    -------
    ndarray of float32
        The image with the new brightness.

    Raises
    ------
    ValueError
        If `brightness_range` is no pair.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import random_brightness
    >>> random_brightness(np.zeros((28, 28, 1)), (0.5, 1.5)).shape
    (28, 28, 1)
    """
    if len(brightness_range) != 2:
        raise ValueError(
            f"random_brightness: brightness_range is {brightness_range!r}, expected a pair of "
            "numbers"
        )
    low, high = brightness_range
    return apply_brightness_shift(x, random_state(None).uniform(low, high), scale)
