"""Mirroring: `hflip` and `vflip`."""

import numpy as np

import fast_augment as fa
import peers
from harness import FRESH, OUT, Contender, Workload, modes, races, writes
from inputs import images_of, title
from peers import cv2, numba, torch

if numba:
    import numba_loops

# Items that let NumPy move a whole pixel at once, by bytes.
PIXEL = {1: np.uint8, 2: np.uint16, 3: "V3", 4: np.uint32, 6: "V6", 12: "V12"}


def fast_augment(flip):
    return lambda job, out: lambda: flip(job.images, out=out)


def numpy_flip(axis):
    return lambda job, target: np.copyto(target, np.flip(job.images, axis))


def numpy_pixels(job, target):
    """Mirror with one item per pixel instead of one per channel."""
    pixel = PIXEL[target.shape[-1] * target.itemsize]
    np.copyto(target.view(pixel), job.images.view(pixel)[:, :, ::-1])


def numpy_channels(job, target):
    """Mirror channel by channel, which gives NumPy longer inner loops."""
    for channel in range(target.shape[-1]):
        np.copyto(target[..., channel], job.images[:, :, ::-1, channel])


def plain_copy(job, target):
    np.copyto(target, job.images)


def opencv_loop(code, pool=False):
    def step(source, target):
        cv2.flip(source, code, target)

    return lambda job, out: peers.per_image(step, job, out, pool=pool)


def opencv_tall(job, target):
    """Mirror the whole batch as one tall image: a single call."""
    tall = (-1, *target.shape[2:])
    cv2.flip(job.images.reshape(tall), 1, target.reshape(tall))


def numba_vflip(job, target):
    numba_loops.vflip(numba_loops.rows_of(job.images), numba_loops.rows_of(target))


def torch_flip(axis):
    return lambda job, _out: lambda: torch.flip(torch.from_numpy(job.images), (axis,))


def contenders(flip, axis):
    horizontal = axis == 2
    result = [
        *modes("fast_augment", fast_augment(flip)),
        *modes("numpy", writes(numpy_flip(axis))),
        Contender("np.copyto", OUT, writes(plain_copy), reference=True),
    ]
    if horizontal:
        result += modes("numpy pixels", writes(numpy_pixels))
        result += modes("numpy channels", writes(numpy_channels))
    if cv2:
        code = 1 if horizontal else 0
        result += modes("opencv", opencv_loop(code))
        result += modes("opencv pool", opencv_loop(code, pool=True), **peers.OPENCV_POOL)
    if cv2 and horizontal:
        result += modes("opencv tall", writes(opencv_tall))
    if numba and not horizontal:
        result += modes("numba", writes(numba_vflip))
    if torch:
        result += [Contender("torch", FRESH, torch_flip(axis))]
    return result


def workload(flip, axis, *shape, dtype=np.uint8, **options):
    return Workload(
        name=title(flip.__name__, shape, dtype),
        inputs=images_of(*shape, dtype=dtype),
        expected=lambda job: np.flip(job.images, axis).copy(),
        contenders=contenders(flip, axis),
        **options,
    )


@races(
    workload(fa.hflip, 2, 256, 224, 224, 3, threads=(1, peers.ALL_THREADS)),
    workload(fa.hflip, 2, 4096, 32, 32, 3),
    workload(fa.hflip, 2, 256, 224, 224, 1),
    workload(fa.hflip, 2, 256, 224, 224, 4),
    workload(fa.hflip, 2, 256, 224, 224, 2, only_full=True),
    workload(fa.hflip, 2, 64, 224, 224, 3, dtype=np.uint16, only_full=True),
    workload(fa.hflip, 2, 64, 224, 224, 3, dtype=np.float32, only_full=True),
)
def test_hflip(entry, run):
    run(entry)


@races(
    workload(fa.vflip, 1, 256, 224, 224, 3, threads=(1, peers.ALL_THREADS)),
    workload(fa.vflip, 1, 4096, 32, 32, 3, only_full=True),
    workload(fa.vflip, 1, 256, 224, 224, 1, only_full=True),
    workload(fa.vflip, 1, 256, 224, 224, 4, only_full=True),
)
def test_vflip(entry, run):
    run(entry)
