"""Adam and AdamW."""

from typing import Any, ClassVar

import numpy as np

from fast_augment import _core
from fast_augment.optim.optimizer import Optimizer
from fast_augment.typing import Parameters, StepNonFinite

__all__ = ["Adam", "AdamW"]


class Adam(Optimizer):
    """Adam with bias correction, AMSGrad and clipping by the global norm.

    torch's formula, with ``g`` the gradient times the clip factor: ``g += weight_decay * param``;
    ``exp_avg`` and ``exp_avg_sq`` are running averages of ``g`` and of its square; both are
    corrected for their bias towards 0; ``param -= lr * average / (sqrt(average square) + eps)``.
    `AdamW` decays the parameters themselves.

    Parameters
    ----------
    params : iterable of ndarray, mapping of names to ndarray, nested containers, or list of dict
        float32 or float64 arrays in C order, writable, no memory in common: updated in place, in
        their own precision. Of a CPU tensor pass ``tensor.detach().numpy()``, which shares its
        memory. Names appear in errors; in lists, tuples and mappings in each other they are the way
        to the array (``"encoder.0.weight"``). A list of dicts makes groups: ``[{"params": [...],
        "lr": 0.1}, ...]``, where options that are missing are those below.
    lr : float
        Learning rate, at least 0.
    betas : pair of float
        What the averages of the gradient and of its square keep per step: at least 0, below 1.
    eps : float
        At least 0; added to the root, after the correction of the bias.
    weight_decay : float
        At least 0.
    amsgrad : bool
        Divide by the root of the largest average square so far.
    maximize : bool
        Climb instead of descend.
    max_grad_norm : float, optional
        Gradients are multiplied by ``max_grad_norm / (norm + 1e-6)`` if that is below 1, before
        weight decay is added: the step equals `clip_grad_norm_` followed by a step, bit for bit
        where gradients and parameters have one dtype.
    norm_type : float
        The p of the p-norm, above 0.
    nonfinite : {"error", "skip", "propagate"}
        What to do when the norm is NaN or infinite: raise before anything is changed, return it
        and leave parameters, state and step counts as they are, or step regardless as torch does.
    zero_grads : bool
        Leave zeros in the gradients, in the same pass; also when a step is skipped.
    write_clipped : bool
        Leave the clipped gradients in the gradients, in the same pass; the step then starts from
        what was written, as rounded.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Raises
    ------
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a number out of range, or arrays that are read-only, not in C order or share memory.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> weight = np.array([1.0, 1.0])
    >>> optimizer = fa.optim.Adam({"weight": weight}, lr=0.1, max_grad_norm=1.0)
    >>> optimizer.step({"weight": np.array([3.0, -4.0])})
    5.0
    >>> weight.round(4)
    array([0.9, 1.1])
    """

    _STATE_NAMES = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    _OPTIONS = ("lr", "betas", "eps", "weight_decay", "amsgrad", "maximize")
    _DECOUPLED: ClassVar[bool] = False

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        max_grad_norm: float | None = None,
        norm_type: float = 2.0,
        nonfinite: StepNonFinite = "error",
        zero_grads: bool = False,
        write_clipped: bool = False,
        threads: int | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
        }
        super().__init__(
            params,
            defaults,
            max_grad_norm=max_grad_norm,
            norm_type=norm_type,
            nonfinite=nonfinite,
            zero_grads=zero_grads,
            write_clipped=write_clipped,
            threads=threads,
        )

    def _group_options(self, group: dict[str, Any]) -> tuple[Any, ...]:
        return (*super()._group_options(group), self._DECOUPLED)

    def _needed_state(self, group: dict[str, Any]) -> tuple[int, ...]:
        return (0, 1, 2) if group["amsgrad"] else (0, 1)

    def _state_of(self, position: int, step: int) -> dict[str, Any]:
        arrays = zip(self._STATE_NAMES, self._state, strict=True)
        present = {name: kind[position] for name, kind in arrays}
        copies = {name: array.copy() for name, array in present.items() if array is not None}
        return {"step": np.array(step), **copies}

    def _steps_in(self, function: str, position: int, entry: dict[str, Any] | None) -> int:
        if entry is None:
            return 0
        missing = [name for name in ("step", "exp_avg", "exp_avg_sq") if entry.get(name) is None]
        if missing:
            raise ValueError(f"{function}: state[{position}] has no {missing[0]!r}")
        step = float(entry["step"])
        if step < 1 or step != int(step):
            raise ValueError(
                f"{function}: state[{position}]['step'] is {step}, expected a whole number of at "
                "least 1"
            )
        return int(step)

    def _core_step(self, *arguments: Any) -> float:
        return float(self._arrays.step_adam(*arguments))

    def _core_check(self, *arguments: Any) -> None:
        _core.check_adam(*arguments)


class AdamW(Adam):
    """Adam whose weight decay scales the parameters instead of joining the gradient.

    torch's formula: ``param *= 1 - lr * weight_decay``, then the step of `Adam` without decay.

    Parameters
    ----------
    params, lr, betas, eps
        As for `Adam`.
    weight_decay : float
        At least 0.
    amsgrad, maximize, max_grad_norm, norm_type, nonfinite, zero_grads, write_clipped, threads
        As for `Adam`.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> weight = np.array([1.0, 1.0])
    >>> optimizer = fa.optim.AdamW([weight], lr=0.1, weight_decay=0.5, max_grad_norm=1.0)
    >>> for step in range(2):
    ...     for group in optimizer.param_groups:
    ...         group["lr"] = 0.1 / (step + 1)
    ...     norm = optimizer.step([np.array([0.3, -0.4])])
    >>> norm
    0.5
    >>> weight.round(3)
    array([0.779, 1.074])
    """

    _DECOUPLED = True

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        max_grad_norm: float | None = None,
        norm_type: float = 2.0,
        nonfinite: StepNonFinite = "error",
        zero_grads: bool = False,
        write_clipped: bool = False,
        threads: int | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            maximize=maximize,
            max_grad_norm=max_grad_norm,
            norm_type=norm_type,
            nonfinite=nonfinite,
            zero_grads=zero_grads,
            write_clipped=write_clipped,
            threads=threads,
        )
