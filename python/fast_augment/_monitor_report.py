"""What a monitor holds, as text: a table, CSV, JSON."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from fast_augment.monitor import GradientMonitor

__all__ = ["headline", "summary", "to_json", "write_csv"]

HEADER = ("norm", "last", "median", "smallest", "largest")


def headline(monitor: GradientMonitor) -> str:
    """Say in one line how it goes."""
    if monitor.steps == 0:
        return "gradients: no step yet"
    kept = min(monitor.steps, monitor.window)
    of_window = "" if kept == monitor.steps else f" of the last {kept:,}"
    line = (
        f"gradients: {monitor.state} after {monitor.steps:,} step{'s' * (monitor.steps > 1)}; "
        f"{100 * monitor.clip_rate:.1f} %{of_window} clipped, "
        f"{monitor.nonfinite_steps:,} not finite"
    )
    if monitor.last_nonfinite is not None:
        line += f" (the last one at step {monitor.last_nonfinite:,})"
    return line


def summary(monitor: GradientMonitor) -> str:
    """Set the table below the headline."""
    if monitor.steps == 0:
        return headline(monitor)
    rows = [HEADER, _row("total", monitor.norms)]
    columns = monitor.tensor_norms.T
    rows += [_row(str(n), c) for n, c in zip(monitor.tensor_names, columns, strict=True)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADER))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([headline(monitor), "", *lines])


def _row(name: str, norms: npt.NDArray[np.float64]) -> tuple[str, ...]:
    """Show the last norm as it is, the others over the finite ones."""
    finite = norms[np.isfinite(norms)]
    if finite.size == 0:
        return (name, f"{norms[-1]:.3g}", "-", "-", "-")
    facts = (norms[-1], 2 * np.median(finite / 2), finite.min(), finite.max())
    return (name, *(f"{fact:.3g}" for fact in facts))


def write_csv(monitor: GradientMonitor, path: str | Path) -> None:
    """Write a row per step of the window."""
    norms, limits = monitor.norms.tolist(), monitor.limits.tolist()
    names = [str(name) for name in monitor.tensor_names]
    records = dict(zip(monitor.tensor_steps.tolist(), monitor.tensor_norms.tolist(), strict=True))
    nothing = [""] * len(names)
    first = monitor.steps - len(norms)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", "norm", "clipped_to", "clipped", *names])
        for step, (norm, limit) in enumerate(zip(norms, limits, strict=True), first):
            clipped = int(math.isfinite(norm) and norm > limit)
            shown = "" if limit == math.inf else limit
            writer.writerow([step, norm, shown, clipped, *records.get(step, nothing)])


def to_json(monitor: GradientMonitor) -> str:
    """Make one object of it."""
    norms = monitor.norms
    values = {
        "state": monitor.state,
        "steps": monitor.steps,
        "first_step": monitor.steps - len(norms),
        "clip_rate": monitor.clip_rate,
        "nonfinite_steps": monitor.nonfinite_steps,
        "last_nonfinite": monitor.last_nonfinite,
        "norms": _plain(norms.tolist()),
        "clipped_to": [None if limit == math.inf else limit for limit in monitor.limits.tolist()],
        "tensors": {
            "names": [str(name) for name in monitor.tensor_names],
            "steps": monitor.tensor_steps.tolist(),
            "norms": [_plain(row) for row in monitor.tensor_norms.tolist()],
        },
    }
    return json.dumps(values, allow_nan=False)


def _plain(norms: Iterable[float]) -> list[Any]:
    """JSON has no NaN and no infinity."""
    return [norm if math.isfinite(norm) else repr(norm) for norm in norms]
