"""What a call returns when it is more than images, and the way back to the source."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment.transforms.inverse import Inverse
from fast_augment.transforms.params import Params

__all__ = ["Batch"]


@dataclass(frozen=True)
class Batch:
    """What a pipeline returns with targets, with several images of a sample, or on demand.

    Parameters
    ----------
    images : ndarray, list of ndarray or dict
        The result; a dict where images came in one.
    params : Params
        What was drawn for each sample; one image is one sample, and so is a clip.
    matrix : ndarray of float64, shape (N, 3, 3)
        Maps pixel coordinates of each input to those of its output, as the matrix of `affine` and
        `perspective`.
    masks : ndarray, list of ndarray or dict, optional
        With the axes and the dtype that they came with.
    boxes : ndarray or list of ndarray, optional
        Those that are kept, in the format that they came in: a list for a list; for an array
        (N, M, 4) another, filled up with -1.
    box_labels : ndarray, list of ndarray or dict, optional
        Those of the boxes that are kept.
    keypoints : ndarray or list of ndarray, optional
        All points, or with ``outside="remove"`` a list of those that can be seen.
    keypoints_visible : ndarray or list of ndarray of bool, optional
        Which points lie inside of the result, and were not cut off on the way.
    keypoint_labels : ndarray, list of ndarray or dict, optional
        Those of the points that are kept; as they came where points are only flagged.
    labels : object, optional
        As they came.
    source_sizes : ndarray of int64, shape (N, 2)
        Height and width of each input.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.RandomHorizontalFlip(p=1)], seed=0)
    >>> batch = augment(np.zeros((1, 8, 10, 3), np.uint8), boxes=[[[0, 2, 3, 6]]])
    >>> batch.boxes
    [array([[ 7.,  2., 10.,  6.]])]
    >>> batch.inverse().boxes(batch.boxes)
    [array([[0., 2., 3., 6.]])]
    """

    images: Any
    params: Params
    matrix: npt.NDArray[np.float64]
    masks: Any = None
    boxes: Any = None
    box_labels: Any = None
    keypoints: Any = None
    keypoints_visible: Any = None
    keypoint_labels: Any = None
    labels: Any = None
    source_sizes: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    def inverse(self) -> Inverse:
        """Return the maps back to the source, for predictions made on `images`.

        Returns
        -------
        Inverse
            With a method each for boxes, keypoints and masks.
        """
        images = self.images
        first = next(iter(images.values())) if isinstance(images, dict) else images
        is_one = isinstance(first, np.ndarray) and first.ndim == 3
        return Inverse(self.matrix, self.source_sizes, is_one)
