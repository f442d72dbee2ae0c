"""Clipping to a limit that follows from the norms so far."""

import copy
import math
import sys
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from fast_augment.gradients import clip_grad_norm_, clip_grads_with_norm_
from fast_augment.transforms.checks import choice, message, number, optional, whole
from fast_augment.typing import Gradients, NonFinite

__all__ = ["AutoClip", "ZClip"]

_percentile = number(lambda value: 0 <= value <= 100, "a number from 0 to 100")
_alpha = number(lambda value: 0 < value < 1, "a number between 0 and 1")
_positive = number(lambda value: value > 0, "a finite number above 0")
_count = whole(1, 2**31 - 1, "a whole number of at least 1")
_nonfinite = choice("error", "skip", "zero", "propagate")


class _AdaptiveClipper:
    """One call measures, asks the subclass for the limit, and clips."""

    def __init__(self, norm_type: float, nonfinite: NonFinite, threads: int | None) -> None:
        self.norm_type = norm_type
        self.nonfinite: NonFinite = nonfinite
        self.threads = threads
        # Fails here for what every call would fail for.
        _nonfinite(type(self).__name__, "nonfinite", nonfinite)
        clip_grad_norm_([], 1.0, norm_type, threads=threads)

    def __call__(self, grads: Gradients) -> float:
        """Clip the gradients of one step in place.

        Parameters
        ----------
        grads : array, tensor, iterable or mapping
            As for `clip_grad_norm_`.

        Returns
        -------
        float
            The norm before clipping.

        Raises
        ------
        NonFiniteGradientError
            If the norm is NaN or infinite and `nonfinite` is ``"error"``.
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a read-only array, or arrays that share memory. What is remembered stays as it was.
        """
        held = tuple(grads) if isinstance(grads, Iterator) else grads
        # No finite norm is above this limit: the call measures, checks that all can be written and
        # answers for norms that are not finite, before the history changes.
        norm = clip_grad_norm_(
            held,
            sys.float_info.max,
            self.norm_type,
            nonfinite=self.nonfinite,
            threads=self.threads,
        )
        if math.isfinite(norm):
            limit = self._limit_for(norm)
            if 0 < limit < norm:
                clip_grads_with_norm_(held, limit, norm, threads=self.threads)
        return norm

    def __copy__(self) -> "_AdaptiveClipper":
        return copy.deepcopy(self)  # a shallow one would share the history

    def _limit_for(self, norm: float) -> float:
        """Enter a finite norm into the history; the limit that holds for it."""
        raise NotImplementedError


class AutoClip(_AdaptiveClipper):
    """Clip gradients to a percentile of their own norms so far.

    The limit is the percentile, linearly interpolated as `numpy.percentile` does, of the norms of
    all calls including the current one (or the last `window`). Scaling is that of
    `clip_grad_norm_`. With a low percentile most steps are clipped, and the limit changes slowly.

    Parameters
    ----------
    percentile : float
        From 0 to 100.
    window : int, optional
        How many norms count, at least 1; default all of them, 40 bytes each.
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    nonfinite : {"error", "skip", "zero", "propagate"}
        As for `clip_grad_norm_`. A norm that is NaN or infinite never enters the history.
    threads : int, optional
        How many threads to use; default `get_num_threads`.

    Attributes
    ----------
    threshold : float or None
        The limit of the last call with a finite norm; None before the first.

    Notes
    -----
    Seetharaman, Wichern, Pardo and Le Roux: AutoClip, arXiv 2007.14469, which takes the percentile
    of the whole history and uses the 10th. The window, what happens to norms that are not finite,
    and that a limit of 0 (many gradients of zeros) clips nothing, are decisions made here.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> clipper = fa.AutoClip(percentile=50)
    >>> for length in (1.0, 2.0, 9.0):
    ...     gradient = np.array([length, 0.0])
    ...     norm = clipper([gradient])
    >>> norm, clipper.threshold, gradient.round(4)
    (9.0, 2.0, array([2., 0.]))
    """

    def __init__(
        self,
        percentile: float = 10.0,
        *,
        window: int | None = None,
        norm_type: float = 2.0,
        nonfinite: NonFinite = "error",
        threads: int | None = None,
    ) -> None:
        super().__init__(norm_type, nonfinite, threads)
        self.percentile: float = _percentile("AutoClip", "percentile", percentile)
        self.window: int | None = optional(_count)("AutoClip", "window", window)
        self._history: deque[float] = deque(maxlen=self.window)
        self._sorted: list[float] = []

    @property
    def threshold(self) -> float | None:
        """The limit of the last call with a finite norm; None before the first."""
        if not self._sorted:
            return None
        position = self.percentile / 100 * (len(self._sorted) - 1)
        below = int(position)
        low = self._sorted[below]
        high = self._sorted[min(below + 1, len(self._sorted) - 1)]
        return low + (high - low) * (position - below)

    def state_dict(self) -> dict[str, Any]:
        """Return the history; ``numpy.savez(path, **state)`` can write it.

        Returns
        -------
        dict
            ``history``: the norms, oldest first, as a float64 array.
        """
        return {"history": np.array(self._history, np.float64)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over a history; of one longer than the window, the newest norms.

        Parameters
        ----------
        state : mapping
            What `state_dict` returned.

        Raises
        ------
        ValueError
            If it is not that. The history stays as it was.
        """
        history = _state("AutoClip", state, ("history",))["history"]
        _norms("AutoClip", "history", history)
        self._history = deque(history.tolist(), self.window)
        self._sorted = sorted(self._history)

    def _limit_for(self, norm: float) -> float:
        if len(self._history) == self.window:
            del self._sorted[bisect_left(self._sorted, self._history[0])]
        self._history.append(norm)
        insort(self._sorted, norm)
        limit = self.threshold
        assert limit is not None
        return limit


class ZClip(_AdaptiveClipper):
    """Clip gradients whose norm lies many standard deviations above its moving average.

    The first `warmup_steps` norms are collected and nothing is clipped; their mean and variance
    begin two exponential moving averages. From then on, with z = (norm - mean) / (deviation +
    1e-6), a norm with z above `z_threshold` is clipped to ``clip_factor * (mean + z_threshold ** 2
    / z * deviation)``: the farther out, the lower the limit, down to the mean. Then the averages
    take in that limit, or the norm where nothing was clipped: ``mean = alpha * mean + (1 - alpha) *
    x`` and, with the new mean, ``variance = alpha * variance + (1 - alpha) * (x - mean) ** 2``.

    Parameters
    ----------
    alpha : float
        Weight of the past, between 0 and 1.
    z_threshold : float
        Above 0.
    warmup_steps : int
        At least 1.
    clip_factor : float
        Above 0; below 1 clips outliers more.
    max_norm : float, optional
        A limit that holds besides, during the warm-up too; above 0. The averages do not see it.
    norm_type : float
        The p of the p-norm, above 0; ``float("inf")`` for the largest magnitude.
    nonfinite : {"error", "skip", "zero", "propagate"}
        As for `clip_grad_norm_`. A norm that is NaN or infinite never enters the averages.
    threads : int, optional
        How many threads to use; default `get_num_threads`.

    Attributes
    ----------
    mean, variance : float or None
        The moving averages; None during the warm-up.
    threshold : float or None
        What the last finite norm was clipped to; None if it was not above a limit.

    Notes
    -----
    Kumar, Owen, Chowdhury and Güra: ZClip, arXiv 2504.02507. The z-score on moving averages and the
    idea of the limit are the paper's; constants, the order of the updates, `clip_factor` and
    `max_norm` are as in the code that its authors published, where `max_norm` was 1 by default for
    a while. What happens to norms that are not finite, and that a limit of 0 clips nothing, are
    decisions made here.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> clipper = fa.ZClip(warmup_steps=4)
    >>> for length in (1.0, 2.0, 1.0, 2.0):
    ...     norm = clipper([np.array([length])])
    >>> gradient = np.array([10.0])
    >>> clipper([gradient]), round(clipper.threshold, 4)
    (10.0, 1.6838)
    """

    def __init__(
        self,
        alpha: float = 0.97,
        z_threshold: float = 2.5,
        warmup_steps: int = 25,
        *,
        clip_factor: float = 1.0,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        nonfinite: NonFinite = "error",
        threads: int | None = None,
    ) -> None:
        super().__init__(norm_type, nonfinite, threads)
        self.alpha: float = _alpha("ZClip", "alpha", alpha)
        self.z_threshold: float = _positive("ZClip", "z_threshold", z_threshold)
        self.warmup_steps: int = _count("ZClip", "warmup_steps", warmup_steps)
        self.clip_factor: float = _positive("ZClip", "clip_factor", clip_factor)
        self.max_norm: float | None = optional(_positive)("ZClip", "max_norm", max_norm)
        self.mean: float | None = None
        self.variance: float | None = None
        self.threshold: float | None = None
        self._warmup: list[float] = []

    def state_dict(self) -> dict[str, Any]:
        """Return the averages; ``numpy.savez(path, **state)`` can write them.

        Returns
        -------
        dict
            ``averages``: mean and variance, or empty during the warm-up; ``warmup``: the norms
            collected so far; both float64 arrays.
        """
        averages = [] if self.mean is None else [self.mean, self.variance]
        return {
            "averages": np.array(averages, np.float64),
            "warmup": np.array(self._warmup, np.float64),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over averages, or a warm-up that goes on.

        Parameters
        ----------
        state : mapping
            What `state_dict` returned.

        Raises
        ------
        ValueError
            If it is not that. The averages stay as they were.
        """
        found = _state("ZClip", state, ("averages", "warmup"))
        for name, values in found.items():
            _norms("ZClip", name, values)
        averages = found["averages"].tolist()
        if len(averages) not in (0, 2):
            raise ValueError(
                f"ZClip: state['averages'] has {len(averages)} numbers, expected 0 or 2"
            )
        self.mean, self.variance = averages or (None, None)
        self._warmup = found["warmup"].tolist()
        self.threshold = None
        self._end_warmup()

    def _limit_for(self, norm: float) -> float:
        clipped_to = math.inf
        if self.mean is None or self.variance is None:
            self._warmup.append(norm)
            self._end_warmup()
        else:
            clipped_to = self._outlier_limit(norm, self.mean, math.sqrt(self.variance))
            entering = min(norm, clipped_to)
            self.mean = self.alpha * self.mean + (1 - self.alpha) * entering
            deviation = entering - self.mean
            self.variance = self.alpha * self.variance + (1 - self.alpha) * deviation * deviation
        if self.max_norm is not None:
            clipped_to = min(clipped_to, self.max_norm)
        self.threshold = clipped_to if clipped_to < norm else None
        return clipped_to

    def _outlier_limit(self, norm: float, mean: float, deviation: float) -> float:
        z = (norm - mean) / (deviation + 1e-6)
        if z <= self.z_threshold:
            return math.inf
        limit = self.clip_factor * (mean + self.z_threshold * deviation / (z / self.z_threshold))
        return limit if limit > 0 else math.inf

    def _end_warmup(self) -> None:
        if self.mean is None and len(self._warmup) >= self.warmup_steps:
            collected = np.array(self._warmup)
            self.mean, self.variance = float(collected.mean()), float(collected.var())
            self._warmup = []


def _state(where: str, state: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Arrays of a state by name, if it has these names and no others."""
    if not isinstance(state, Mapping) or set(state) != set(names):
        found = sorted(map(str, state)) if isinstance(state, Mapping) else state
        wanted = f"a mapping with the keys {', '.join(names)}"
        raise ValueError(message(where, "state", found, wanted))
    return {name: np.asarray(state[name]) for name in names}


def _norms(where: str, name: str, values: Any) -> None:
    is_numbers = values.ndim == 1 and (values.size == 0 or values.dtype.kind in "fiu")
    if not is_numbers or not np.all(np.isfinite(values)) or np.any(values < 0):
        wanted = "a vector of finite numbers of at least 0"
        raise ValueError(message(where, f"state[{name!r}]", values, wanted))
