"""Loaders: what `Collate` costs, an epoch of torch's DataLoader, batches made ahead of a step."""

import pytest

import loaders
import recipes
from harness import FRESH, Contender, Workload, races
from inputs import title
from peers import torch

EXACT, ROUNDED = 0.02 * recipes.LEVEL, 5 * recipes.LEVEL
SHAPE = (64, 384, 512, 3)
RECIPE = "resized crop, flip, normalize"


def contender(library, make, is_reference):
    tolerance = EXACT if library.startswith("fast_augment") else ROUNDED
    return Contender(library, FRESH, make, tolerance=tolerance, reference=is_reference)


def workload(name, contenders):
    return Workload(
        name=title(f"{name}: {RECIPE}", SHAPE),
        inputs=recipes.photograph_inputs(*SHAPE[:3], antialias=False, jitters=False, warps=False),
        expected=recipes.photograph_oracle,
        contenders=contenders,
    )


@pytest.mark.skipif(torch is None, reason="torch is not installed")
@races(
    workload(
        "Collate",
        [
            contender("fast_augment pipeline", loaders.pipeline_alone, False),
            contender("fast_augment collate", loaders.collate_alone, False),
        ],
    ),
    workload(f"DataLoader, {loaders.WORKERS} workers", loaders.contenders(contender)),
)
def test_torch(entry, run):
    run(entry)


@races(
    workload(
        "BatchLoader and a step as long",
        [
            contender("fast_augment serial", loaders.batch_loader(0), False),
            contender("fast_augment ahead", loaders.batch_loader(2), False),
        ],
    )
)
def test_batch_loader(entry, run):
    run(entry)
