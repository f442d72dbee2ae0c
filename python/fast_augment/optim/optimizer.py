"""What the optimizers share: parameter groups, state, one step that clips and updates."""

import math
import threading
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.gradients import _nonfinite_error
from fast_augment.optim.checkpoints import entries_of, options_of
from fast_augment.optim.groups import groups_in, in_order, members_of
from fast_augment.typing import Gradients, Parameters

__all__ = ["Optimizer"]

Array = npt.NDArray[Any]

# What belongs to one object in one process.
_NOT_COPIED = ("_lock", "_arrays")


class Optimizer:
    """Base class of `SGD`, `Adam` and `AdamW`; not for use on its own.

    Attributes
    ----------
    param_groups : list of dict
        The options of each group and, under ``"params"``, its arrays. Options may be changed
        between steps, which is how learning rate schedules work.
    max_grad_norm : float or None
        May be changed between steps, as may the attributes below.
    norm_type : float
    nonfinite : str
    zero_grads, write_clipped : bool
    threads : int or None
    """

    # Kinds of state, in the order of the kernels.
    _STATE_NAMES: ClassVar[tuple[str, ...]]
    # Names of the options in a tuple for the extension, after the number of parameters.
    _OPTIONS: ClassVar[tuple[str, ...]]

    param_groups: list[dict[str, Any]]

    def __init__(
        self,
        params: Parameters,
        defaults: dict[str, Any],
        *,
        max_grad_norm: float | None,
        norm_type: float,
        nonfinite: str,
        zero_grads: bool,
        write_clipped: bool,
        threads: int | None,
    ) -> None:
        self.defaults = defaults
        self.param_groups = []
        self.max_grad_norm = max_grad_norm
        self.norm_type = norm_type
        self.nonfinite = nonfinite
        self.zero_grads = zero_grads
        self.write_clipped = write_clipped
        self.threads = threads
        self._lock = threading.Lock()
        self._params: list[Array] = []
        self._names: list[Any] | None = None
        self._counts: list[int] = []
        self._state: list[list[Array | None]] = [[] for _ in self._STATE_NAMES]
        self._has_state: set[tuple[int, int]] = set()
        groups = groups_in(self._name, params)
        if not groups:
            raise ValueError(f"{self._name}: params is empty, expected at least one array")
        for group in groups:
            self._append_group(group)
        self._check(self._name, self.param_groups)
        self._register([0] * len(self._params))

    def step(self, grads: Gradients, total_norm: float | None = None) -> float:
        """Clip the gradients, update state and parameters in place, in one pass.

        Parameters
        ----------
        grads : array, tensor, iterable or mapping
            One gradient per parameter, in the order of all groups or under the same names, nested
            as the parameters are; of the same shape, float16, bfloat16, float32 or float64, but not
            wider than the parameter, in C order, on the CPU. A parameter whose gradient is None
            keeps its value, its state and its step count. The gradients are only read, unless
            `zero_grads` or `write_clipped` is set.
        total_norm : float, optional
            Their norm, if it is known, as from `NormAccumulator`: at least 0, NaN or infinite.
            Saves reading them for it.

        Returns
        -------
        float
            The norm of all gradients before clipping. NaN where it is not measured:
            ``max_grad_norm=None`` with ``nonfinite="propagate"``.

        Raises
        ------
        NonFiniteGradientError
            If the norm is NaN or infinite and `nonfinite` is ``"error"``. Nothing was changed.
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a wrong shape, number or name, or arrays that share memory.

        Examples
        --------
        >>> import numpy as np
        >>> import fast_augment as fa
        >>> weight = np.array([1.0, 2.0])
        >>> optimizer = fa.optim.SGD([weight], lr=0.1)
        >>> optimizer.step([np.array([3.0, 4.0])])
        5.0
        >>> weight
        array([0.7, 1.6])
        """
        tensors = in_order(f"{self._name}.step", grads, self._names)
        if not self._lock.acquire(blocking=False):
            raise RuntimeError(f"{self._name}.step: another thread is in the middle of a step")
        try:
            self._allocate_missing()
            norm = self._core_step(
                tensors, self._group_tuples(self.param_groups), *self._settings(), total_norm
            )
        finally:
            self._lock.release()
        if self.nonfinite == "error" and not math.isfinite(norm):
            raise _nonfinite_error(f"{self._name}.step", tensors, self._names, norm)
        return norm

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Add a group of parameters with options of its own, as for layers that thaw later.

        Parameters
        ----------
        group : mapping
            ``"params"`` and any options; options that are missing are those of the constructor.

        Examples
        --------
        >>> import numpy as np
        >>> import fast_augment as fa
        >>> optimizer = fa.optim.SGD([np.zeros(3)], lr=0.1)
        >>> optimizer.add_param_group({"params": [np.zeros(2)], "lr": 0.01})
        >>> [group["lr"] for group in optimizer.param_groups]
        [0.1, 0.01]
        """
        steps = self._arrays.steps
        before = (list(self._params), self._names and list(self._names), list(self._counts))
        groups = list(self.param_groups)
        try:
            self._append_group(group)
            self._check(f"{self._name}.add_param_group", self.param_groups)
            self._register([*steps, *[0] * (len(self._params) - len(steps))])
        except (TypeError, ValueError):
            self._params, self._names, self._counts = before
            self.param_groups = groups
            for arrays in self._state:
                del arrays[len(self._params) :]
            raise

    def state_dict(self) -> dict[str, Any]:
        """Return a snapshot of state and options, in torch's layout, for `load_state_dict`.

        Returns
        -------
        dict
            ``"state"``: by position of the parameter a dict of arrays, copies; parameters that took
            no step have none. ``"param_groups"``: the options, with positions under ``"params"``.
            `to_flat` turns it into what `numpy.savez` takes.

        Examples
        --------
        >>> import numpy as np
        >>> import fast_augment as fa
        >>> optimizer = fa.optim.Adam([np.zeros(2, np.float32)])
        >>> _ = optimizer.step([np.ones(2, np.float32)])
        >>> sorted(optimizer.state_dict()["state"][0])
        ['exp_avg', 'exp_avg_sq', 'step']
        """
        steps = self._arrays.steps
        state = {i: self._state_of(i, step) for i, step in enumerate(steps) if step > 0}
        groups, first = [], 0
        for group, count in zip(self.param_groups, self._counts, strict=True):
            options = {key: value for key, value in group.items() if key != "params"}
            groups.append({**options, "params": list(range(first, first + count))})
            first += count
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over state and options of an optimizer with the same parameters.

        Parameters
        ----------
        state_dict : mapping
            As `state_dict`, `from_flat` or `state_dict_from_torch` returned it. Its arrays are
            copied.

        Raises
        ------
        TypeError
            For a value of the wrong kind or dtype.
        ValueError
            For groups or arrays that do not fit the parameters. Nothing was changed.

        Examples
        --------
        >>> import numpy as np
        >>> import fast_augment as fa
        >>> optimizer = fa.optim.SGD([np.zeros(2)], lr=0.1, momentum=0.9)
        >>> _ = optimizer.step([np.ones(2)])
        >>> resumed = fa.optim.SGD([np.zeros(2)])
        >>> resumed.load_state_dict(optimizer.state_dict())
        >>> resumed.param_groups[0]["momentum"]
        0.9
        """
        function = f"{self._name}.load_state_dict"
        loaded = options_of(function, state_dict, self._counts)
        entries = entries_of(function, state_dict, self._params, self._STATE_NAMES)
        steps = [self._steps_in(function, i, entries.get(i)) for i in range(len(self._params))]
        groups = [
            {**group, **options} for group, options in zip(self.param_groups, loaded, strict=True)
        ]
        self._check(function, groups)
        for group, options in zip(self.param_groups, loaded, strict=True):
            group.update(options)
        for kind, name in enumerate(self._STATE_NAMES):
            for i, param in enumerate(self._params):
                array = entries.get(i, {}).get(name)
                if array is not None:
                    self._state[kind][i] = np.array(array, param.dtype, order="C")
                elif self._state[kind][i] is not None:
                    self._state[kind][i] = np.zeros(param.shape, param.dtype)
        self._has_state.clear()
        self._register(steps)

    # A copy or a pickle has parameters and state of its own. Copied or pickled together with what
    # else holds the parameters, it works on that copy's, as arrays keep their identity there.

    def __getstate__(self) -> dict[str, Any]:
        if not self._lock.acquire(blocking=False):
            raise RuntimeError(f"{self._name}: another thread is in the middle of a step")
        try:
            state = {key: value for key, value in vars(self).items() if key not in _NOT_COPIED}
            return {**state, "_steps": self._arrays.steps}
        finally:
            self._lock.release()

    def __setstate__(self, state: dict[str, Any]) -> None:
        steps = state.pop("_steps")
        vars(self).update(state)
        self._lock = threading.Lock()
        self._register(steps)

    def __copy__(self) -> NoReturn:
        raise TypeError(
            f"{self._name}: a shallow copy would share its state with this one; use copy.deepcopy"
        )

    def __repr__(self) -> str:
        lines = [f"{self._name}("]
        for group, count in zip(self.param_groups, self._counts, strict=True):
            options = ", ".join(f"{key}={group[key]!r}" for key in self.defaults)
            lines.append(f"    {count} params: {options}")
        return "\n".join([*lines, f"    max_grad_norm={self.max_grad_norm!r}", ")"])

    # What a subclass says.

    def _needed_state(self, group: dict[str, Any]) -> tuple[int, ...]:
        """Return which kinds of state the options of a group need."""
        raise NotImplementedError

    def _state_of(self, position: int, step: int) -> dict[str, Any]:
        """Return the state of a parameter that took steps, as torch lays it out."""
        raise NotImplementedError

    def _steps_in(self, function: str, position: int, entry: dict[str, Any] | None) -> int:
        """Return the step count that an entry of a state dict says."""
        raise NotImplementedError

    def _core_step(self, *arguments: Any) -> float:
        raise NotImplementedError

    def _core_check(self, *arguments: Any) -> None:
        raise NotImplementedError

    def _group_options(self, group: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(group[name] for name in self._OPTIONS)

    # The rest is private to this class.

    @property
    def _name(self) -> str:
        return type(self).__name__

    def _settings(self) -> tuple[Any, ...]:
        return (
            self.max_grad_norm,
            self.norm_type,
            self.nonfinite,
            self.zero_grads,
            self.write_clipped,
            self.threads,
        )

    def _group_tuples(self, groups: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return [
            (count, *self._group_options(group))
            for group, count in zip(groups, self._counts, strict=True)
        ]

    def _check(self, function: str, groups: list[dict[str, Any]]) -> None:
        self._core_check(function, self._group_tuples(groups), *self._settings())

    def _register(self, steps: list[int]) -> None:
        state = tuple(tuple(arrays) for arrays in self._state)
        self._arrays = _core.OptimizerArrays(
            self._name, tuple(self._params), self._names, list(self._STATE_NAMES), state, steps
        )

    def _allocate_missing(self) -> None:
        """Make zeros for state that the options of a group ask for and that is not there yet."""
        first, is_new = 0, False
        for number, (group, count) in enumerate(zip(self.param_groups, self._counts, strict=True)):
            for kind in self._needed_state(group):
                if (number, kind) in self._has_state:
                    continue
                for i in range(first, first + count):
                    if self._state[kind][i] is None:
                        self._state[kind][i] = np.zeros(
                            self._params[i].shape, self._params[i].dtype
                        )
                self._has_state.add((number, kind))
                is_new = True
            first += count
        if is_new:
            self._register(self._arrays.steps)

    def _append_group(self, group: Mapping[str, Any]) -> None:
        place = f"param_groups[{len(self.param_groups)}]"
        params, names = members_of(self._name, place, group, self.defaults)
        if self.param_groups and (names is None) != (self._names is None):
            raise ValueError(
                f"{self._name}: {place}['params'] is {'no' if names is None else 'a'} mapping, "
                "expected names for the parameters of all groups or of none"
            )
        if names is not None:
            known = self._names or []
            for position, name in enumerate(names):
                if name in known or name in names[:position]:
                    whose = "another group's" if name in known else "another"
                    raise ValueError(
                        f"{self._name}: {place}['params'] has the name {name!r} of {whose} "
                        "parameter, expected each name once"
                    )
            self._names = known + names
        self._params += params
        for arrays in self._state:
            arrays += [None] * len(params)
        self._counts.append(len(params))
        self.param_groups.append({**self.defaults, **group, "params": params})
