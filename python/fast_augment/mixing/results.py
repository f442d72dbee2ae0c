"""What was mixed, with what."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Mixed"]


@dataclass(frozen=True)
class Mixed:
    """What `MixUp` and `CutMix` return with ``return_params=True``.

    Parameters
    ----------
    images : ndarray
        The result.
    labels : ndarray or MixedLabels
        The mixed labels.
    partner : ndarray of int64, shape (N,)
        The number in the batch of the sample that each was mixed with.
    share : ndarray of float64, shape (N,)
        How much of each is its own.
    boxes : ndarray of int64, shape (N, 4), optional
        Of `CutMix`: (x0, y0, x1, y1) of what is the partner's.

    Examples
    --------
    >>> import fast_augment as fa
    >>> [field for field in fa.Mixed.__dataclass_fields__]
    ['images', 'labels', 'partner', 'share', 'boxes']
    """

    images: Any
    labels: Any
    partner: npt.NDArray[np.int64]
    share: npt.NDArray[np.float64]
    boxes: npt.NDArray[np.int64] | None = None
