"""What a monitor holds, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fast_augment._monitor_report import headline

try:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure
except ImportError as error:
    raise ImportError(
        "GradientMonitor.plot needs matplotlib: pip install 'fast-augment-cpp[plot]'"
    ) from error

if TYPE_CHECKING:
    from fast_augment.monitor import GradientMonitor

__all__ = ["save"]

# Okabe and Ito's palette: told apart by colour-blind readers too.
NORM, LIMIT, CLIPPED, BAD = "#0072B2", "#333333", "#E69F00", "#D55E00"
MAX_LABELS = 30


def save(monitor: GradientMonitor, path: str | Path) -> None:
    """Draw it with a canvas of its own, so that no figure of the caller's is touched."""
    tensors = len(monitor.tensor_names)
    drawn = np.isfinite(monitor.tensor_norms) & (monitor.tensor_norms > 0)
    has_map = bool(drawn.any())
    height = 3.8 + (min(6.0, 1.2 + 0.22 * tensors) if has_map else 0)
    figure = Figure(figsize=(10, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    figure.suptitle(headline(monitor))
    ratios = [3.8, height - 3.8] if has_map else [1]
    grid = figure.subplots(len(ratios), 1, sharex=True, height_ratios=ratios, squeeze=False)
    panels = grid[:, 0]
    if has_map:
        _draw_tensors(figure, panels[1], monitor)
    _draw_norms(panels[0], monitor)
    panels[-1].set_xlabel("step")
    figure.savefig(path, dpi=110)


def _draw_norms(panel: Any, monitor: GradientMonitor) -> None:
    norms, limits = monitor.norms, monitor.limits
    steps = np.arange(monitor.steps - len(norms), monitor.steps)
    finite = np.isfinite(norms)
    clipped = finite & (norms > limits)
    positive = finite & (norms > 0)
    # A gap, not a line across, where a norm is missing.
    panel.plot(steps, np.where(positive, norms, np.nan), color=NORM, linewidth=1, label="norm")
    if np.isfinite(limits).any():
        shown = np.where(np.isfinite(limits), limits, np.nan)
        panel.plot(steps, shown, color=LIMIT, linestyle="--", linewidth=1, label="limit")
        panel.plot(
            steps[clipped], norms[clipped], ".", color=CLIPPED, markersize=4, label="clipped"
        )
    for number, step in enumerate(steps[~finite]):
        panel.axvline(step, color=BAD, linewidth=1, label="not finite" if number == 0 else None)
    if positive.any():
        panel.set_yscale("log")
    panel.set_ylabel("norm before clipping")
    if len(steps):
        panel.set_xlim(steps[0] - 0.5, steps[-1] + 0.5)
    panel.grid(color="#DDDDDD", linewidth=0.7)
    panel.spines[["top", "right"]].set_visible(False)
    panel.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False, ncols=4)


def _draw_tensors(figure: Any, panel: Any, monitor: GradientMonitor) -> None:
    norms, steps = monitor.tensor_norms, monitor.tensor_steps
    shown = np.where(np.isfinite(norms) & (norms > 0), norms, np.nan)
    # One column per record; each reaches half-way to its neighbours.
    middles = (steps[1:] + steps[:-1]) / 2
    edges = np.concatenate(([steps[0] - 0.5], middles, [steps[-1] + 0.5]))
    rows = np.arange(norms.shape[1] + 1) - 0.5
    lowest, highest = np.nanmin(shown), np.nanmax(shown)
    scale = LogNorm(lowest, highest if highest > lowest else 2 * lowest)
    mesh = panel.pcolormesh(edges, rows, shown.T, norm=scale, cmap="viridis")
    panel.invert_yaxis()
    names = [str(name) for name in monitor.tensor_names]
    stride = -(-len(names) // MAX_LABELS)
    panel.set_yticks(range(0, len(names), stride), names[::stride], fontsize=8)
    figure.colorbar(mesh, ax=panel, label="norm of the tensor")
