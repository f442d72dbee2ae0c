"""Cutting windows out of images and padding them: `crop` and `pad`."""

from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import peers
from harness import OUT, Contender, Workload, modes, races, writes
from inputs import images_of, random_images, title
from peers import cv2, numba, torch

if numba:
    import numba_loops

CIFAR_PADDING = 4


def random_windows(shape, size, margin=0):
    """Build inputs: a window of its own for each image, up to `margin` pixels outside."""

    def inputs():
        images = random_images(*shape)
        generator = np.random.default_rng(2)
        count, height, width, _ = shape
        return SimpleNamespace(
            images=images,
            tops=generator.integers(-margin, height - size + margin, count, endpoint=True),
            lefts=generator.integers(-margin, width - size + margin, count, endpoint=True),
            size=size,
        )

    return inputs


def windows_inside(job):
    """Oracle of windows that lie inside the images."""
    windows = zip(job.images, job.tops, job.lefts, strict=True)
    return np.stack([i[y : y + job.size, x : x + job.size] for i, y, x in windows])


def windows_outside(job):
    """Oracle of windows that reach up to CIFAR_PADDING pixels outside."""
    sides = ((0, 0), (CIFAR_PADDING, CIFAR_PADDING), (CIFAR_PADDING, CIFAR_PADDING), (0, 0))
    padded = SimpleNamespace(**vars(job))
    padded.images = np.pad(job.images, sides)
    padded.tops, padded.lefts = job.tops + CIFAR_PADDING, job.lefts + CIFAR_PADDING
    return windows_inside(padded)


def fast_augment_crop(job, out):
    return lambda: fa.crop(job.images, job.tops, job.lefts, job.size, out=out)


def numpy_loop(images, tops, lefts, size, target):
    positions = zip(target, images, tops.tolist(), lefts.tolist(), strict=True)
    for result, image, top, left in positions:
        result[...] = image[top : top + size, left : left + size]


def numpy_gather(images, tops, lefts, size, target):
    """One fancy index over a view of all windows: fewer Python steps for small images."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))
    chosen = windows[np.arange(len(images)), tops, lefts]
    np.copyto(target, np.moveaxis(chosen, 1, 3))


def numpy_inside(method):
    return lambda job, target: method(job.images, job.tops, job.lefts, job.size, target)


def numpy_outside(method):
    """Pad into a buffer that is kept between calls, then cut inside it."""

    def make(job, out):
        pad = CIFAR_PADDING
        count, height, width, channels = job.images.shape
        padded = np.zeros((count, height + 2 * pad, width + 2 * pad, channels), np.uint8)

        def fill(job, target):
            padded[:, pad:-pad, pad:-pad] = job.images
            method(padded, job.tops + pad, job.lefts + pad, job.size, target)

        return writes(fill)(job, out)

    return make


def plain_copy(job, target):
    """Copy as many bytes as the result has, from packed memory."""
    np.copyto(target.reshape(-1), job.images.reshape(-1)[: target.size])


def numba_crop(name):
    def fill(job, target):
        rows, target_rows = numba_loops.rows_of(job.images), numba_loops.rows_of(target)
        getattr(numba_loops, name)(rows, job.tops, job.lefts * target.shape[-1], target_rows)

    return fill


def torch_inside(job, target):
    source, result = torch.from_numpy(job.images), torch.from_numpy(target)
    positions = zip(result, source, job.tops.tolist(), job.lefts.tolist(), strict=True)
    for image, original, top, left in positions:
        image.copy_(original[top : top + job.size, left : left + job.size])


def inside_contenders():
    result = [
        *modes("fast_augment", fast_augment_crop),
        *modes("numpy loop", writes(numpy_inside(numpy_loop))),
        Contender("np.copyto", OUT, writes(plain_copy), reference=True),
    ]
    if numba:
        result += modes("numba", writes(numba_crop("crop")))
    if torch:
        result += modes("torch", writes(torch_inside))
    return result


def outside_contenders():
    result = [
        *modes("fast_augment", fast_augment_crop),
        *modes("numpy loop", numpy_outside(numpy_loop)),
        *modes("numpy windows", numpy_outside(numpy_gather)),
    ]
    if numba:
        result += modes("numba", writes(numba_crop("padded_crop")))
    return result


@races(
    Workload(
        name=title("crop to 224", (256, 256, 256, 3)),
        inputs=random_windows((256, 256, 256, 3), 224),
        expected=windows_inside,
        contenders=inside_contenders(),
        threads=(1, peers.ALL_THREADS),
    ),
    Workload(
        name=title("crop to 32 with padding 4", (1024, 32, 32, 3)),
        inputs=random_windows((1024, 32, 32, 3), 32, margin=CIFAR_PADDING),
        expected=windows_outside,
        contenders=outside_contenders(),
    ),
)
def test_crop(entry, run):
    run(entry)


def numpy_pad(padding, mode):
    """Constant zeros by hand, which is faster than `numpy.pad`; that for the other borders."""
    inside = (slice(None), slice(padding, -padding), slice(padding, -padding))

    def constant(job, target):
        target[:, :padding] = 0
        target[:, -padding:] = 0
        target[:, :, :padding] = 0
        target[:, :, -padding:] = 0
        target[inside] = job.images

    def other(job, target):
        target[inside] = job.images
        pad, rows, columns = padding, target[:, padding:-padding], target
        rows[:, :, :pad] = rows[:, :, 2 * pad : pad : -1]
        rows[:, :, -pad:] = rows[:, :, -pad - 2 : -2 * pad - 2 : -1]
        columns[:, :pad] = columns[:, 2 * pad : pad : -1]
        columns[:, -pad:] = columns[:, -pad - 2 : -2 * pad - 2 : -1]

    return constant if mode == "constant" else other


def opencv_pad(padding, mode, pool=False):
    border = {"constant": "BORDER_CONSTANT", "reflect": "BORDER_REFLECT_101"}[mode]

    def step(source, target):
        sides = (padding, padding, padding, padding)
        cv2.copyMakeBorder(source, *sides, getattr(cv2, border), target, 0)

    return lambda job, out: peers.per_image(step, job, out, pool=pool)


def pad_contenders(padding, mode):
    def fast_augment(job, out):
        return lambda: fa.pad(job.images, padding, border=mode, out=out)

    result = [
        *modes("fast_augment", fast_augment),
        *modes("numpy", writes(numpy_pad(padding, mode))),
    ]
    if cv2:
        pool = opencv_pad(padding, mode, pool=True)
        result += modes("opencv", opencv_pad(padding, mode))
        result += modes("opencv pool", pool, **peers.OPENCV_POOL)
    return result


def pad_workload(padding, mode, *shape, **options):
    sides = ((0, 0), (padding, padding), (padding, padding), (0, 0))
    return Workload(
        name=title(f"pad {padding} {mode}", shape),
        inputs=images_of(*shape),
        expected=lambda job: np.pad(job.images, sides, mode=mode),
        contenders=pad_contenders(padding, mode),
        **options,
    )


@races(
    pad_workload(4, "constant", 1024, 32, 32, 3),
    pad_workload(16, "reflect", 64, 224, 224, 3),
    pad_workload(16, "constant", 64, 224, 224, 3, only_full=True),
)
def test_pad(entry, run):
    run(entry)
