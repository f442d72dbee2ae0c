"""Stochastic gradient descent with momentum."""

from typing import Any

from fast_augment import _core
from fast_augment.optim.optimizer import Optimizer
from fast_augment.typing import Parameters, StepNonFinite

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent with momentum, weight decay and clipping by the global norm.

    torch's formula, with ``g`` the gradient times the clip factor: ``g += weight_decay * param``;
    the buffer becomes ``g`` at a parameter's first step, later ``momentum * buffer + (1 -
    dampening) * g``; ``param -= lr * buffer``, with Nesterov ``lr * (g + momentum * buffer)``.
    The learning rate multiplies after the momentum.

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
    momentum : float
        At least 0. The buffer is only allocated if it is above 0.
    dampening : float
        At least 0.
    weight_decay : float
        At least 0.
    nesterov : bool
        Needs momentum and no dampening.
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
    >>> optimizer = fa.optim.SGD({"weight": weight}, lr=0.5, momentum=0.9, max_grad_norm=5.0)
    >>> optimizer.step({"weight": np.array([30.0, 40.0])})
    50.0
    >>> weight.round(4)
    array([-0.5, -1. ])
    """

    _STATE_NAMES = ("momentum_buffer",)
    _OPTIONS = ("lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize")

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
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
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
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

    def _needed_state(self, group: dict[str, Any]) -> tuple[int, ...]:
        return (0,) if group["momentum"] != 0 else ()

    def _state_of(self, position: int, step: int) -> dict[str, Any]:  # noqa: ARG002
        buffer = self._state[0][position]
        return {} if buffer is None else {"momentum_buffer": buffer.copy()}

    def _steps_in(
        self,
        function: str,  # noqa: ARG002
        position: int,  # noqa: ARG002
        entry: dict[str, Any] | None,
    ) -> int:
        # torch keeps no count: what matters is whether the buffer was started.
        return 0 if entry is None or entry.get("momentum_buffer") is None else 1

    def _core_step(self, *arguments: Any) -> float:
        return float(self._arrays.step_sgd(*arguments))

    def _core_check(self, *arguments: Any) -> None:
        _core.check_sgd(*arguments)
