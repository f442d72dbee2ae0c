"""Quarter turns and transposition: `rot90` and `transpose`."""

import numpy as np

import fast_augment as fa
import peers
from harness import FRESH, OUT, Contender, Workload, modes, races, writes
from inputs import images_of, title
from peers import cv2, torch

# Items that let NumPy move a whole pixel at once, by channels.
PIXEL = {1: np.uint8, 3: "V3", 4: np.uint32}


def turned(images):
    return np.rot90(images, axes=(1, 2))


def transposed(images):
    return images.swapaxes(1, 2)


def numpy_plain(view):
    return lambda job, target: np.copyto(target, view(job.images))


def numpy_pixels(view):
    """Copy one item per pixel, image by image to stay in the cache."""

    def fill(job, target):
        pixel = PIXEL[target.shape[-1]]
        sources, targets = view(job.images.view(pixel)[..., 0]), target.view(pixel)[..., 0]
        for source, image in zip(sources, targets, strict=True):
            np.copyto(image, source)

    return fill


def plain_copy(job, target):
    np.copyto(target, job.images.reshape(target.shape))


def opencv_turn(source, target):
    cv2.rotate(source, cv2.ROTATE_90_COUNTERCLOCKWISE, target)


def opencv_transpose(source, target):
    cv2.transpose(source, target)


def opencv_loop(step, pool=False):
    return lambda job, out: peers.per_image(step, job, out, pool=pool)


def torch_turn(job, _out):
    return lambda: torch.rot90(torch.from_numpy(job.images), 1, (1, 2))


def torch_transpose(job, target):
    torch.from_numpy(target).copy_(torch.from_numpy(job.images).transpose(1, 2))


def contenders(function, view):
    turn = function is fa.rot90
    result = [
        *modes("fast_augment", lambda job, out: lambda: function(job.images, out=out)),
        *modes("numpy", writes(numpy_plain(view))),
        *modes("numpy pixels", writes(numpy_pixels(view))),
        Contender("np.copyto", OUT, writes(plain_copy), reference=True),
    ]
    if cv2:
        step = opencv_turn if turn else opencv_transpose
        result += modes("opencv", opencv_loop(step))
        result += modes("opencv pool", opencv_loop(step, pool=True), **peers.OPENCV_POOL)
    if torch:
        result += (
            [Contender("torch", FRESH, torch_turn)]
            if turn
            else modes("torch", writes(torch_transpose))
        )
    return result


def workload(function, view, *shape, **options):
    return Workload(
        name=title(function.__name__, shape),
        inputs=images_of(*shape),
        expected=lambda job: view(job.images).copy(),
        contenders=contenders(function, view),
        **options,
    )


def workloads(function, view):
    return [
        workload(function, view, 256, 224, 224, 3),
        workload(function, view, 4096, 32, 32, 3),
        workload(function, view, 256, 224, 224, 1, only_full=True),
        workload(function, view, 256, 224, 224, 4, only_full=True),
        workload(function, view, 64, 480, 640, 3, only_full=True),
    ]


@races(*workloads(fa.rot90, turned))
def test_rot90(entry, run):
    run(entry)


@races(*workloads(fa.transpose, transposed))
def test_transpose(entry, run):
    run(entry)
