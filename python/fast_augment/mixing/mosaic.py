"""Four images in one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.mixing.keyed import Keyed
from fast_augment.transforms import checks
from fast_augment.transforms.base import named_arguments
from fast_augment.typing import Fill, Layout, Seed, Size

__all__ = ["Mosaic", "Tiled"]

_center = checks.range_of("a pair (low, high) of numbers from 0 to 1", lambda end: 0 <= end <= 1)


@dataclass(frozen=True)
class Tiled:
    """What a `Mosaic` makes, with where everything came from.

    Tiles are above left, above right, below left and below right.

    Parameters
    ----------
    images : ndarray
        The result, N images.
    sources : ndarray of int64, shape (N, 4)
        The number in the batch of the image in each tile; the first is the sample itself.
    boxes : ndarray of int64, shape (N, 4, 4)
        (x0, y0, x1, y1) of each tile in the result; empty where a tile has no room.
    matrix : ndarray of float64, shape (N, 4, 3, 3)
        Maps pixel coordinates of the source to those of the result.
    share : ndarray of float64, shape (N, 4)
        The part of the result that each tile covers.

    Examples
    --------
    >>> import fast_augment as fa
    >>> [field for field in fa.Tiled.__dataclass_fields__]
    ['images', 'sources', 'boxes', 'matrix', 'share']
    """

    images: npt.NDArray[Any]
    sources: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.int64]
    matrix: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]


class Mosaic(Keyed):
    """Put four images around a random point of a canvas (arXiv 2004.10934).

    Each has a corner at the point and is cut where it leaves its quarter; nothing is resized. The
    sample itself lies above left, the next three of the ring of `MixUp` follow. With a canvas of
    twice the image and the usual crop or warp back to its size afterwards, this is what detectors
    of the YOLO family train on.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the canvas.
    center : (float, float)
        Between which fractions of the canvas the point lies, along both sides.
    fill : float or sequence of float
        What shows where no image reaches; one level or one per channel.
    seed : int, numpy.random.SeedSequence or numpy.random.Generator, optional
        As of a `Compose`; default: fresh entropy.
    layout : {"HWC", "CHW"}, optional
        Where the channels of the images stand. Default: "CHW" for floats and "HWC" for integers,
        as a `Compose` leaves them.
    threads : int, optional
        How many threads to use; default `get_num_threads`.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> mosaic = fa.Mosaic(64, fill=114, seed=0)
    >>> batch = mosaic(np.zeros((8, 32, 32, 3), np.uint8), epoch=0, index=range(8))
    >>> batch.images.shape, batch.sources[:, 0].tolist()
    ((8, 64, 64, 3), [0, 1, 2, 3, 4, 5, 6, 7])
    """

    @named_arguments
    def __init__(
        self,
        size: Size,
        *,
        center: tuple[float, float] = (0.25, 0.75),
        fill: Fill = 0,
        seed: Seed = None,
        layout: Layout | None = None,
        threads: int | None = None,
    ) -> None:
        self._size: tuple[int, int] = checks.size("Mosaic", "size", size)
        self._center: tuple[float, float] = _center("Mosaic", "center", center)
        self._fill = checks.fill("Mosaic", "fill", fill)
        super().__init__(seed, layout, threads)

    def __call__(
        self,
        images: npt.NDArray[Any],
        *,
        epoch: int | None = None,
        index: int | npt.ArrayLike | None = None,
        out: npt.NDArray[Any] | None = None,
    ) -> Tiled:
        """Make as many mosaics as there are images.

        Parameters
        ----------
        images : ndarray, shape (N, H, W, C) or (N, C, H, W)
            uint8, uint16 or float32.
        epoch : int, optional
            From 0 to 2**32 - 1, default 0: another epoch, other draws.
        index : array_like of int, shape (N,), optional
            The number of each sample in its data set. Default: numbered over the calls.
        out : ndarray, optional
            Where to write the result; no memory in common with `images`.

        Returns
        -------
        Tiled
            The images, and where each tile came from.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a wrong shape, or a number out of range; nothing is written.
        """
        self._require_batch(images)
        where_to = (self._layout_of(images), out, self._threads)
        options = (self._size, *self._center, self._fill, *where_to)
        result, sources, boxes, shifts = self._keyed(
            images, epoch, index, lambda key: _core.mosaic(images, key, *options)
        )
        matrix = np.zeros((*sources.shape, 3, 3))
        matrix[..., [0, 1, 2], [0, 1, 2]] = 1.0
        matrix[..., :2, 2] = shifts
        area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
        height, width = self._size
        return Tiled(result, sources, boxes, matrix, area / (height * width))

    def __repr__(self) -> str:
        arguments = f"size={self._size}, center={self._center}, fill={self._fill}"
        return f"Mosaic({arguments}, seed={self._seed})"
