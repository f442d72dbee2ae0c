"""From Keras' parameters to the maps of pixels, for all images of a batch at once.

A sampling map takes a pixel (x, y) of the result to the point of the source that it shows.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment.keras.draws import Draws

__all__ = ["forward_maps", "is_identity", "sampling_maps"]

Floats: TypeAlias = npt.NDArray[np.float64]


def sampling_maps(draws: Draws, height: int, width: int, *, as_shipped: bool) -> Floats:
    """Make maps of shape (N, 2, 3): rotation, shift, shear and zoom about the middle, then flips.

    With R the rotation by theta, H = [[1, -sin], [0, cos]] of the shear angle and Z = diag(zx, zy),
    the result's pixel p shows the source at ``c + R (t + H Z (p - c))``. What Keras ships takes the
    middle's coordinates in the wrong order, which matters where images are not square.
    """
    radians = np.pi / 180
    theta = draws.theta * radians
    both = (draws.theta + draws.shear) * radians
    cosine, sine = np.cos(theta), np.sin(theta)
    # R H Z in closed form: the sheared axis is turned by both angles.
    xx, xy = cosine * draws.zx, np.sin(both) * -draws.zy
    yx, yy = sine * draws.zx, np.cos(both) * draws.zy
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    if as_shipped:
        middle_x, middle_y = middle_y, middle_x
    maps = _empty_maps(len(theta))
    maps[:, 0, 2] = cosine * draws.tx - sine * draws.ty + (middle_x - xx * middle_x - xy * middle_y)
    maps[:, 1, 2] = sine * draws.tx + cosine * draws.ty + (middle_y - yx * middle_x - yy * middle_y)
    maps[:, 0, 0], maps[:, 0, 1], maps[:, 1, 0], maps[:, 1, 1] = xx, xy, yx, yy
    _flip(maps, 0, width, draws.flip_horizontal)
    _flip(maps, 1, height, draws.flip_vertical)
    return maps


def _empty_maps(count: int) -> Floats:
    """Shape (N, 2, 3), but entry by entry in memory: each is computed for all images at once."""
    maps: Floats = np.empty((2, 3, count)).transpose(2, 0, 1)
    return maps


def _flip(maps: Floats, axis: int, side: int, where: npt.NDArray[np.bool_]) -> None:
    """Let the result's coordinate run backwards: p becomes side - 1 - p."""
    if not where.any():
        return
    column = maps[:, :, axis]
    maps[:, :, 2] += column * (where * (side - 1.0))[:, np.newaxis]
    column *= np.where(where, -1.0, 1.0)[:, np.newaxis]


def forward_maps(sampling: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Invert maps of shape (N, 2, 3); also tell where there is no inverse (and none is given)."""
    a, b, c, d = sampling[:, 0, 0], sampling[:, 0, 1], sampling[:, 1, 0], sampling[:, 1, 1]
    determinant = a * d - b * c
    flat = np.abs(determinant) < 1e-9
    if flat.any():
        determinant = np.where(flat, 1.0, determinant)
    xx, xy, yx, yy = d / determinant, b / -determinant, c / -determinant, a / determinant
    x, y = sampling[:, 0, 2], sampling[:, 1, 2]
    forward = _empty_maps(len(sampling))
    forward[:, 0, 2], forward[:, 1, 2] = -(xx * x + xy * y), -(yx * x + yy * y)
    forward[:, 0, 0], forward[:, 0, 1], forward[:, 1, 0], forward[:, 1, 1] = xx, xy, yx, yy
    return forward, flat


def is_identity(sampling: Floats) -> bool:
    """Whether no image moves."""
    result: Any = (sampling == ((1, 0, 0), (0, 1, 0))).all()
    return bool(result)
