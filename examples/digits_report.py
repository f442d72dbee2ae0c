"""What the example shows at its end: a table, a few sentences and one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import fast_augment as fa
from digits_data import CLASSES, WARP
from digits_training import Experiment, RunResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

# Okabe and Ito's palette: told apart by colour-blind readers too. One colour per run, in order.
COLORS = ("#0072B2", "#009E73", "#D55E00", "#CC79A7")
INK = "#333333"
WARPED_ROWS = 3
SMOOTHING = 25  # steps in the moving average of the curves

LOSS_LIMITS = (1e-5, 1e4)
NORM_LIMITS = (1e-4, 3e4)


def table(results: Sequence[RunResult]) -> str:
    """One line per run."""
    header: tuple[str, ...] = ("run", "rate", "held-out", "largest", "largest", "exploded")
    header += ("augmented", "augment", "optimize")
    below = ("", "", "accuracy", "norm", "loss", "at step", "images/s", "% of step", "% of step")
    rows = [header, below, *(_cells(result) for result in results)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([*lines[:2], rule, *lines[2:]])


def _cells(result: RunResult) -> tuple[str, ...]:
    spec, rate = result.spec, result.images_per_second

    def share(seconds: float) -> str:
        return f"{100 * seconds / result.step_time:.1f} %" if seconds else "-"

    return (
        spec.name,
        f"{spec.learning_rate:g}",
        f"{100 * result.accuracies[-1]:.1f} %",
        f"{_largest(result.norms):.3g}",
        f"{_largest(result.losses):.3g}",
        f"{result.exploded_at:,}" if result.exploded_at else "-",
        f"{rate:,.0f}" if rate else "-",
        share(result.augment_time),
        share(result.optimizer_time),
    )


def _largest(values: Sequence[float]) -> float:
    """Largest finite value."""
    return max((value for value in values if math.isfinite(value)), default=math.nan)


def summary(results: Sequence[RunResult], steps: int) -> str:
    """Put the findings in words, also when a run did not do what it is meant to show."""
    plain, augmented, high, clipped = results
    gain = 100 * (augmented.accuracies[-1] - plain.accuracies[-1])
    lines = [f"Augmentation changed held-out accuracy by {gain:+.1f} points."]
    for result in (high, clipped):
        limit, loss = result.spec.max_norm, _largest(result.losses)
        how = "unclipped" if limit is None else f"clipped to norm {limit:g}"
        what = (
            f"gradients exploded at step {result.exploded_at:,} of {steps:,}\n  (norm up to "
            f"{_largest(result.norms):,.0f}, loss up to {loss:,.0f}) and the run ended at"
            if result.exploded
            else "gradients did not explode and the run ended at"
        )
        clipped_share = result.clipped_share
        share = (
            "" if clipped_share is None else f";\n  {100 * clipped_share:.0f} % of steps clipped"
        )
        lines.append(
            f"At rate {result.spec.learning_rate:g}, {how}, {what} "
            f"{100 * result.accuracies[-1]:.1f} %{share}."
        )
    lines.append(
        "Images/s counts the draw, the warp and the scaling to float32, inside the training loop;\n"
        "optimize is the norm, the clipping and AdamW; exploding is what fa.GradientMonitor calls "
        "so."
    )
    return "\n".join(lines)


def save_figure(experiment: Experiment, results: Sequence[RunResult], path: Path) -> None:
    """Write the picture: digits before and after, losses, norms, accuracies."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13.5, 9.2), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    figure.suptitle(_headline(experiment, results), fontsize=14, color=INK)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.0, 1.12])
    _draw_digits(top, experiment)
    panels = bottom.subplots(1, 3)
    _draw_losses(panels[0], results)
    _draw_norms(panels[1], results)
    _draw_accuracies(panels[2], results)
    for panel in panels:
        _finish(panel, experiment.steps)
    handles, labels = panels[0].get_legend_handles_labels()
    bottom.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=11)
    figure.savefig(path, dpi=110)


def _headline(experiment: Experiment, results: Sequence[RunResult]) -> str:
    parts = [f"{result.spec.name}: {100 * result.accuracies[-1]:.1f} %" for result in results]
    return (
        f"{len(experiment.training):,} digits to learn from, "
        f"{len(experiment.held_out):,} held out to test\n" + "   |   ".join(parts)
    )


def _draw_digits(figure: SubFigure, experiment: Experiment) -> None:
    """One digit of each class, as it is and as three draws of the warp."""
    labels = experiment.training.labels
    first = [int(np.flatnonzero(labels == label)[0]) for label in range(CLASSES)]
    originals = experiment.training.images[first]
    warp = fa.Compose([WARP], seed=experiment.seed)
    rows = [originals]
    for epoch in range(WARPED_ROWS):
        rows.append(warp(originals, epoch=epoch, index=first))
    figure.suptitle(f"One draw per epoch and digit of fa.{WARP}", fontsize=11, color=INK)
    axes = figure.subplots(1 + WARPED_ROWS, CLASSES)
    for y, row in enumerate(rows):
        for x, image in enumerate(row):
            panel = axes[y, x]
            panel.imshow(image[..., 0], cmap="gray", vmin=0, vmax=255)
            panel.set(xticks=[], yticks=[])
            for spine in panel.spines.values():
                spine.set(color=COLORS[0] if y == 0 else COLORS[1], linewidth=2)
        title = "before" if y == 0 else f"epoch {y - 1}"
        axes[y, 0].set_ylabel(title, rotation=0, ha="right", va="center", color=INK, fontsize=11)


def _smoothed(values: Sequence[float]) -> NDArray[np.float64]:
    """Take the moving geometric mean; the window shrinks at both ends."""
    window = np.ones(max(1, min(SMOOTHING, len(values) // 10)))
    logs = np.log(np.maximum(values, np.finfo(np.float64).tiny))
    counts = np.convolve(np.ones_like(logs), window, mode="same")
    return np.exp(np.convolve(logs, window, mode="same") / counts)


def _draw_curve(panel: Axes, values: Sequence[float], color: str, result: RunResult) -> None:
    """Every step faintly, the moving mean on top; where gradients exploded, a cross and a word."""
    steps = np.arange(1, len(values) + 1)
    panel.plot(steps, values, color=color, linewidth=0.6, alpha=0.25)
    smooth = _smoothed(values)
    panel.plot(steps, smooth, color=color, linewidth=2, label=result.spec.name)
    at = result.exploded_at
    if at is None:
        return
    panel.plot(at, smooth[at - 1], "X", color=color, markersize=11, zorder=5)
    panel.annotate(
        f"explodes: up to {_largest(values):.0e}",
        xy=(at, 0.97),
        xycoords=("data", "axes fraction"),
        xytext=(12, 0),
        textcoords="offset points",
        va="top",
        color=color,
        fontsize=10,
    )


def _draw_losses(panel: Axes, results: Sequence[RunResult]) -> None:
    for result, color in zip(results, COLORS, strict=True):
        _draw_curve(panel, result.losses, color, result)
    panel.set(yscale="log", ylim=LOSS_LIMITS, title="Training loss", ylabel="cross-entropy")


def _draw_norms(panel: Axes, results: Sequence[RunResult]) -> None:
    for result, color in zip(results, COLORS, strict=True):
        _draw_curve(panel, result.norms, color, result)
        if result.spec.max_norm is not None:
            panel.axhline(result.spec.max_norm, color=INK, linestyle="--", linewidth=1.5, zorder=5)
            panel.annotate(
                f"clip line: max_norm = {result.spec.max_norm:g}",
                xy=(0.24, result.spec.max_norm),
                xycoords=("axes fraction", "data"),
                xytext=(0, -16),
                textcoords="offset points",
                va="top",
                color=INK,
                fontsize=10,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
                zorder=5,
            )
    panel.set(
        yscale="log", ylim=NORM_LIMITS, title="Gradient norm before clipping", ylabel="L2 norm"
    )


def _draw_accuracies(panel: Axes, results: Sequence[RunResult]) -> None:
    for result, color in zip(results, COLORS, strict=True):
        percent = [100 * accuracy for accuracy in result.accuracies]
        panel.plot(result.evaluated_at, percent, color=color, linewidth=2, marker="o", markersize=4)
    panel.set(title="Accuracy on held-out digits", ylabel="%")


def _finish(panel: Axes, steps: int) -> None:
    panel.set(xlabel="step", xlim=(0, 1.01 * steps))
    panel.grid(color="#DDDDDD", linewidth=0.7)
    panel.spines[["top", "right"]].set_visible(False)
