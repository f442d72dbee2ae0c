"""Clipping of a list of gradients that is the same from step to step."""

from typing import NoReturn

from fast_augment import _core
from fast_augment.typing import Gradients, NonFinite

__all__ = ["GradientClipper"]


class GradientClipper:
    """Clips the same gradients again and again, with little work beside the clipping itself.

    ``clipper()`` does what ``clip_grad_norm_(grads, max_norm, ...)`` does. The list is looked at
    once; each call only makes sure that nothing has moved. An array that has moved, was resized or
    became another one (a ``.grad`` that the next step replaced) is looked at anew, with all the
    checks of the first time, and must have the dtype that it had then.

    Parameters
    ----------
    grads : array, tensor, iterable or mapping
        As for `clip_grad_norm_`. Arrays and tensors are held; of parameters the ``.grad`` of the
        moment counts in each call, and None is skipped.
    max_norm : float
        Above 0.
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    nonfinite : {"error", "skip", "zero", "propagate"}
        What to do when the norm is NaN or infinite, as for `clip_grad_norm_`.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Raises
    ------
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a number out of range, a read-only array, or arrays that share memory.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> gradients = {"weight": np.zeros(2), "bias": np.zeros(1)}
    >>> clipper = fa.GradientClipper(gradients, max_norm=1.0)
    >>> gradients["weight"][:] = 3.0, 0.0
    >>> gradients["bias"][:] = 4.0
    >>> clipper()
    5.0
    >>> gradients["bias"].round(5)
    array([0.8])
    """

    __slots__ = ("_clip", "_clipper", "_text")

    def __init__(
        self,
        grads: Gradients,
        max_norm: float,
        norm_type: float = 2.0,
        *,
        nonfinite: NonFinite = "error",
        threads: int | None = None,
    ) -> None:
        self._clipper = _core.GradientClipper(grads, max_norm, norm_type, nonfinite, threads)
        self._clip = self._clipper.clip
        self._text = f"max_norm={max_norm!r}, norm_type={norm_type!r}, nonfinite={nonfinite!r}"

    def __call__(self, max_norm: float | None = None) -> float:
        """Scale the gradients in place so that their common norm is at most `max_norm`.

        Parameters
        ----------
        max_norm : float, optional
            Above 0; default the one given to the constructor.

        Returns
        -------
        float
            The norm before clipping.

        Raises
        ------
        NonFiniteGradientError
            If the norm is NaN or infinite and `nonfinite` is ``"error"``.
        TypeError
            For a gradient of another dtype than when it was registered, or no gradient any more.
        ValueError
            For a number out of range, or gradients that became read-only or share memory.
        """
        return self._clip(max_norm)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "GradientClipper: cannot be copied or pickled, as it works on the memory of its "
            "gradients; make a new one from the gradients of the copy"
        )

    def __len__(self) -> int:
        """Return the number of entries, None included."""
        return len(self._clipper)

    def __repr__(self) -> str:
        return f"GradientClipper({len(self)} gradients, {self._text})"
