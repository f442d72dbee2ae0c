"""MixUp and CutMix."""

from typing import Any

import numpy.typing as npt

from fast_augment import _core
from fast_augment.mixing.keyed import Key, Keyed, probability
from fast_augment.mixing.labels import checked, mixed
from fast_augment.mixing.results import Mixed
from fast_augment.transforms import checks
from fast_augment.transforms.base import named_arguments
from fast_augment.typing import Layout, Seed

__all__ = ["CutMix", "MixUp"]

_alpha = checks.number(lambda value: 0 < value <= 1e6, "a number above 0, at most 1e6")
_classes = checks.optional(checks.whole(1, 2**31 - 1, "None or a whole number of at least 1"))
_mode = checks.choice("batch", "sample")


class Blend(Keyed):
    """What `MixUp` and `CutMix` have in common."""

    @named_arguments
    def __init__(
        self,
        alpha: float = 1.0,
        *,
        num_classes: int | None = None,
        p: float = 1.0,
        mode: str = "batch",
        seed: Seed = None,
        layout: Layout | None = None,
        threads: int | None = None,
    ) -> None:
        where = type(self).__name__
        self._alpha: float = _alpha(where, "alpha", alpha)
        self._num_classes: int | None = _classes(where, "num_classes", num_classes)
        self._p: float = probability(where, "p", p)
        self._mode: str = _mode(where, "mode", mode)
        super().__init__(seed, layout, threads)

    def __call__(
        self,
        images: npt.NDArray[Any],
        labels: Any = None,
        *,
        epoch: int | None = None,
        index: int | npt.ArrayLike | None = None,
        out: npt.NDArray[Any] | None = None,
        return_params: bool = False,
    ) -> Any:
        """Mix every sample of a batch with another.

        Parameters
        ----------
        images : ndarray, shape (N, H, W, C) or (N, C, H, W)
            uint8, uint16 or float32.
        labels : array_like, optional
            Classes, shape (N,), or floats, shape (N, K). Default: the numbers 0 to N - 1.
        epoch : int, optional
            From 0 to 2**32 - 1, default 0: another epoch, other draws.
        index : array_like of int, shape (N,), optional
            The number of each sample in its data set. Default: numbered over the calls.
        out : ndarray, optional
            Where to write the result: `images` itself, to mix in place, or an array of its shape
            and dtype without memory in common.
        return_params : bool
            Whether to return a `Mixed`, which tells what was mixed.

        Returns
        -------
        images : ndarray
            `out`, or new memory.
        labels : ndarray or MixedLabels
            Floats, shape (N, K), for labels of that shape or with `num_classes`; else pairs.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a wrong shape, or a number out of range; nothing is written.
        """
        where = type(self).__name__
        self._require_batch(images)
        own = checked(where, labels, len(images), self._num_classes)
        result, partner, share, boxes = self._keyed(
            images, epoch, index, lambda key: self._mix(images, key, out)
        )
        labels = mixed(own, partner, share, self._num_classes)
        if return_params:
            return Mixed(result, labels, partner, share, boxes)
        return result, labels

    def _mix(self, images: Any, key: Key, out: Any) -> tuple[Any, Any, Any, Any]:
        raise NotImplementedError

    def _options(self, images: Any, out: Any) -> tuple[Any, ...]:
        drawn = (self._alpha, self._p, self._mode == "sample")
        return *drawn, self._layout_of(images), out, self._threads

    def __repr__(self) -> str:
        arguments = [f"alpha={self._alpha}"]
        if self._num_classes is not None:
            arguments.append(f"num_classes={self._num_classes}")
        if self._p != 1.0:
            arguments.append(f"p={self._p}")
        if self._mode != "batch":
            arguments.append(f"mode={self._mode!r}")
        return f"{type(self).__name__}({', '.join(arguments)}, seed={self._seed})"


class MixUp(Blend):
    """Blend every sample of a batch with another (arXiv 1710.09412).

    ``share * sample + (1 - share) * partner``, in float32, rounded half up for integers; the share
    is a number of Beta(alpha, alpha). Samples stand in a ring in the order of a random number that
    each draws, and the partner is the next: nobody is mixed with itself in a batch of two or more.
    What a sample becomes is a function of seed, epoch and the indices in the batch, not of their
    order or the number of threads.

    Parameters
    ----------
    alpha : float
        Above 0: small numbers give shares near 0 and 1, 1 gives any alike.
    num_classes : int, optional
        With it, classes become mixed one-hot rows; without, `MixedLabels`.
    p : float
        How likely a batch (or a sample) is mixed at all, from 0 to 1.
    mode : {"batch", "sample"}
        Whether one share holds for the batch, or each sample draws one.
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
    >>> mix = fa.MixUp(alpha=0.2, num_classes=10, seed=0)
    >>> images = np.random.default_rng(0).random((4, 3, 8, 8), np.float32)
    >>> _, labels = mix(images, [7, 1, 4, 1], out=images, epoch=0, index=[0, 1, 2, 3])
    >>> labels.shape, labels.sum(axis=1).tolist()
    ((4, 10), [1.0, 1.0, 1.0, 1.0])
    """

    def _mix(self, images: Any, key: Key, out: Any) -> tuple[Any, Any, Any, Any]:
        return *_core.mix_up(images, key, *self._options(images, out)), None


class CutMix(Blend):
    """Put a box of another sample into every sample of a batch (arXiv 1905.04899).

    The box has 1 - share of the area, with a share of Beta(alpha, alpha), the shape of the image
    and a uniform centre: half sides of ``int(0.5 * sqrt(1 - share) * side)``, cut at the edges;
    labels go by what is left of the sample then. Partners and keys are those of `MixUp`.

    Parameters
    ----------
    alpha : float
        Above 0: small numbers give shares near 0 and 1, 1 gives any alike.
    num_classes : int, optional
        With it, classes become mixed one-hot rows; without, `MixedLabels`.
    p : float
        How likely a batch (or a sample) is mixed at all, from 0 to 1.
    mode : {"batch", "sample"}
        Whether one box holds for the batch, or each sample draws one.
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
    >>> mix = fa.CutMix(seed=0)
    >>> images = np.arange(4, dtype=np.float32).repeat(3 * 8 * 8).reshape(4, 3, 8, 8)
    >>> images, (own, other, share) = mix(images, epoch=0, index=[0, 1, 2, 3])
    >>> bool(np.all(own != other)), bool(np.isclose(np.mean(images[0] == 0), share[0]))
    (True, True)
    """

    def _mix(self, images: Any, key: Key, out: Any) -> tuple[Any, Any, Any, Any]:
        found: tuple[Any, Any, Any, Any] = _core.cut_mix(images, key, *self._options(images, out))
        return found
