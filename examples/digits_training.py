"""The training loop of the example: plain NumPy, with two objects of fast_augment inside."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

import fast_augment as fa
from digits_data import WARP, Digits
from digits_model import DigitNet

BATCH = 100
EVALUATIONS = 15  # about how often a run measures the held-out accuracy
MIN_EVALUATION_GAP = 20  # steps; a measurement costs as much as about ten of them

# Every source of chance has a stream of its own, so that all runs start from the same weights,
# see the same batches. A warp depends on the seed, the epoch and the number of the digit alone.
STREAMS = {"split": 0, "weights": 1, "batches": 2}


def stream(seed: int, name: str) -> np.random.Generator:
    """Make the generator of one source of chance."""
    return np.random.default_rng([seed, STREAMS[name]])


@dataclass(frozen=True)
class RunSpec:
    """What distinguishes one run from the others."""

    name: str
    learning_rate: float
    augmented: bool
    max_norm: float | None = None  # None: gradients are measured, not clipped


def learning_rate(peak: float, step: int, steps: int) -> float:
    """Climb linearly over the first tenth of the steps, then fall as half a cosine."""
    warmup = max(1, steps // 10)
    climb = min(1.0, (step + 1) / warmup)
    return peak * climb * 0.5 * (1.0 + math.cos(math.pi * step / steps))


@dataclass
class RunResult:
    """What a run left behind. Times are seconds, summed over the steps."""

    spec: RunSpec
    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)  # before clipping
    evaluated_at: list[int] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    exploded_at: int | None = None  # the step at which the monitor first said so, from 1
    step_time: float = 0.0
    augment_time: float = 0.0
    optimizer_time: float = 0.0  # norm, clipping and AdamW

    @property
    def exploded(self) -> bool:
        """Whether gradients exploded at some step."""
        return self.exploded_at is not None

    @property
    def images_per_second(self) -> float | None:
        """Speed of the pipeline: the draw, the warp, the scaling to float32."""
        if not self.augment_time:
            return None
        return len(self.losses) * BATCH / self.augment_time

    @property
    def clipped_share(self) -> float | None:
        """Share of the steps on which the norm was above the limit."""
        limit = self.spec.max_norm
        if limit is None or not self.norms:
            return None
        return sum(norm > limit for norm in self.norms) / len(self.norms)


@dataclass(frozen=True)
class Experiment:
    """What all runs have in common."""

    training: Digits
    held_out: Digits
    normalize: fa.Normalize
    steps: int
    seed: int


class Trainer:
    """One run: a fresh model, its optimizer and the buffers that every step reuses."""

    def __init__(self, experiment: Experiment, spec: RunSpec) -> None:
        self.experiment = experiment
        self.result = RunResult(spec)
        self.model = DigitNet(stream(experiment.seed, "weights"))
        # One call measures the norm, clips and steps. What is not finite would be skipped.
        self.optimizer = fa.optim.AdamW(
            self.model.parameters,
            spec.learning_rate,
            max_grad_norm=spec.max_norm,
            nonfinite="skip",
        )
        self.monitor = fa.GradientMonitor()
        seed, normalize = experiment.seed, experiment.normalize
        transforms = [WARP, normalize] if spec.augmented else [normalize]
        self.augment = fa.Compose(transforms, seed=seed, out_layout="HWC")
        unchanged = fa.Compose([normalize], seed=seed, out_layout="HWC")
        self.held_out_inputs = unchanged(experiment.held_out.images)
        shape = (BATCH, *experiment.training.images.shape[1:])
        self.batch = np.empty(shape, np.uint8)
        self.inputs = np.empty(shape, np.float32)

    def train(self) -> Iterator[float]:
        """Run all steps; yield the loss of each."""
        steps = self.experiment.steps
        evaluate_every = max(MIN_EVALUATION_GAP, steps // EVALUATIONS)
        batches = self._batches()
        for step in range(steps):
            # A run that explodes may overflow on its way.
            with np.errstate(over="ignore", invalid="ignore"):
                loss = self._step(step, *next(batches))
                if (step + 1) % evaluate_every == 0 or step + 1 == steps:
                    self._evaluate(step + 1)
            yield loss

    def _step(self, step: int, epoch: int, index: NDArray[np.int64]) -> float:
        result, experiment = self.result, self.experiment
        begin = perf_counter()
        images = np.take(experiment.training.images, index, axis=0, out=self.batch)
        labels = experiment.training.labels[index]

        augment_begin = perf_counter()
        inputs = self.augment(images, epoch=epoch, index=index, out=self.inputs)
        augment_time = perf_counter() - augment_begin
        loss = self.model.loss_and_gradients(inputs, labels)

        optimizer_begin = perf_counter()
        group = self.optimizer.param_groups[0]
        group["lr"] = learning_rate(result.spec.learning_rate, step, experiment.steps)
        norm = self.optimizer.step(self.model.gradients)
        end = perf_counter()

        result.step_time += end - begin
        result.optimizer_time += end - optimizer_begin
        if result.spec.augmented:
            result.augment_time += augment_time
        result.losses.append(loss)
        result.norms.append(norm)
        self.monitor.update(norm, clipped_to=result.spec.max_norm)
        if result.exploded_at is None and self.monitor.state == "exploding":
            result.exploded_at = step + 1
        return loss

    def _batches(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield the epoch and the digits of each batch."""
        rng = stream(self.experiment.seed, "batches")
        n = len(self.experiment.training)
        for epoch in count():
            order = rng.permutation(n)
            for start in range(0, n - BATCH + 1, BATCH):
                yield epoch, order[start : start + BATCH]

    def _evaluate(self, step: int) -> None:
        accuracy = self.model.accuracy(self.held_out_inputs, self.experiment.held_out.labels)
        self.result.evaluated_at.append(step)
        self.result.accuracies.append(accuracy)
