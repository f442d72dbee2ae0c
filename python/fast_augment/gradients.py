"""Gradient norms and clipping, in place, with torch's names and formulas."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.typing import Gradients, NonFinite

__all__ = [
    "NonFiniteGradientError",
    "clip_grad_norm_",
    "clip_grad_norm_per_tensor_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
    "norm_power",
]


class NonFiniteGradientError(RuntimeError):
    """The norm of the gradients is NaN or infinite. No gradient was changed.

    Attributes
    ----------
    name : object
        The culprit's name in the mapping or its position in the list, or in nested containers the
        way to it (``"encoder.0.weight"``); None when all elements are finite and only their norm
        is too large for a float64.
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
    grads : array, tensor, iterable or mapping
        NumPy arrays, CPU tensors of torch or of any library that speaks DLPack, parameters (their
        ``.grad`` counts): one, an iterable or a mapping of names to them, or lists, tuples and
        mappings in each other. float16, bfloat16, float32, float64, complex64 or complex128 (the
        moduli count), mixed as they come, any strides, no memory in common; None is skipped.
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
    return _core.get_total_norm(grads, norm_type, nonfinite, threads)


def norm_power(grads: Gradients, norm_type: float = 2.0, *, threads: int | None = None) -> float:
    """Return the sum of ``|element| ** norm_type`` of all gradients, as a float64.

    The part of one rank when gradients are sharded: add up the powers of all ranks (for infinity
    take the largest), and the ``1 / norm_type``-th power of the sum is the `total_norm` that
    `clip_grads_with_norm_` wants.

    Parameters
    ----------
    grads : array, tensor, iterable or mapping
        As for `get_total_norm`.
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    float
        0.0 for an empty list. NaN or infinite if an element is, or if the sum leaves the range of
        a float64: check the norm after the reduction.

    Raises
    ------
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a number out of range, or arrays that share memory.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> shards = [np.array([3.0]), np.array([4.0])]
    >>> sum(fa.norm_power(shard) for shard in shards) ** 0.5
    5.0
    """
    return _core.norm_power(grads, norm_type, threads)


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
    grads : array, tensor, iterable or mapping
        As for `get_total_norm`, writable. An iterator is consumed once.
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
    return _core.clip_grad_norm_(grads, max_norm, norm_type, nonfinite, threads)


def clip_grads_with_norm_(
    grads: Gradients, max_norm: float, total_norm: float, *, threads: int | None = None
) -> None:
    """Scale gradients in place by ``max_norm / (total_norm + 1e-6)`` if that is below 1.

    The second half of `clip_grad_norm_`, for a norm that was computed elsewhere.

    Parameters
    ----------
    grads : array, tensor, iterable or mapping
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
    _core.clip_grads_with_norm_(grads, max_norm, total_norm, threads)


def clip_grad_value_(grads: Gradients, clip_value: float, *, threads: int | None = None) -> None:
    """Move every element of the gradients into [-clip_value, clip_value], in place.

    Parameters
    ----------
    grads : array, tensor, iterable or mapping
        As for `clip_grad_norm_`, but not complex. NaN elements stay NaN.
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
    _core.clip_grad_value_(grads, clip_value, threads)


def clip_grad_norm_per_tensor_(
    grads: Gradients,
    max_norm: float,
    norm_type: float = 2.0,
    *,
    nonfinite: NonFinite = "error",
    threads: int | None = None,
) -> npt.NDArray[np.float64]:
    """Scale each gradient in place so that its own norm is at most `max_norm`.

    The formula of `clip_grad_norm_`, for each tensor by itself.

    Parameters
    ----------
    grads : array, tensor, iterable or mapping
        As for `clip_grad_norm_`.
    max_norm : float
        Above 0.
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    nonfinite : {"error", "skip", "zero", "propagate"}
        What to do when the norm of a tensor is NaN or infinite: raise before anything is written,
        leave that tensor as it is, set it to zero, or scale it by the formula.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    ndarray
        The norms before clipping, float64, one for each entry in the order of the list; 0 for None.

    Raises
    ------
    NonFiniteGradientError
        If a norm is NaN or infinite and `nonfinite` is ``"error"``.
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a number out of range, a read-only array, or arrays that share memory.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> gradients = [np.array([3.0, 4.0]), np.array([0.5])]
    >>> fa.clip_grad_norm_per_tensor_(gradients, max_norm=1.0)
    array([5. , 0.5])
    >>> gradients[0].round(5), gradients[1]
    (array([0.6, 0.8]), array([0.5]))
    """
    return _core.clip_grad_norm_per_tensor_(grads, max_norm, norm_type, nonfinite, threads)


def _collect(function: str, grads: Gradients) -> tuple[tuple[Any, ...], list[Any] | None]:
    """All gradients, with their names if they have any; an iterator is consumed here, once."""
    tensors, names = _core.collect_gradients(function, "grads", grads)
    return tensors, names


def _nonfinite_error(
    function: str, tensors: tuple[Any, ...], names: list[Any] | None, norm: float
) -> NonFiniteGradientError:
    found = _core.find_nonfinite(tensors)
    if found is not None and names is not None:
        found = (names[found[0]], *found[1:])
    return _described_error(function, found, norm)


def _described_error(
    function: str, found: tuple[Any, int, int, float] | None, norm: float
) -> NonFiniteGradientError:
    if found is None:
        message = f"{function}: all gradients are finite but their norm is too large for a float64"
        return NonFiniteGradientError(message, None, None, norm)
    name, index, size, value = found
    message = f"{function}: grads[{name!r}] holds {value} at flat index {index} of {size}"
    return NonFiniteGradientError(message, name, index, value)
