"""Train on real digits in two processes, and compare with one process: the same epochs, weights.

Each process has a part of every batch (torch's DistributedSampler), augmented by
`fast_augment.torch.Collate`: what a digit looks like depends on the epoch and its number alone, so
both processes together see what one process sees. DistributedDataParallel averages the gradients,
which `fast_augment.torch.clip_grad_norm_` then clips to the same norm in every process.

    pip install fast-augment-cpp[demo,torch]
    python examples/train_ddp.py
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler

import fast_augment as fa
from digits_data import WARP, load_digits, split, standardization
from fast_augment.torch import Collate, Indexed, clip_grad_norm_

PER_CLASS = 100
BATCH = 100  # of all processes together
RATE = 0.1
MAX_NORM = 0.5
SEED = 0


def make_model() -> nn.Sequential:
    """Build a small network, the same in every process."""
    torch.manual_seed(SEED)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)).double()


def train(rank: int, world_size: int, epochs: int, folder: str) -> None:
    """Train one process of several, and leave what it has seen in a file."""
    torch.set_num_threads(1)
    meeting = f"file://{folder}/meeting_of_{world_size}"
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=world_size)
    digits, _ = split(load_digits(), PER_CLASS, np.random.default_rng(SEED))
    dataset = Indexed(list(zip(digits.images, digits.labels, range(len(digits)), strict=True)))
    sampler = DistributedSampler(dataset, world_size, rank, seed=SEED, drop_last=True)
    augment = fa.Compose([WARP, standardization(digits)], seed=SEED)
    loader = DataLoader(
        dataset, BATCH // world_size, sampler=sampler, collate_fn=Collate(augment), num_workers=1
    )
    model = make_model()
    parallel = DistributedDataParallel(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9)
    norms, samples = [], []
    for epoch in range(epochs):
        dataset.set_epoch(epoch)
        sampler.set_epoch(epoch)
        for images, labels, numbers in loader:
            optimizer.zero_grad()
            cross_entropy(parallel(images.double()), labels).backward()
            norms.append(float(clip_grad_norm_(model.parameters(), MAX_NORM)))
            optimizer.step()
            sums = images.double().sum((1, 2, 3)).tolist()
            samples += [(epoch, *pair) for pair in zip(numbers.tolist(), sums, strict=True)]
    seen = {"norms": norms, "samples": samples, "weights": model.state_dict()}
    torch.save(seen, Path(folder) / f"{rank}_of_{world_size}")
    dist.destroy_process_group()


def run(world_size: int, epochs: int, folder: str) -> list[dict[str, Any]]:
    """Train in so many processes; return what each has seen."""
    torch.multiprocessing.spawn(train, (world_size, epochs, folder), world_size)
    return [torch.load(Path(folder) / f"{rank}_of_{world_size}") for rank in range(world_size)]


def main() -> None:
    """Train twice and compare."""
    parser = argparse.ArgumentParser(description="Digits in two processes and in one.")
    parser.add_argument("--epochs", type=int, default=5)
    epochs = parser.parse_args().epochs
    if epochs < 1:
        parser.error(f"--epochs must be at least 1, got {epochs}")
    with tempfile.TemporaryDirectory() as folder:
        (alone,) = run(1, epochs, folder)
        first, second = run(2, epochs, folder)

    parts = [set(map(tuple, one["samples"])) for one in (first, second)]
    whole = set(map(tuple, alone["samples"]))
    apart = max(
        float((first["weights"][name] - weight).abs().max())
        for name, weight in alone["weights"].items()
    )
    norms = np.array([one["norms"] for one in (alone, first, second)])
    print(f"{epochs} epochs of {10 * PER_CLASS:,} digits, {norms.shape[1]} steps of {BATCH}")
    print(f"samples of both processes: {len(parts[0] & parts[1])}")
    print(f"together the same epochs as one process: {parts[0] | parts[1] == whole}")
    print(f"steps clipped to {MAX_NORM}: {np.count_nonzero(norms[0] > MAX_NORM)}")
    print(f"same norms in both processes: {np.array_equal(norms[1], norms[2])}")
    print(f"largest difference to one process: norm {np.ptp(norms, axis=0).max():.1g}", end=", ")
    print(f"weight {apart:.1g}")


if __name__ == "__main__":
    main()
