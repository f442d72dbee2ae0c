"""From what the caller passes to lists by position: groups of parameters, and gradients."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from fast_augment import _core


def groups_in(optimizer: str, params: Any) -> list[Mapping[str, Any]]:
    """Return the groups that `params` lists, or one group of all arrays."""
    if isinstance(params, Mapping | np.ndarray):
        return [{"params": params}]
    if not _is_iterable(params):
        raise TypeError(
            f"{optimizer}: params has type {type(params).__name__}, expected arrays, a mapping of "
            "names to arrays, or groups"
        )
    listed = list(params)
    if listed and all(isinstance(item, Mapping) for item in listed):
        return listed
    return [{"params": listed}] if listed else []


def members_of(
    optimizer: str, place: str, group: Mapping[str, Any], options: Iterable[str]
) -> tuple[list[Any], list[Any] | None]:
    """Return the arrays of a group, and their names if they have any."""
    if "params" not in group:
        raise ValueError(f"{optimizer}: {place} has no 'params'")
    unknown = [key for key in group if key != "params" and key not in options]
    if unknown:
        raise TypeError(
            f"{optimizer}: {place} has the unknown option {unknown[0]!r}, expected one of "
            f"{', '.join(options)}"
        )
    params = group["params"]
    if not _is_iterable(params):
        raise TypeError(
            f"{optimizer}: {place}['params'] has type {type(params).__name__}, expected arrays or "
            "a mapping of names to arrays"
        )
    arrays, names = _core.collect_gradients(optimizer, f"{place}['params']", params)
    return list(arrays), names


def in_order(function: str, grads: Any, names: list[Any] | None) -> tuple[Any, ...]:
    """Return the gradients by position of their parameter."""
    tensors, found = _core.collect_gradients(function, "grads", grads)
    if found is None:
        return tensors
    if names is None:
        kind = "a mapping" if isinstance(grads, Mapping) else "nested"
        raise TypeError(
            f"{function}: grads is {kind} but the parameters have no names; pass a list in their "
            "order"
        )
    if found == names:
        return tensors
    by_name = dict(zip(found, tensors, strict=True))
    unknown = [name for name in by_name if name not in names]
    if unknown:
        raise ValueError(f"{function}: grads has {unknown[0]!r}, which no parameter is named")
    missing = [name for name in names if name not in by_name]
    if missing:
        raise ValueError(
            f"{function}: grads has no {missing[0]!r}; pass None for a parameter without a gradient"
        )
    if len(by_name) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise ValueError(f"{function}: grads has {twice!r} twice, expected each name once")
    return tuple(by_name[name] for name in names)


def _is_iterable(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)
