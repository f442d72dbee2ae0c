"""From the coordinates of results back to those of their sources."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.transforms.masks import word_of
from fast_augment.typing import Interpolation, Layout

__all__ = ["Inverse"]


class Inverse:
    """Maps what was found in augmented images back to the images that they were made of.

    Parameters
    ----------
    matrix : ndarray of float64, shape (N, 3, 3)
        As `Batch.matrix`, from source to result.
    source_sizes : ndarray of int64, shape (N, 2)
        Height and width of each source.
    is_one : bool
        Whether there is one sample, whose targets come without an axis of N.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.RandomCrop(4), fa.RandomVerticalFlip(p=1)], seed=1)
    >>> batch = augment(np.zeros((2, 9, 9, 1), np.uint8), return_params=True)
    >>> found = np.array([[[0.0, 0.0]], [[3.0, 1.0]]])
    >>> source = batch.inverse().keypoints(found)
    >>> top, left = batch.params["RandomCrop"]["top"], batch.params["RandomCrop"]["left"]
    >>> np.array_equal(source[:, 0], np.stack([left + [0, 3], top + [3, 2]], axis=1))
    True
    """

    def __init__(
        self,
        matrix: npt.NDArray[np.float64],
        source_sizes: npt.NDArray[np.int64],
        is_one: bool = False,
    ) -> None:
        middle = np.concatenate([(source_sizes[:, ::-1] - 1) / 2, np.ones((len(matrix), 1))], 1)
        weight = np.einsum("nk,nk->n", matrix[:, 2], middle)
        # The visible side is that of the middle, in both directions.
        signed = np.where(weight < 0, -1.0, 1.0)[:, np.newaxis, np.newaxis] * matrix
        self.matrix = np.linalg.inv(signed)
        self.source_sizes = source_sizes
        self.is_one = is_one

    def keypoints(self, points: Any) -> Any:
        """Map points back.

        Parameters
        ----------
        points : ndarray of shape (N, ..., 2), or N of (..., 2)
            Pixel indices (x, y) in the results; further columns are kept as they are.

        Returns
        -------
        ndarray or list of ndarray
            Pixel indices in the sources, perhaps outside of them; NaN for a point beyond the
            horizon of a perspective.

        Raises
        ------
        ValueError
            For another number of samples.
        """
        found = [
            _mapped(matrix, np.asarray(item))
            for matrix, item in zip(self.matrix, self._listed("keypoints", points), strict=True)
        ]
        return self._like(points, found)

    def boxes(self, boxes: Any, *, clip: bool = True) -> Any:
        """Map boxes back: the smallest ones, along the axes, around their corners.

        Parameters
        ----------
        boxes : ndarray of shape (N, ..., 4), or N of (..., 4)
            Edges (x0, y0, x1, y1) in pixels of the results.
        clip : bool
            Whether to cut them at the edges of the sources.

        Returns
        -------
        ndarray or list of ndarray
            As many as came, in the same order; without width or height where nothing is left.

        Raises
        ------
        ValueError
            For another number of samples.
        """
        found = []
        listed = self._listed("boxes", boxes)
        for matrix, item, size in zip(self.matrix, listed, self.source_sizes, strict=True):
            edges = np.asarray(item, np.float64).reshape(*np.shape(item)[:-1], 4)
            # The four corners, pixel centres at whole numbers.
            corners = edges[..., [[0, 1], [2, 1], [2, 3], [0, 3]]] - 0.5
            moved = _mapped(matrix, corners) + 0.5
            hull = np.concatenate([moved.min(axis=-2), moved.max(axis=-2)], axis=-1)
            if clip:
                hull = np.clip(hull, 0, size[[1, 0, 1, 0]])
            found.append(hull.astype(_float_dtype(item)))
        return self._like(boxes, found)

    def masks(
        self,
        masks: Any,
        *,
        interpolation: Interpolation | None = None,
        fill: float = 0,
        layout: Layout = "HWC",
        threads: int | None = None,
    ) -> Any:
        """Map masks or maps of scores back to the pixels of the sources.

        Parameters
        ----------
        masks : ndarray of shape (N, H, W) or (N, H, W, C), or N of (H, W) or (H, W, C)
            Bool, integers or float32; with ``layout="CHW"`` channels stand before H.
        interpolation : {"nearest", "bilinear", "bicubic"}, optional
            Default: bilinear for float32, nearest for the rest, for which nothing else will do.
        fill : float
            What pixels of the source get that the result does not show.
        layout : {"HWC", "CHW"}
            Where channels stand, if there are any.
        threads : int, optional
            How many threads to use; default `get_num_threads`.

        Returns
        -------
        ndarray or list of ndarray
            An array when all sources have one size, else a list.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For another number of samples, or a wrong shape.
        """
        found = [
            self._mask(number, np.asarray(mask), interpolation, fill, layout, threads)
            for number, mask in enumerate(self._listed("masks", masks))
        ]
        if self.is_one:
            return found[0]
        is_one_size = bool((self.source_sizes == self.source_sizes[:1]).all())
        return np.stack(found) if found and is_one_size else found

    def _mask(
        self,
        number: int,
        mask: npt.NDArray[Any],
        interpolation: Interpolation | None,
        fill: float,
        layout: Layout,
        threads: int | None,
    ) -> npt.NDArray[Any]:
        is_soft = mask.dtype == np.float32
        if not is_soft and mask.dtype.kind not in "biu":
            raise TypeError(
                f"Inverse: masks[{number}] has dtype {mask.dtype}, expected bool, integers or "
                "float32"
            )
        if mask.ndim not in (2, 3):
            raise ValueError(
                f"Inverse: masks[{number}] has shape {mask.shape}, expected (H, W) or the same "
                "with channels"
            )
        if not is_soft and interpolation not in (None, "nearest"):
            raise ValueError(
                f"Inverse: interpolation is {interpolation!r}, expected 'nearest' for masks of "
                f"dtype {mask.dtype}"
            )
        is_planar = layout == "CHW" and mask.ndim == 3
        has_pixels = mask.ndim == 3 and not is_planar
        # Values of 4 and 8 bytes travel as several of 2.
        word = mask.dtype if is_soft else word_of(mask.dtype)
        pixels = np.ascontiguousarray(mask if has_pixels else mask[..., np.newaxis])
        matrix, (height, width) = self.matrix[number], self.source_sizes[number]
        moved = _core.perspective(
            pixels.view(word),
            np.tile(matrix, (len(mask), 1, 1)) if is_planar else matrix,
            (int(height), int(width)),
            interpolation or ("bilinear" if is_soft else "nearest"),
            "constant",
            np.full(pixels.shape[-1], fill, mask.dtype).view(word).astype(float),
            "HWC",
            None,
            threads,
        ).view(mask.dtype)
        result: npt.NDArray[Any] = moved if has_pixels else moved[..., 0]
        return result

    def _listed(self, name: str, given: Any) -> Any:
        listed = [given] if self.is_one else given
        if len(listed) != len(self.matrix):
            raise ValueError(
                f"Inverse: {name} has {len(given)} elements, expected {len(self.matrix)}, one for "
                "each sample"
            )
        return listed

    def _like(self, given: Any, found: list[npt.NDArray[Any]]) -> Any:
        """Stack what came as an array."""
        if self.is_one:
            return found[0]
        return np.stack(found) if isinstance(given, np.ndarray) and found else found


def _float_dtype(values: Any) -> Any:
    dtype = np.asarray(values).dtype
    return dtype if dtype.kind == "f" else np.float64


def _mapped(matrix: npt.NDArray[np.float64], points: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Map the first two columns."""
    result = points.astype(_float_dtype(points))
    homogeneous = points[..., :2] @ matrix[:, :2].T + matrix[:, 2]
    weight = homogeneous[..., 2:]
    weight = np.where(weight > 0, weight, np.nan)
    result[..., :2] = homogeneous[..., :2] / weight
    return result
