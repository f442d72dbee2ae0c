"""Gradient norms and clipping, in place, with torch's names and formulas."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from fast_augment import _core
from fast_augment.typing import Gradients, NonFinite

__all__ = [
    "NonFiniteGradientError",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
]


class NonFiniteGradientError(RuntimeError):
    """The norm of the gradients is NaN or infinite. No gradient was changed.

    Attributes
    ----------
    name : object
        The culprit's name in the mapping or its position in the list; None when all elements are
        finite and only their norm is too large for a float64.
    index : int or None
        Position of its first non-finite element, in C order.
    value : float
        That element, or the norm.
    """

    def __init__(self, message: str, name: Any, index: int | None, value: float) -> None:
        super().__init__(message)
        self.name = name
        self.index = index
        self.value = value

    def __reduce__(self) -> tuple[Any, ...]:
        # RuntimeError pickles its one argument only; loader workers send errors as pickles.
        return type(self), (self.args[0], self.name, self.index, self.value)


def get_total_norm(
    grads: Gradients,
    norm_type: float = 2.0,
    *,
    nonfinite: NonFinite = "error",
    threads: int | None = None,
) -> float:
    """Return the norm of all gradients as if they were one vector.

    Accumulated in float64 over fixed blocks: the same bits for any number of threads, and a finite
    result for finite gradients wherever a float64 can hold it.

    Parameters
    ----------
    grads : ndarray, iterable of ndarray, or mapping of names to ndarray
        float16, float32 or float64, mixed as they come, any strides, no memory in common; None
        entries are skipped.
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    nonfinite : {"error", "skip", "propagate"}
        Whether a NaN or infinite norm raises or is returned.
    threads : int, optional
        How many threads to use; default `get_num_threads`.

    Returns
    -------
    float
        0.0 for an empty list.

    Raises
    ------
    NonFiniteGradientError
        If the norm is NaN or infinite and `nonfinite` is ``"error"``.
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a number out of range, or arrays that share memory.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> fa.get_total_norm([np.array([3.0]), np.array([[4.0]])])
    5.0
    """
    tensors, names = _collect("get_total_norm", grads)
    norm = _core.get_total_norm(tensors, names, norm_type, nonfinite, threads)
    if nonfinite == "error" and not math.isfinite(norm):
        raise _nonfinite_error("get_total_norm", tensors, names, norm)
    return norm


def clip_grad_norm_(
    grads: Gradients,
    max_norm: float,
    norm_type: float = 2.0,
    *,
    nonfinite: NonFinite = "error",
    threads: int | None = None,
) -> float:
    """Scale gradients in place so that their common norm is at most `max_norm`.

    torch's formula: all are multiplied by ``max_norm / (norm + 1e-6)`` if that is below 1;
    otherwise they are not touched. One read for the norm, one pass for the scaling.

    Parameters
    ----------
    grads : ndarray, iterable of ndarray, or mapping of names to ndarray
        float16, float32 or float64, mixed as they come, any strides, writable, no memory in
        common; None entries are skipped. An iterator is consumed once.
    max_norm : float
        Above 0.
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    nonfinite : {"error", "skip", "zero", "propagate"}
        What to do when the norm is NaN or infinite: raise before anything is written, leave the
        gradients as they are, set them all to zero, or scale by the formula as torch does.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    float
        The norm before clipping.

    Raises
    ------
    NonFiniteGradientError
        If the norm is NaN or infinite and `nonfinite` is ``"error"``; names the tensor, the
        position and the value.
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a number out of range, a read-only array, or arrays that share memory.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> gradients = {"weight": np.array([3.0, 0.0]), "bias": np.array([4.0])}
    >>> fa.clip_grad_norm_(gradients, max_norm=1.0)
    5.0
    >>> round(fa.get_total_norm(gradients), 5)
    1.0
    """
    tensors, names = _collect("clip_grad_norm_", grads)
    norm = _core.clip_grad_norm_(tensors, names, max_norm, norm_type, nonfinite, threads)
    if nonfinite == "error" and not math.isfinite(norm):
        raise _nonfinite_error("clip_grad_norm_", tensors, names, norm)
    return norm


def clip_grads_with_norm_(
    grads: Gradients, max_norm: float, total_norm: float, *, threads: int | None = None
) -> None:
    """Scale gradients in place by ``max_norm / (total_norm + 1e-6)`` if that is below 1.

    The second half of `clip_grad_norm_`, for a norm that was computed elsewhere.

    Parameters
    ----------
    grads : ndarray, iterable of ndarray, or mapping of names to ndarray
        As for `clip_grad_norm_`.
    max_norm : float
        Above 0.
    total_norm : float
        The norm of the gradients: finite, at least 0.
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
    >>> gradient = np.array([30.0, 40.0])
    >>> fa.clip_grads_with_norm_([gradient], max_norm=5.0, total_norm=50.0)
    >>> gradient.round(4)
    array([3., 4.])
    """
    tensors, names = _collect("clip_grads_with_norm_", grads)
    _core.clip_grads_with_norm_(tensors, names, max_norm, total_norm, threads)


def clip_grad_value_(grads: Gradients, clip_value: float, *, threads: int | None = None) -> None:
    """Move every element of the gradients into [-clip_value, clip_value], in place.

    Parameters
    ----------
    grads : ndarray, iterable of ndarray, or mapping of names to ndarray
        As for `clip_grad_norm_`. NaN elements stay NaN.
    clip_value : float
        Above 0.
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
    >>> gradient = np.array([-2.0, 0.5, 3.0])
    >>> fa.clip_grad_value_(gradient, 1.0)
    >>> gradient
    array([-1. ,  0.5,  1. ])
    """
    tensors, names = _collect("clip_grad_value_", grads)
    _core.clip_grad_value_(tensors, names, clip_value, threads)


def _collect(function: str, grads: Gradients) -> tuple[tuple[Any, ...], list[Any] | None]:
    """All gradients, with their names if they have any; an iterator is consumed here, once."""
    if isinstance(grads, np.ndarray):
        return (grads,), None
    if isinstance(grads, Mapping):
        return tuple(grads.values()), list(grads)
    if isinstance(grads, str | bytes) or not hasattr(grads, "__iter__"):
        raise TypeError(
            f"{function}: grads has type {type(grads).__name__}, expected an array, an iterable of "
            "arrays or a mapping of names to arrays"
        )
    return tuple(grads), None


def _nonfinite_error(
    function: str, tensors: tuple[Any, ...], names: list[Any] | None, norm: float
) -> NonFiniteGradientError:
    found = _core.find_nonfinite(tensors)
    if found is None:
        message = f"{function}: all gradients are finite but their norm is too large for a float64"
        return NonFiniteGradientError(message, None, None, norm)
    position, index, size, value = found
    name = position if names is None else names[position]
    message = f"{function}: grads[{name!r}] holds {value} at flat index {index} of {size}"
    return NonFiniteGradientError(message, name, index, value)
