"""A memory of gradient norms that says when training explodes or fades."""

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.gradients import get_total_norm
from fast_augment.transforms.checks import message, number, whole
from fast_augment.typing import Gradients

__all__ = ["GradientMonitor", "GradientState"]

GradientState: TypeAlias = Literal["exploding", "vanishing", "healthy"]

RECENT = 10
"""How many norms stand for the present; their median is compared with that of the others."""

TENSOR_RECORDS = 256
"""How many records of the norms of single tensors are kept."""

_window = whole(2 * RECENT, 2**31 - 1, f"a whole number of at least {2 * RECENT}")
_factor = number(lambda value: value > 1, "a finite number above 1")
_every = whole(1, 2**31 - 1, "a whole number of at least 1")


class GradientMonitor:
    """Keep the gradient norms of the last steps, and judge them.

    One step is one call of `update` (a norm that you have) or of `watch` (gradients, which it
    measures). An update costs about a microsecond and allocates nothing; what the numbers mean is
    worked out when `state` or `summary` is asked.

    The state compares the median of the last 10 finite norms, the present, with the median of the
    finite norms before them in the window, the past:

    - ``"exploding"``: one of the last 10 steps had a norm that is NaN or infinite, or the present
      is above `exploding` times the past;
    - ``"vanishing"``: not exploding, and the present is 0 or below 1 / `vanishing` of the past;
    - ``"healthy"``: neither, or fewer than 10 norms on either side, which is too few to tell.

    Medians do not follow a lone spike, and a level that lasts becomes the past: a drift over many
    windows is not seen. Norms are those before clipping.

    Parameters
    ----------
    window : int
        How many steps are kept, at least 20.
    exploding : float
        Above 1.
    vanishing : float
        Above 1. Norms fall by themselves while a model learns; the default allows a thousandfold.
    per_tensor_every : int
        `watch` measures single tensors at its first step and at every such step after it.

    Attributes
    ----------
    steps : int
        Count of updates so far, also of those that have left the window.
    nonfinite_steps : int
        Count of norms so far that were NaN or infinite.
    last_nonfinite : int or None
        Number of the last such step, counted from 0.

    Examples
    --------
    >>> import fast_augment as fa
    >>> monitor = fa.GradientMonitor(window=100)
    >>> for step in range(50):
    ...     monitor.update(1.0 + 0.1 * (step % 3), clipped_to=1.15)
    >>> monitor.state, monitor.clip_rate
    ('healthy', 0.32)
    >>> for step in range(10):
    ...     monitor.update(25.0)
    >>> monitor.state
    'exploding'
    """

    def __init__(
        self,
        window: int = 1000,
        *,
        exploding: float = 10.0,
        vanishing: float = 1000.0,
        per_tensor_every: int = 10,
    ) -> None:
        where = type(self).__name__
        self.window: int = _window(where, "window", window)
        self.exploding: float = _factor(where, "exploding", exploding)
        self.vanishing: float = _factor(where, "vanishing", vanishing)
        self.per_tensor_every: int = _every(where, "per_tensor_every", per_tensor_every)
        self.steps = 0
        self.nonfinite_steps = 0
        self.last_nonfinite: int | None = None
        self._norms = np.zeros(self.window)
        self._limits = np.zeros(self.window)
        self._names: tuple[Any, ...] | None = None
        self._tensor_norms = np.zeros((0, 0))
        self._tensor_steps = np.zeros(0, np.int64)
        self._tensor_records = 0

    def update(
        self,
        norm: float,
        *,
        per_tensor: Mapping[Any, float] | Sequence[float] | None = None,
        clipped_to: float | None = None,
    ) -> None:
        """Take the norm of one step.

        Parameters
        ----------
        norm : float
            Of all gradients, before clipping: at least 0, NaN or infinite. Also a number of
            another library, such as a torch tensor of one element.
        per_tensor : mapping of names to float, or sequence of float, optional
            Norms of the single tensors at this step; the same names in the same order each time.
        clipped_to : float, optional
            The limit, above 0, that gradients were held to. The step counts as clipped where a
            finite norm is above it.

        Raises
        ------
        TypeError
            For an argument that is no number.
        ValueError
            For a number out of range, or other tensors than before.
        """
        if type(norm) is not float:
            norm = _plain_number("norm", norm)
        if norm < 0:
            raise ValueError(message(_UPDATE, "norm", norm, "a number of at least 0 or NaN"))
        limit = math.inf
        if clipped_to is not None:
            limit = _plain_number("clipped_to", clipped_to)
            if not limit > 0:
                raise ValueError(message(_UPDATE, "clipped_to", clipped_to, "a number above 0"))
        if per_tensor is not None:
            self._record_tensors(per_tensor)
        slot = self.steps % self.window
        self._norms[slot] = norm
        self._limits[slot] = limit
        if not math.isfinite(norm):
            self.nonfinite_steps += 1
            self.last_nonfinite = self.steps
        self.steps += 1

    def watch(self, grads: Gradients, max_norm: float | None = None) -> float:
        """Measure the gradients of one step, without changing them, and take their norm.

        Parameters
        ----------
        grads : array, tensor, iterable or mapping
            As for `get_total_norm`; not clipped yet.
        max_norm : float, optional
            The limit that they are about to be clipped to, above 0.

        Returns
        -------
        float
            Their 2-norm, NaN or infinite if it is.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a number out of range, arrays that share memory, or other tensors than before.
        """
        held = tuple(grads) if isinstance(grads, Iterator) else grads
        norm = get_total_norm(held, nonfinite="propagate")
        per_tensor = None
        if self.steps % self.per_tensor_every == 0:
            tensors, names = _core.collect_gradients("GradientMonitor.watch", "grads", held)
            named = zip(names or range(len(tensors)), tensors, strict=True)
            per_tensor = {name: _norm_of(tensor) for name, tensor in named}
        self.update(norm, per_tensor=per_tensor, clipped_to=max_norm)
        return norm

    @property
    def state(self) -> GradientState:
        """What the rules in the description of the class say now."""
        norms = self.norms
        if not np.isfinite(norms[-RECENT:]).all():
            return "exploding"
        finite = norms[np.isfinite(norms)]
        if len(finite) < 2 * RECENT:
            return "healthy"
        # Halved on both sides, and divided below, so that the largest float64 does not overflow.
        present = float(np.median(finite[-RECENT:] / 2))
        past = float(np.median(finite[:-RECENT] / 2))
        if present / self.exploding > past:
            return "exploding"
        if present == 0 or present < past / self.vanishing:
            return "vanishing"
        return "healthy"

    @property
    def clip_rate(self) -> float:
        """Share of the steps in the window that were clipped; 0 before the first."""
        count = min(self.steps, self.window)
        return int(self._clipped().sum()) / count if count else 0.0

    @property
    def norms(self) -> npt.NDArray[np.float64]:
        """Norms in the window, oldest first, as a copy."""
        return self._in_order(self._norms, self.steps)

    @property
    def limits(self) -> npt.NDArray[np.float64]:
        """What each of them was held to; infinite where nothing was clipped."""
        return self._in_order(self._limits, self.steps)

    @property
    def tensor_names(self) -> tuple[Any, ...]:
        """Names of the single tensors, or their positions; empty before the first record."""
        return self._names or ()

    @property
    def tensor_steps(self) -> npt.NDArray[np.int64]:
        """Numbers of the steps at which single tensors were recorded: the last 256, in order."""
        return self._in_order(self._tensor_steps, self._tensor_records)

    @property
    def tensor_norms(self) -> npt.NDArray[np.float64]:
        """Their norms, a row per record; NaN also where a tensor had no gradient."""
        return self._in_order(self._tensor_norms, self._tensor_records)

    def summary(self) -> str:
        """Say the state in a sentence, above a table of the total norm and of single tensors.

        Returns
        -------
        str
            Lines without a newline at the end.
        """
        from fast_augment import _monitor_report

        return _monitor_report.summary(self)

    def plot(self, path: str | Path) -> None:
        """Draw the window into a picture: norms, limits, events, and single tensors as a map.

        Parameters
        ----------
        path : str or Path
            File to write; its ending chooses the format, ``.png`` for one.

        Raises
        ------
        ImportError
            If matplotlib is not installed (the extra ``plot``).
        """
        from fast_augment import _monitor_plot

        _monitor_plot.save(self, path)

    def to_csv(self, path: str | Path) -> None:
        """Write the window as a table: a row per step, a column per tensor.

        The columns are step, norm, clipped_to (empty: no limit) and clipped (0 or 1), then one for
        each single tensor, empty at steps without a record. NaN and infinity are ``nan``, ``inf``.

        Parameters
        ----------
        path : str or Path
            File to write.
        """
        from fast_augment import _monitor_report

        _monitor_report.write_csv(self, path)

    def to_json(self) -> str:
        """Return the window and what is said about it as strict JSON.

        Returns
        -------
        str
            An object with the keys ``state``, ``steps``, ``first_step`` (of the window),
            ``clip_rate``, ``nonfinite_steps``, ``last_nonfinite``, ``norms``, ``clipped_to``
            (null: no limit) and ``tensors`` (``names``, ``steps``, ``norms``). Norms that are not
            finite are the strings ``"nan"`` and ``"inf"``.
        """
        from fast_augment import _monitor_report

        return _monitor_report.to_json(self)

    def __copy__(self) -> "GradientMonitor":
        return copy.deepcopy(self)  # a shallow one would share the rings

    def _clipped(self) -> npt.NDArray[np.bool_]:
        norms = self.norms
        return np.isfinite(norms) & (norms > self.limits)

    @staticmethod
    def _in_order(ring: npt.NDArray[Any], written: int) -> npt.NDArray[Any]:
        """Copy what a ring holds, oldest first."""
        if written <= len(ring):
            return np.array(ring[:written])
        oldest = written % len(ring)
        return np.concatenate((ring[oldest:], ring[:oldest]))

    def _record_tensors(self, per_tensor: Mapping[Any, float] | Sequence[float]) -> None:
        if isinstance(per_tensor, Mapping):
            entries = list(per_tensor.items())
        else:
            entries = list(enumerate(per_tensor))
        names = tuple(name for name, _ in entries)
        numbers = [_plain_number(f"per_tensor[{name!r}]", value) for name, value in entries]
        if self._names is None:
            self._names = names
            rows = min(self.window, TENSOR_RECORDS)
            self._tensor_norms = np.zeros((rows, len(names)))
            self._tensor_steps = np.zeros(rows, np.int64)
        elif names != self._names:
            raise ValueError(
                f"{_UPDATE}: per_tensor names {_difference(names, self._names)}, expected the "
                f"{len(self._names)} tensors of the first record in their order"
            )
        slot = self._tensor_records % len(self._tensor_steps)
        self._tensor_norms[slot] = numbers
        self._tensor_steps[slot] = self.steps
        self._tensor_records += 1


_UPDATE = "GradientMonitor.update"


def _plain_number(name: str, value: Any) -> float:
    """Convert what another library calls a number; text is none."""
    try:
        if hasattr(value, "__float__") and not isinstance(value, bool):
            return float(value)
    except (TypeError, ValueError, RuntimeError):
        # Arrays of several elements: each library refuses them in its own way.
        pass
    raise TypeError(message(_UPDATE, name, value, "a number"))


def _difference(names: tuple[Any, ...], expected: tuple[Any, ...]) -> str:
    """Say how two lists of names differ: by their count, else by the first that does."""
    if len(names) != len(expected):
        return f"{len(names)} tensors"
    return next(repr(a) for a, b in zip(names, expected, strict=True) if a != b)


def _norm_of(tensor: Any) -> float:
    return math.nan if tensor is None else get_total_norm([tensor], nonfinite="propagate")
