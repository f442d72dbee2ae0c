"""From integer pixels to normalised floats."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Images, Layout

__all__ = ["normalize"]


def normalize(
    images: Images,
    mean: float | npt.ArrayLike,
    std: float | npt.ArrayLike,
    *,
    layout: Layout = "HWC",
    out_layout: Layout = "CHW",
    dtype: npt.DTypeLike = np.float32,
    out: Images | None = None,
    threads: int | None = None,
) -> Any:
    """Cast, scale, subtract the mean, divide by the deviation and change the layout, in one pass.

    The result is ``(images / full_scale - mean) / std`` per channel, where the full scale is 255
    for uint8, 65535 for uint16 and 1 for float32: `mean` and `std` are in the scaled units, as in
    torchvision. It is computed in float32 as ``images * scale + bias`` with one rounding per step.

    Parameters
    ----------
    images : ndarray or sequence of ndarray
        One image, a batch or a sequence of images, as for `hflip`.
    mean, std : float or array_like of float, shape (C,)
        One value, or one per channel; finite, `std` above 0.
    layout, out_layout : {"HWC", "CHW"}
        Where the channels of `images` and of the result stand.
    dtype : dtype_like
        float32 or float16 (rounded to nearest even from the float32 result).
    out : ndarray or sequence of ndarray, optional
        Where to write the result: of `dtype`, in `out_layout`, no memory in common with `images`.
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
    >>> batch = np.full((8, 32, 32, 3), 255, dtype=np.uint8)
    >>> floats = fa.normalize(batch, mean=0.5, std=0.25)
    >>> floats.shape, floats.dtype, float(floats[0, 0, 0, 0])
    ((8, 3, 32, 32), dtype('float32'), 2.0)
    """
    return _core.normalize(images, mean, std, layout, out_layout, dtype, out, threads)
