"""Adaptive gradient clipping: each unit by the norm of its own weights."""

from typing import Literal

from fast_augment import _core
from fast_augment.typing import Gradients

__all__ = ["adaptive_clip_grad_"]


def adaptive_clip_grad_(
    grads: Gradients,
    parameters: Gradients,
    clip_factor: float = 0.01,
    eps: float = 1e-3,
    *,
    unit_axis: Literal[0, -1] = 0,
    nonfinite: Literal["error", "skip", "propagate"] = "error",
    threads: int | None = None,
) -> int:
    """Scale gradients in place, unit by unit, to a share of the norm of their parameters.

    Adaptive gradient clipping (Brock et al. 2021, arXiv 2102.06171): the weights of one output are
    a unit, and one whose gradient has a 2-norm g of at least
    ``limit = clip_factor * max(norm of its weights, eps)`` is multiplied by
    ``limit / max(g, 1e-6)``.

    Parameters
    ----------
    grads : array, tensor, iterable or mapping
        As for `clip_grad_norm_`.
    parameters : array, tensor, iterable or mapping
        The parameters of the gradients, in the same order and of the same shapes; only read.
    clip_factor : float
        Above 0.
    eps : float
        The least norm that weights count with, above 0.
    unit_axis : {0, -1}
        Where a tensor numbers its outputs. 0: the first axis, as in the OI and OIHW layouts of
        torch, and as timm counts. -1: as optax counts for the IO and HWIO layouts: matrices and
        tensors of rank 3 are summed over axis 0, higher ranks over all axes but the last, and a
        tensor with at most one axis longer than 1 is one unit. Vectors are one unit either way.
    nonfinite : {"error", "skip", "propagate"}
        What to do when the norm of a unit is NaN or infinite: raise before anything is written,
        leave that unit as it is, or scale it by the formula.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    int
        How many units were scaled.

    Raises
    ------
    NonFiniteGradientError
        If the norm of a unit is NaN or infinite and `nonfinite` is ``"error"``.
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a number out of range, a read-only array, arrays that share memory, or parameters that
        do not fit the gradients.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> weight = np.array([[3.0, 4.0], [0.3, 0.4]])
    >>> gradient = np.array([[0.03, 0.04], [0.3, 0.4]])
    >>> fa.adaptive_clip_grad_(gradient, weight, clip_factor=0.02)
    1
    >>> gradient
    array([[0.03 , 0.04 ],
           [0.006, 0.008]])
    """
    return _core.adaptive_clip_grad_(
        grads, parameters, clip_factor, eps, unit_axis, nonfinite, threads
    )
