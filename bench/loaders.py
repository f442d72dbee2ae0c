"""The usual recipe in data loaders: in torch's, ours and what others would write; in our own."""

import timeit

import numpy as np

import fast_augment as fa
import library_pipelines
import opencv_pipeline
import peers
from peers import cv2, torch
from recipes import SIZE

BATCHES = 12
WORKERS = 2

if torch:
    from torch.utils.data import DataLoader, Dataset, default_collate

    from fast_augment.torch import Collate, Indexed

    class Photographs(Dataset):
        """Decoded photographs in memory, as they are."""

        def __init__(self, images):
            self.images = images

        def __len__(self):
            return len(self.images)

        def __getitem__(self, number):
            return self.images[number], number

    class Changed(Photographs):
        """Photographs that a function of (image, number, target) changes one by one."""

        def __init__(self, images, change):
            super().__init__(images)
            self.change = change

        def __getitem__(self, number):
            target = np.empty((3, SIZE, SIZE), np.float32)
            self.change(self.images[number], number, target)
            return target, number


def one_thread(_worker):
    """Keep OpenCV from starting threads of its own in a worker, as its users do."""
    peers.set_opencv_threads(1)


def epochs(job, dataset, collate):
    """Build the call that runs through an epoch in workers that stay; returns the last batch."""
    order = [list(range(len(job.images)))] * BATCHES
    loader = DataLoader(
        dataset,
        batch_sampler=order,
        num_workers=WORKERS,
        collate_fn=collate,
        persistent_workers=True,
        worker_init_fn=one_thread,
    )

    def call():
        for batch, _numbers in loader:
            last = batch
        return last.numpy()

    return call


def fast_augment(job, _out):
    return epochs(job, Indexed(Photographs(job.images)), Collate(job.augment))


def into_shared_memory(change):
    """Build a collate_fn that writes each sample where the main process reads it."""

    def collate(samples):
        shape = (len(samples), 3, SIZE, SIZE)
        storage = torch.UntypedStorage._new_shared(4 * int(np.prod(shape)))
        batch = torch.empty(0).set_(storage, 0, torch.Size(shape))
        for (image, number), target in zip(samples, batch.numpy(), strict=True):
            change(image, number, target)
        return batch, default_collate([number for _, number in samples])

    return collate


def opencv_change(job):
    """Build what changes one photograph by the fewest calls of OpenCV."""
    kept = opencv_pipeline.Buffers(SIZE, SIZE)

    def change(image, number, target):
        opencv_pipeline.move(kept, image, job.draws[number], "in turn")
        opencv_pipeline.store(kept, target)

    return change


def albumentations_change(job):
    augment = library_pipelines.composed(library_pipelines.albumentations, job)

    def change(image, _number, target):
        np.copyto(target, augment(image=image)["image"].transpose(2, 0, 1))

    return change


def per_sample(change_of):
    """Build a contender's `make`: the data set changes samples, torch stacks them."""
    return lambda job, _out: epochs(job, Changed(job.images, change_of(job)), default_collate)


def per_batch(change_of):
    """Build a contender's `make`: a collate_fn of one's own changes samples."""
    return lambda job, _out: epochs(
        job, Photographs(job.images), into_shared_memory(change_of(job))
    )


def contenders(contender):
    """List those that are installed, each made by ``contender(library, make, is_reference)``."""
    found = [contender("fast_augment collate", fast_augment, False)]
    if cv2:
        found += [
            contender("opencv", per_sample(opencv_change), False),
            contender("opencv collate", per_batch(opencv_change), False),
        ]
    if library_pipelines.albumentations:
        found += [contender("albumentations, own draw", per_sample(albumentations_change), True)]
    return found


def collate_alone(job, _out):
    """Build the call of `Collate` in the main process, beside the call of the pipeline itself."""
    dataset, collate = Indexed(Photographs(job.images)), Collate(job.augment)
    samples = dataset.__getitems__(range(len(job.images)))
    return lambda: collate(samples)[0].numpy()


def pipeline_alone(job, _out):
    images = list(job.images)
    return lambda: job.augment(images, index=job.index)


def numpy_step(seconds):
    """Build work in NumPy that takes about so long on one thread, with the interpreter's lock."""
    weights = np.ones((512, 512), np.float32)
    result = np.empty_like(weights)

    def multiply(times):
        for _ in range(times):
            np.multiply(weights, 1.0001, out=result)

    repeats = round(seconds / min(timeit.repeat(lambda: multiply(1), number=1, repeat=50)))
    return lambda: multiply(repeats)


def batch_loader(prefetch):
    """Build a contender's `make`: an epoch of batches, each followed by a step as long as it."""

    def make(job, _out):
        images, index = list(job.images), job.index
        seconds = min(timeit.repeat(lambda: job.augment(images, index=index), number=1, repeat=5))
        step = numpy_step(seconds)
        loader = fa.BatchLoader(
            images * BATCHES, len(images), job.augment, shuffle=False, prefetch=prefetch
        )

        def call():
            loader.set_epoch(0)
            for number, batch in enumerate(loader):
                step()
                if number == 0:
                    first = batch
            return first

        return call

    return make
