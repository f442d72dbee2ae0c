"""Epochs of torch loaders in every kind of worker, compared with the plain call of the pipeline.

Run as a program, since the processes of a loader import the main module again.
"""

import hashlib
import os
import signal
import sys
import time
import warnings

import numpy as np
import torch

import fast_augment as fa
from fast_augment.torch import Collate, Indexed

SAMPLES = 22
EPOCHS = (0, 3)
SEED = 11


class Pictures(torch.utils.data.Dataset):
    """The same picture again and again, in two sizes; only the draw makes a difference."""

    def __len__(self):
        return SAMPLES

    def __getitem__(self, index):
        rng = np.random.default_rng(5)
        image = rng.integers(0, 256, (70, 60 + 10 * (index % 2), 3), dtype=np.uint8)
        return image[:, :60], index


class Breaking(Pictures):
    """One sample cannot be read; another ends the process."""

    def __init__(self, broken=None, deadly=None):
        self.broken, self.deadly = broken, deadly

    def __getitem__(self, index):
        if index == self.broken:
            raise KeyError("no such file")
        if index == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(index)


def pipeline(**options):
    steps = [
        fa.RandomResizedCrop(48, antialias=False),
        fa.RandomAffine(20, translate=(0.1, 0.1)),
        fa.ColorJitter(brightness=0.4, contrast=0.4),
        fa.ToFloat(),
    ]
    return fa.Compose(steps, seed=SEED, **options)


class Order(torch.utils.data.Sampler):
    """Batches in an order that follows from the epoch, from any batch on."""

    def __init__(self, batch_size, begin=0):
        self.batch_size, self.begin, self.epoch = batch_size, begin, 0

    def batches(self):
        order = np.random.default_rng([7, self.epoch]).permutation(SAMPLES).tolist()
        return [order[i : i + self.batch_size] for i in range(0, SAMPLES, self.batch_size)]

    def __iter__(self):
        return iter(self.batches()[self.begin :])

    def __len__(self):
        return len(self.batches()) - self.begin


def tasks():
    return len(os.listdir("/proc/self/task"))


class Counting(Collate):
    """Also tells how many threads a call added to its process."""

    def __call__(self, samples):
        before = tasks()
        return super().__call__(samples), tasks() - before


def loader_of(dataset, order, workers, method, collate=None, **options):
    if workers:
        options["multiprocessing_context"] = method
    return torch.utils.data.DataLoader(
        dataset,
        batch_sampler=order,
        num_workers=workers,
        collate_fn=collate or Collate(pipeline()),
        **options,
    )


def digest(image):
    return hashlib.sha256(np.ascontiguousarray(image).tobytes()).hexdigest()[:16]


def expected():
    """Digest of every sample of every epoch, by calling the pipeline on one sample at a time."""
    augment, dataset = pipeline(), Pictures()
    return {
        epoch: {
            i: digest(augment([dataset[i][0]], epoch=epoch, index=[i])[0]) for i in range(SAMPLES)
        }
        for epoch in EPOCHS
    }


def seen(loader, order, dataset, epoch, stop=None):
    """Digest of each sample that a loader gives in an epoch, in its order."""
    order.epoch = epoch
    dataset.set_epoch(epoch)
    found = []
    for number, (images, labels) in enumerate(loader):
        found += [
            (int(label), digest(image.numpy())) for image, label in zip(images, labels, strict=True)
        ]
        if number + 1 == stop:
            break
    return found


def check_epochs(method, workers, batch_size, **options):
    """Two epochs of one loader, each equal to the calls of the pipeline in the order asked for."""
    truth = expected()
    dataset, order = Indexed(Pictures()), Order(batch_size)
    loader = loader_of(dataset, order, workers, method, **options)
    for epoch in EPOCHS:
        found = seen(loader, order, dataset, epoch)
        assert dict(found) == truth[epoch], (method, workers, batch_size, options, epoch)
        assert [i for i, _ in found] == [i for batch in order.batches() for i in batch]


def check_restart(method, workers, batch_size):
    """An epoch that was left after two batches, and goes on in a loader of its own."""
    truth, epoch = expected(), EPOCHS[1]
    dataset, order = Indexed(Pictures()), Order(batch_size)
    first = seen(loader_of(dataset, order, workers, method), order, dataset, epoch, stop=2)
    again, rest = Indexed(Pictures()), Order(batch_size, begin=2)
    second = seen(loader_of(again, rest, workers, method), rest, again, epoch)
    assert dict(first + second) == truth[epoch]
    assert len(first + second) == SAMPLES


def check_draws():
    """The pictures are alike, so equal results mean equal draws."""
    digests = [found for epoch in expected().values() for found in epoch.values()]
    assert len(set(digests)) == len(EPOCHS) * SAMPLES


def two_threads(_worker):
    fa.set_num_threads(2)


def check_threads(method):
    """One thread in a worker, or as many as it was given."""
    for options, added in (({}, 0), ({"worker_init_fn": two_threads}, 1)):
        dataset, order = Indexed(Pictures()), Order(11)
        collate = Counting(pipeline())
        loader = loader_of(dataset, order, 1, method, collate, **options)
        # Of the first batch: afterwards torch starts threads of its own, which send what is done.
        counts = [count for _, count in loader]
        assert counts[0] == added, (method, counts)


class Pointing(Collate):
    """Also tells where the batch lies in its process, and whether it is shared."""

    def __call__(self, samples):
        batch = super().__call__(samples)
        return batch, batch[0].data_ptr(), batch[0].is_shared(), batch[0] * 1


def check_memory(method):
    """Memory is used again only when nothing refers to it, also for more batches than are lent."""
    truth, epoch = expected(), EPOCHS[0]
    dataset, order = Indexed(Pictures()), Order(1)
    order.epoch = epoch
    dataset.set_epoch(epoch)
    loader = loader_of(dataset, order, 1, method, Pointing(pipeline()), persistent_workers=True)
    places = set()
    for (images, _), place, is_shared, copied in loader:
        assert is_shared
        assert type(images) is type(copied) is torch.Tensor
        assert torch.equal(images, copied)
        places.add(place)
        del images
    assert len(places) <= 6, places

    kept = [(images, copied) for (images, _), *_, copied in loader]
    views = [(images[0, 1:], copied[0, 1:]) for (images, _), *_, copied in loader]
    arrays = [(images.numpy()[0], copied.numpy()[0]) for (images, _), *_, copied in loader]
    children = []
    for (images, labels), *_ in loader:
        children.append(child_that_sees(images, truth[epoch][int(labels)]))
        del images
    for _ in range(2):
        list(loader)
    assert all(torch.equal(*pair) for pair in kept + views)
    assert all(np.array_equal(*pair) for pair in arrays)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)


def child_that_sees(images, expected_digest):
    """Fork a child that looks at a batch when the parent has long let go of it."""
    pid = os.fork()
    if pid == 0:
        time.sleep(1)
        os._exit(0 if digest(images[0].numpy()) == expected_digest else 1)
    return pid


def check_raising(method):
    """The error of a data set names the sample and ends the epoch, and a restart misses none."""
    truth, epoch = expected(), EPOCHS[0]
    # Of a process that died torch says so, or only that a batch of it did not arrive.
    for breaking, error, text in (
        ({"broken": 9}, KeyError, "Indexed: while reading sample 9"),
        ({"deadly": 9}, (RuntimeError, OSError, EOFError), ""),
    ):
        dataset, order = Indexed(Breaking(**breaking)), Order(4)
        found, message = [], ""
        try:
            found += loader_of(dataset, order, 2, method)
        except error as caught:
            message = f"{type(caught).__name__}: {caught}"
        assert message
        assert text in message
        again, rest = Indexed(Pictures()), Order(4, begin=len(found))
        done = [
            (int(label), digest(image.numpy()))
            for images, labels in found
            for image, label in zip(images, labels, strict=True)
        ]
        done += seen(loader_of(again, rest, 2, method), rest, again, epoch)
        assert dict(done) == truth[epoch]
        assert len(done) == SAMPLES


def check_some(method):
    """What every start method has to pass, in a few seconds."""
    check_draws()
    check_epochs(method, 0, 5)
    check_epochs(method, 2, 5, persistent_workers=True, prefetch_factor=3)
    check_threads(method)
    check_memory(method)


def check_all(method):
    """The whole matrix."""
    for batch_size in (1, 5, 22):
        for workers in range(4):
            check_epochs(method, workers, batch_size)
    for workers in range(1, 4):
        check_epochs(method, workers, 5, persistent_workers=True)
        check_epochs(method, workers, 5, prefetch_factor=1)
    for workers in range(4):
        check_restart(method, workers, 5)
    check_raising(method)


if __name__ == "__main__":
    if sys.version_info >= (3, 12):
        # Of every fork of a process with threads, which is what is tested here.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    torch.set_num_threads(1)
    fa.hflip(np.zeros((8, 128, 128, 3), np.uint8), threads=2)
    {"some": check_some, "all": check_all, "raising": check_raising}[sys.argv[1]](sys.argv[2])
    print("done")
