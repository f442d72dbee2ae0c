"""The norm of gradients, taken as they come."""

import math
from typing import NoReturn

from fast_augment import _core
from fast_augment.gradients import _described_error
from fast_augment.typing import Gradients, NonFinite

__all__ = ["NormAccumulator"]


class NormAccumulator:
    """Sums up the norm of gradients as the backward pass makes them, while they are in cache.

    The norm has the bits that `get_total_norm` gives for the list of all gradients in the order in
    which they were added, without another way to memory. What was added is not held. Several
    threads may add at the same time; the last bits of the norm then depend on who came first.

    Parameters
    ----------
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    nonfinite : {"error", "skip", "zero", "propagate"}
        What to do when the norm is NaN or infinite, as for `clip_grad_norm_`.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Raises
    ------
    TypeError
        For an argument of the wrong kind.
    ValueError
        For a number out of range.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> gradients = [np.array([3.0]), np.array([[4.0]])]
    >>> accumulator = fa.NormAccumulator()
    >>> for gradient in gradients:
    ...     accumulator.add(gradient)
    >>> accumulator.norm()
    5.0
    >>> accumulator.clip_(gradients, max_norm=1.0)
    5.0
    >>> gradients[0].round(5)
    array([0.6])
    """

    __slots__ = ("_nonfinite", "_sum")

    def __init__(
        self,
        norm_type: float = 2.0,
        *,
        nonfinite: NonFinite = "error",
        threads: int | None = None,
    ) -> None:
        self._sum = _core.NormAccumulator(norm_type, nonfinite, threads)
        self._nonfinite = nonfinite

    def add(self, grads: Gradients) -> None:
        """Take in a gradient, or several.

        Parameters
        ----------
        grads : array, tensor, iterable or mapping
            As for `get_total_norm`; None is skipped. Names of a mapping appear in errors; else the
            number of gradients that were added before does.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype. Nothing was added.
        ValueError
            For arrays that share memory. Nothing was added.
        """
        self._sum.add(grads)

    def norm(self) -> float:
        """Return the norm of all that was added since the last `reset`.

        Returns
        -------
        float
            0.0 if nothing was added.

        Raises
        ------
        NonFiniteGradientError
            If the norm is NaN or infinite and `nonfinite` is ``"error"``.
        """
        norm = self._sum.norm()
        if self._nonfinite == "error" and not math.isfinite(norm):
            raise _described_error("NormAccumulator", self._sum.first_nonfinite(), norm)
        return norm

    def clip_(self, grads: Gradients, max_norm: float) -> float:
        """Scale gradients in place by the accumulated norm, as `clip_grad_norm_` does, and `reset`.

        Parameters
        ----------
        grads : array, tensor, iterable or mapping
            What was added, in any order, as for `clip_grad_norm_`.
        max_norm : float
            Above 0.

        Returns
        -------
        float
            The norm before clipping.

        Raises
        ------
        NonFiniteGradientError
            If the norm is NaN or infinite and `nonfinite` is ``"error"``; the sum stays as it was.
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a number out of range, a read-only array, arrays that share memory, or another
            number of gradients or elements than was added.
        """
        norm = self.norm()
        self._sum.clip(grads, max_norm)
        self._sum.reset()
        return norm

    def reset(self) -> None:
        """Start anew."""
        self._sum.reset()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "NormAccumulator: cannot be copied or pickled in the middle of a sum; make a new one"
        )
