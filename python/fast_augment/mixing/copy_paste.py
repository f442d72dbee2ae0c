"""Objects of other images, pasted along their masks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.mixing.keyed import Keyed, probability
from fast_augment.transforms import checks
from fast_augment.transforms.base import named_arguments
from fast_augment.typing import Layout, Seed

__all__ = ["CopyPaste", "Pasted"]

_background = checks.whole(0, 65535, "a whole number from 0 to 65535")


@dataclass(frozen=True)
class Pasted:
    """What a `CopyPaste` makes.

    Parameters
    ----------
    images : ndarray
        The result.
    masks : ndarray, shape (N, H, W)
        The masks of the result: pasted pixels have the values that they had.
    partner : ndarray of int64, shape (N,)
        The number in the batch of the sample whose objects were pasted.
    objects : list of ndarray
        The values of the partner's mask that were pasted, for each sample.

    Examples
    --------
    >>> import fast_augment as fa
    >>> [field for field in fa.Pasted.__dataclass_fields__]
    ['images', 'masks', 'partner', 'objects']
    """

    images: npt.NDArray[Any]
    masks: npt.NDArray[Any]
    partner: npt.NDArray[np.int64]
    objects: list[npt.NDArray[np.int64]]


class CopyPaste(Keyed):
    """Paste objects of another sample where they lie (Simple Copy-Paste, arXiv 2012.07177).

    Every value of the partner's mask but the background is an object, which is pasted with
    probability `p`: its pixels and its part of the mask. Partners and keys are those of `MixUp`;
    jitter and flip images and masks before.

    Parameters
    ----------
    p : float
        How likely each object is pasted, from 0 to 1.
    background : int
        The value of masks that is no object, from 0 to 65535.
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
    >>> images = np.arange(3, dtype=np.uint8).repeat(16).reshape(3, 4, 4, 1)
    >>> masks = np.zeros((3, 4, 4), np.uint8)
    >>> masks[:, 1:3, 1:3] = 7
    >>> batch = fa.CopyPaste(p=1, seed=0)(images, masks, epoch=0, index=range(3))
    >>> batch.images[:, 1, 1, 0].tolist() == batch.partner.tolist()
    True
    >>> batch.images[:, 0, 0, 0].tolist()
    [0, 1, 2]
    """

    @named_arguments
    def __init__(
        self,
        p: float = 0.5,
        *,
        background: int = 0,
        seed: Seed = None,
        layout: Layout | None = None,
        threads: int | None = None,
    ) -> None:
        self._p: float = probability("CopyPaste", "p", p)
        self._background: int = _background("CopyPaste", "background", background)
        super().__init__(seed, layout, threads)

    def __call__(
        self,
        images: npt.NDArray[Any],
        masks: npt.NDArray[Any],
        *,
        epoch: int | None = None,
        index: int | npt.ArrayLike | None = None,
        out: npt.NDArray[Any] | None = None,
    ) -> Pasted:
        """Paste objects into every sample of a batch.

        Parameters
        ----------
        images : ndarray, shape (N, H, W, C) or (N, C, H, W)
            uint8, uint16 or float32.
        masks : ndarray, shape (N, H, W)
            uint8 or uint16.
        epoch : int, optional
            From 0 to 2**32 - 1, default 0: another epoch, other draws.
        index : array_like of int, shape (N,), optional
            The number of each sample in its data set. Default: numbered over the calls.
        out : ndarray, optional
            Where to write the images; no memory in common with `images`.

        Returns
        -------
        Pasted
            Images and masks, and what was pasted.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a wrong shape, or a number out of range; nothing is written.
        """
        self._require_batch(images)
        layout = self._layout_of(images)
        _require_masks(masks, images, layout)
        options = (self._p, self._background, layout, out, self._threads)
        result, pasted, partner, chosen = self._keyed(
            images,
            epoch,
            index,
            lambda key: _core.copy_paste(images, masks[..., np.newaxis], key, *options),
        )
        objects = [np.flatnonzero(table) for table in chosen]
        return Pasted(result, pasted[..., 0], partner, objects)

    def __repr__(self) -> str:
        return f"CopyPaste(p={self._p}, background={self._background}, seed={self._seed})"


def _require_masks(masks: Any, images: npt.NDArray[Any], layout: str) -> None:
    if not isinstance(masks, np.ndarray) or masks.dtype not in (np.uint8, np.uint16):
        given = masks.dtype if isinstance(masks, np.ndarray) else type(masks).__name__
        raise TypeError(f"CopyPaste: masks has type {given}, expected an array of uint8 or uint16")
    sides = images.shape[1:3] if layout == "HWC" else images.shape[2:]
    wanted = (len(images), *sides)
    if masks.shape != wanted:
        raise ValueError(f"CopyPaste: masks has shape {masks.shape}, expected {wanted}")
    if masks.size and masks.shape[-1] > 1 and masks.strides[-1] != masks.itemsize:
        raise ValueError(
            "CopyPaste: masks has pixels that are not packed; pass np.ascontiguousarray(masks)"
        )
