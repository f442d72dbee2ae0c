"""Quarter turns and transposition: `rot90` and `transpose`."""

import functools

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


def turned_twice(images):
    return images[:, ::-1, ::-1]


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


def opencv_turn_twice(source, target):
    cv2.rotate(source, cv2.ROTATE_180, target)


def opencv_transpose(source, target):
    cv2.transpose(source, target)


def opencv_loop(step, pool=False):
    return lambda job, out: peers.per_image(step, job, out, pool=pool)


def torch_turn(turns):
    return lambda job, _out: lambda: torch.rot90(torch.from_numpy(job.images), turns, (1, 2))


def torch_transpose(job, target):
    torch.from_numpy(target).copy_(torch.from_numpy(job.images).transpose(1, 2))


# Work by its name: our function, the view that it copies, the step of OpenCV.
turn_twice = functools.partial(fa.rot90, k=2)
WORK = {
    "rot90": (fa.rot90, turned, opencv_turn),
    "rot90 twice": (turn_twice, turned_twice, opencv_turn_twice),
    "transpose": (fa.transpose, transposed, opencv_transpose),
}
TURNS = {"rot90": 1, "rot90 twice": 2}


def contenders(name):
    function, view, step = WORK[name]
    result = [
        *modes("fast_augment", lambda job, out: lambda: function(job.images, out=out)),
        *modes("numpy", writes(numpy_plain(view))),
        *modes("numpy pixels", writes(numpy_pixels(view))),
        Contender("np.copyto", OUT, writes(plain_copy), reference=True),
    ]
    if cv2:
        result += modes("opencv", opencv_loop(step))
        result += modes("opencv pool", opencv_loop(step, pool=True), **peers.OPENCV_POOL)
    if torch:
        result += (
            [Contender("torch", FRESH, torch_turn(TURNS[name]))]
            if name in TURNS
            else modes("torch", writes(torch_transpose))
        )
    return result


def workload(name, *shape, **options):
    view = WORK[name][1]
    return Workload(
        name=title(name, shape),
        inputs=images_of(*shape),
        expected=lambda job: view(job.images).copy(),
        contenders=contenders(name),
        **options,
    )


def workloads(name):
    return [
        workload(name, 256, 224, 224, 3),
        workload(name, 4096, 32, 32, 3),
        workload(name, 256, 224, 224, 1, only_full=True),
        workload(name, 256, 224, 224, 4, only_full=True),
        workload(name, 64, 480, 640, 3, only_full=True),
    ]


@races(*workloads("rot90"), workload("rot90 twice", 256, 224, 224, 3))
def test_rot90(entry, run):
    run(entry)


@races(*workloads("transpose"))
def test_transpose(entry, run):
    run(entry)
