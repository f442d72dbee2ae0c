"""Gradient clipping on CPU tensors of torch, in their own memory, with torch's signature."""

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from fast_augment.gradients import (
    NonFiniteGradientError,
    clip_grads_with_norm_,
    get_total_norm,
)
from fast_augment.gradients import clip_grad_norm_ as _clip_arrays
from fast_augment.transforms.checks import message
from fast_augment.typing import NonFinite

__all__ = ["clip_grad_norm_"]

Tensor: TypeAlias = Any
Arrays: TypeAlias = list[npt.NDArray[Any] | None]

_WHERE = "clip_grad_norm_"
_DTYPES = (torch.float16, torch.float32, torch.float64)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
    *,
    group: Any = None,
    sharded: Iterable[Tensor] | None = None,
) -> Tensor:
    """Scale the gradients of parameters in place so that their common norm is at most `max_norm`.

    What ``torch.nn.utils.clip_grad_norm_`` does, for gradients in the memory of the CPU, with the
    kernels of `fast_augment.clip_grad_norm_`: the norm is accumulated in float64, and gradients are
    written only where they are scaled.

    Gradients that every process has in full (replicated, as DistributedDataParallel leaves them)
    need no group. Where each process has a part of them, give the `group`: all its processes must
    make the call, also those without a gradient, and each clips its part by the norm of the whole.
    One collective of one float64 per process; all compute the same bits.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Whose ``.grad`` to clip: dense, on the CPU, float16, float32 or float64, no memory in
        common. Parameters without a gradient are skipped.
    max_norm : float
        Above 0.
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    error_if_nonfinite : bool
        Whether a NaN or infinite norm raises, before anything is written; otherwise gradients are
        scaled by the formula, as torch does.
    foreach : bool, optional
        Taken for torch's sake; changes nothing.
    group : torch.distributed.ProcessGroup, optional
        The processes over which gradients are sharded, on a backend that takes CPU tensors, such
        as gloo; ``torch.distributed.group.WORLD`` for all of them.
    sharded : iterable of Tensor, optional
        Those of the parameters of which each process of the group has a part; the others are
        replicated and count once. Default all of them.

    Returns
    -------
    Tensor
        The norm before clipping, without dimensions: float64 if a gradient is, else float32.

    Raises
    ------
    NonFiniteGradientError
        A RuntimeError: if the norm is NaN or infinite and `error_if_nonfinite` is true. With a
        group, on each of its processes; the one that has the culprit names it.
    TypeError
        For an argument of the wrong kind or dtype, or a gradient that is not on the CPU.
    ValueError
        For a number out of range, or gradients that share memory.

    Notes
    -----
    Where torch computes something else: a `max_norm` of 0 or below and a `norm_type` of 0 or below
    are refused, and so is the same gradient twice. Autograd does not see that gradients change,
    so there is no error where a graph of second derivatives needs the old ones.

    An argument that one process of a group refuses leaves the others waiting, as in any
    collective.

    Examples
    --------
    >>> import torch
    >>> import fast_augment.torch
    >>> layer = torch.nn.Linear(4, 2)
    >>> layer(torch.full((1, 4), 100.0)).sum().backward()
    >>> norm = fast_augment.torch.clip_grad_norm_(layer.parameters(), max_norm=1.0)
    >>> norm > 100, fast_augment.torch.clip_grad_norm_(layer.parameters(), 1.0) <= 1
    (tensor(True), tensor(True))
    """
    if foreach is not None and not isinstance(foreach, bool):
        raise TypeError(message(_WHERE, "foreach", foreach, "None or a bool"))
    if not isinstance(error_if_nonfinite, bool):
        raise TypeError(message(_WHERE, "error_if_nonfinite", error_if_nonfinite, "a bool"))
    if sharded is not None and group is None:
        raise ValueError(f"{_WHERE}: sharded is given without a group, expected both")
    held = _listed(parameters)
    arrays = [_array(position, parameter) for position, parameter in enumerate(held)]
    if group is None:
        nonfinite: NonFinite = "error" if error_if_nonfinite else "propagate"
        norm = _clip_arrays(arrays, max_norm, norm_type, nonfinite=nonfinite)
    else:
        # Fails for what cannot be written, before other processes are told of a norm.
        clip_grads_with_norm_(arrays, max_norm, 0.0)
        norm = _norm_over(group, arrays, _is_sharded(held, sharded), norm_type)
        if not math.isfinite(norm) and error_if_nonfinite:
            raise _error_of(norm, arrays, norm_type)
        _scale(arrays, max_norm, norm)
    return torch.tensor(norm, dtype=_dtype_of(arrays))


def _listed(parameters: Any) -> list[Tensor]:
    """All parameters; a generator is consumed here, once."""
    if isinstance(parameters, torch.Tensor):
        return [parameters]
    if isinstance(parameters, str | bytes) or not hasattr(parameters, "__iter__"):
        raise TypeError(
            f"{_WHERE}: parameters has type {type(parameters).__name__}, expected a tensor or an "
            "iterable of tensors"
        )
    return list(parameters)


def _array(position: int, parameter: Any) -> npt.NDArray[Any] | None:
    """View the gradient as an array on the same memory."""
    if not isinstance(parameter, torch.Tensor):
        raise TypeError(
            f"{_WHERE}: parameters[{position}] has type {type(parameter).__name__}, expected a "
            "tensor"
        )
    gradient = parameter.grad
    if gradient is None:
        return None
    name = f"{_WHERE}: parameters[{position}].grad"
    if type(gradient) not in (torch.Tensor, torch.nn.Parameter):
        kind = type(gradient).__name__
        raise TypeError(f"{name} has type {kind}, expected a plain tensor")
    if gradient.layout is not torch.strided:
        raise TypeError(f"{name} has layout {gradient.layout}, expected a dense tensor")
    if gradient.device.type != "cpu":
        raise TypeError(f"{name} is on the device {gradient.device}, expected the CPU")
    if gradient.dtype not in _DTYPES:
        found = str(gradient.dtype).removeprefix("torch.")
        raise TypeError(f"{name} has dtype {found}, expected float16, float32 or float64")
    array: npt.NDArray[Any] = gradient.detach().numpy()
    return array


def _is_sharded(held: list[Tensor], sharded: Iterable[Tensor] | None) -> list[bool]:
    if sharded is None:
        return [True] * len(held)
    # Tensors compare by element; what counts is which object it is.
    wanted = {id(parameter) for parameter in _listed(sharded)}
    if not wanted <= {id(parameter) for parameter in held}:
        raise ValueError(f"{_WHERE}: sharded has a tensor that is not in parameters")
    return [id(parameter) in wanted for parameter in held]


def _norm_over(group: Any, arrays: Arrays, sharded: list[bool], norm_type: float) -> float:
    """Norm of the whole: the parts of all processes, and once what each of them has.

    Norms are exchanged, not their powers, which may be too large for a float64.
    """
    parts = [array for array, is_part in zip(arrays, sharded, strict=True) if is_part]
    wholes = [array for array, is_part in zip(arrays, sharded, strict=True) if not is_part]
    own = torch.tensor([_norm(parts, norm_type)], dtype=torch.float64)
    found = [torch.empty_like(own) for _ in range(torch.distributed.get_world_size(group))]
    torch.distributed.all_gather(found, own, group=group)
    norms = [float(norm) for norm in found]
    return _norm([np.array([*norms, _norm(wholes, norm_type)])], norm_type)


def _norm(arrays: Arrays, norm_type: float) -> float:
    return get_total_norm(arrays, norm_type, nonfinite="propagate")


def _scale(arrays: Arrays, max_norm: float, norm: float) -> None:
    if math.isfinite(norm):
        clip_grads_with_norm_(arrays, max_norm, norm)
        return
    # The formula, which makes NaN of what is not finite, as torch does.
    factor = min(max_norm / norm, 1.0) if math.isinf(norm) else math.nan
    for array in arrays:
        if array is not None:
            with np.errstate(invalid="ignore"):
                np.multiply(array, factor, out=array)


def _error_of(norm: float, arrays: Arrays, norm_type: float) -> NonFiniteGradientError:
    try:
        get_total_norm(arrays, norm_type)
    except NonFiniteGradientError as error:
        text = str(error).replace("get_total_norm", _WHERE, 1)
        return NonFiniteGradientError(text, error.name, error.index, error.value)
    text = f"{_WHERE}: the norm over the group is {norm}; this process has finite gradients"
    return NonFiniteGradientError(text, None, None, norm)


def _dtype_of(arrays: Arrays) -> Any:
    is_double = any(array is not None and array.dtype == np.float64 for array in arrays)
    return torch.float64 if is_double else torch.float32
