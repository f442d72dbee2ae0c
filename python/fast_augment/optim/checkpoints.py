"""State of optimizers as files and as torch's tensors; what a loaded one must look like."""

import importlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["from_flat", "state_dict_from_torch", "state_dict_to_torch", "to_flat"]

GROUPS = "param_groups"
# How torch runs a step, or what it says about its parameters; the rest are options like ours.
NOT_OURS = ("params", "param_names", "foreach", "fused", "capturable", "differentiable")


def to_flat(state_dict: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """Turn a state dict into one level of named arrays, as `numpy.savez` takes them.

    Parameters
    ----------
    state_dict : mapping
        What an optimizer's `state_dict` returned.

    Returns
    -------
    dict of str to ndarray
        ``"state.0.exp_avg"`` and so on: the arrays themselves, not copies. ``"param_groups"``: the
        options as JSON text, in an array without axes.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> optimizer = fa.optim.AdamW([np.zeros(2)], lr=0.1)
    >>> _ = optimizer.step([np.ones(2)])
    >>> file = io.BytesIO()
    >>> np.savez(file, **fa.optim.to_flat(optimizer.state_dict()))
    >>> _ = file.seek(0)
    >>> resumed = fa.optim.AdamW([np.zeros(2)])
    >>> resumed.load_state_dict(fa.optim.from_flat(np.load(file)))
    >>> resumed.param_groups[0]["lr"]
    0.1
    """
    flat = {
        f"state.{position}.{name}": np.asarray(value)
        for position, entry in state_dict["state"].items()
        for name, value in entry.items()
    }
    return {**flat, GROUPS: np.array(json.dumps(state_dict[GROUPS]))}


def from_flat(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what `to_flat` returned, or `numpy.load` read, into a state dict.

    Parameters
    ----------
    flat : mapping of str to ndarray
        Keys that do not start with ``"state."`` are left out, so that a file may hold more.

    Returns
    -------
    dict
        For `load_state_dict`.

    Raises
    ------
    ValueError
        If there are no ``"param_groups"``.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> optimizer = fa.optim.SGD([np.zeros(2)], lr=0.1)
    >>> flat = fa.optim.to_flat(optimizer.state_dict())
    >>> fa.optim.from_flat(flat)["param_groups"][0]["lr"]
    0.1
    """
    if GROUPS not in flat:
        raise ValueError(f"from_flat: flat has no {GROUPS!r}")
    state: dict[int, dict[str, Any]] = {}
    for key in flat:
        kind, _, rest = key.partition(".")
        position, _, name = rest.partition(".")
        if kind == "state" and position.isdecimal() and name:
            state.setdefault(int(position), {})[name] = np.asarray(flat[key])
    return {"state": state, GROUPS: json.loads(str(np.asarray(flat[GROUPS])[()]))}


def state_dict_from_torch(state_dict: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the state dict of a torch optimizer into one for ours.

    Parameters
    ----------
    state_dict : mapping
        Of `torch.optim.SGD`, `Adam` or `AdamW`, with CPU tensors.

    Returns
    -------
    dict
        For `load_state_dict`. Its arrays share the tensors' memory; loading copies them. Options
        that only say how torch runs a step (``foreach``, ``fused`` and the like) are left out.

    Examples
    --------
    >>> import fast_augment as fa
    >>> theirs = {"state": {}, "param_groups": [{"lr": 0.1, "foreach": None, "params": [0]}]}
    >>> fa.optim.state_dict_from_torch(theirs)
    {'state': {}, 'param_groups': [{'lr': 0.1, 'params': [0]}]}
    """
    state = {
        int(position): {name: _array_of(value) for name, value in entry.items()}
        for position, entry in state_dict["state"].items()
    }
    groups = []
    for group in state_dict[GROUPS]:
        options = {key: _plain(value) for key, value in group.items() if key not in NOT_OURS}
        options.pop("decoupled_weight_decay", None)
        groups.append({**options, "params": list(group["params"])})
    return {"state": state, GROUPS: groups}


def state_dict_to_torch(state_dict: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a state dict of ours into one for `load_state_dict` of torch's optimizer.

    Parameters
    ----------
    state_dict : mapping
        What `state_dict` of `SGD`, `Adam` or `AdamW` returned.

    Returns
    -------
    dict
        With tensors: the step counts in float32, as torch keeps them; the others share the arrays'
        memory.

    Raises
    ------
    ImportError
        If torch is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> optimizer = fa.optim.SGD([np.zeros(2)], lr=0.1)
    >>> theirs = fa.optim.state_dict_to_torch(optimizer.state_dict())  # doctest: +SKIP
    """
    torch = importlib.import_module("torch")

    def tensor(name: str, value: Any) -> Any:
        if name == "step":
            return torch.tensor(float(value), dtype=torch.float32)
        return torch.from_numpy(value)

    state = {
        position: {name: tensor(name, value) for name, value in entry.items()}
        for position, entry in state_dict["state"].items()
    }
    return {"state": state, GROUPS: [dict(group) for group in state_dict[GROUPS]]}


def _array_of(value: Any) -> Any:
    """Return a tensor's array, without a copy; None and plain numbers as they are."""
    return value.detach().numpy() if hasattr(value, "detach") else value


def _plain(value: Any) -> Any:
    """Return as a number an option that torch may keep as a tensor."""
    if isinstance(value, tuple | list):
        return tuple(_plain(item) for item in value)
    return value.item() if hasattr(value, "item") else value


def options_of(
    function: str, state_dict: Mapping[str, Any], counts: Sequence[int]
) -> list[dict[str, Any]]:
    """Return the options of each group of a state dict whose groups must have these sizes."""
    for key in ("state", GROUPS):
        if not isinstance(state_dict, Mapping) or key not in state_dict:
            raise ValueError(f"{function}: state_dict has no {key!r}")
    groups = state_dict[GROUPS]
    if len(groups) != len(counts):
        raise ValueError(
            f"{function}: state_dict has {len(groups)} parameter groups, expected {len(counts)}"
        )
    for number, (group, count) in enumerate(zip(groups, counts, strict=True)):
        if len(group["params"]) != count:
            raise ValueError(
                f"{function}: param_groups[{number}] has {len(group['params'])} parameters, "
                f"expected {count}"
            )
    return [
        {
            # JSON has no tuples.
            key: tuple(value) if key == "betas" and isinstance(value, list) else value
            for key, value in group.items()
            if key not in NOT_OURS
        }
        for group in groups
    ]


def entries_of(
    function: str,
    state_dict: Mapping[str, Any],
    params: Sequence[npt.NDArray[Any]],
    names: Sequence[str],
) -> dict[int, dict[str, Any]]:
    """Return the state of each parameter by position, checked to fit it.

    torch numbers parameters through the groups, in their order.
    """
    numbers = [number for group in state_dict[GROUPS] for number in group["params"]]
    positions = {number: position for position, number in enumerate(numbers)}
    entries: dict[int, dict[str, Any]] = {}
    for number, entry in state_dict["state"].items():
        if number not in positions:
            raise ValueError(f"{function}: state[{number!r}] belongs to no parameter")
        position = positions[number]
        unknown = [name for name in entry if name not in (*names, "step")]
        if unknown:
            raise ValueError(
                f"{function}: state[{number!r}] has the unknown {unknown[0]!r}, expected "
                f"{', '.join(names)}"
            )
        for name in names:
            if entry.get(name) is not None:
                _require_fit(
                    f"{function}: state[{number!r}][{name!r}]", entry[name], params, position
                )
        entries[position] = dict(entry)
    return entries


def _require_fit(what: str, array: Any, params: Sequence[npt.NDArray[Any]], position: int) -> None:
    param = params[position]
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{what} has type {type(array).__name__}, expected a NumPy array")
    if array.shape != param.shape:
        raise ValueError(
            f"{what} has shape {array.shape}, expected {param.shape} to match params[{position}]"
        )
    if array.dtype != param.dtype:
        raise TypeError(
            f"{what} has dtype {array.dtype}, expected {param.dtype} to match params[{position}]"
        )
