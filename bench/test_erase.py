"""Filling a rectangle of each image, as random erasing does: `erase`."""

from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import peers
from harness import OUT, Contender, Workload, modes, races, writes
from inputs import random_images, title
from oracles import erase as oracles
from peers import cv2, torch

# Share of an image's area, from the usual settings of random erasing.
AREA = (0.02, 0.33)
FILL = (124, 116, 104)


def rectangles(*shape):
    """Build inputs: one rectangle inside each image, up to twice as high as wide or as wide."""

    def inputs():
        count, height, width, _ = shape
        generator = np.random.default_rng(2)
        area = generator.uniform(*AREA, count) * height * width
        ratio = np.exp(generator.uniform(-np.log(2), np.log(2), count))
        sizes = np.stack([np.sqrt(area * ratio), np.sqrt(area / ratio)], axis=1).astype(np.int64)
        places = generator.integers(0, [height, width] - sizes, endpoint=True)
        return SimpleNamespace(
            images=random_images(*shape),
            tops=places[:, 0],
            lefts=places[:, 1],
            sizes=sizes,
            fill=np.array(FILL, np.uint8),
        )

    return inputs


def corners(job):
    """Top, bottom, left and right of each rectangle as Python numbers."""
    return zip(
        job.tops.tolist(),
        (job.tops + job.sizes[:, 0]).tolist(),
        job.lefts.tolist(),
        (job.lefts + job.sizes[:, 1]).tolist(),
        strict=True,
    )


def oracle(job):
    rectangles = zip(job.images, job.tops, job.lefts, job.sizes.tolist(), strict=True)
    return np.stack([oracles.erase(i, y, x, tuple(s), job.fill) for i, y, x, s in rectangles])


def fast_augment(job, out):
    return lambda: fa.erase(job.images, job.tops, job.lefts, job.sizes, fill=FILL, out=out)


def numpy_batch(job, target):
    """Copy the batch, then fill."""
    np.copyto(target, job.images)
    for image, (top, bottom, left, right) in zip(target, corners(job), strict=True):
        image[top:bottom, left:right] = job.fill


def numpy_image(job, out):
    """Copy and fill image by image; rows of the fill are ready made, so that rows are copied."""
    _, _, width, channels = job.images.shape
    row = np.tile(job.fill, width)

    def fill(job, target):
        pairs = zip(job.images, target, corners(job), strict=True)
        for source, image, (top, bottom, left, right) in pairs:
            np.copyto(image, source)
            rows = image.reshape(len(image), -1)[top:bottom, left * channels : right * channels]
            rows[...] = row[: rows.shape[1]]

    return writes(fill)(job, out)


def plain_copy(job, target):
    np.copyto(target, job.images)


def opencv_loop(pool=False):
    def step(source, target, corners):
        top, bottom, left, right = corners
        np.copyto(target, source)
        # Both corners belong to the rectangle.
        cv2.rectangle(target, (left, top), (right - 1, bottom - 1), FILL, cv2.FILLED)

    return lambda job, out: peers.per_image(step, job, out, list(corners(job)), pool=pool)


def torch_slices(job, target):
    result = torch.from_numpy(target)
    result.copy_(torch.from_numpy(job.images))
    colour = torch.from_numpy(job.fill)
    for image, (top, bottom, left, right) in zip(result, corners(job), strict=True):
        image[top:bottom, left:right] = colour


def contenders():
    result = [
        *modes("fast_augment", fast_augment),
        *modes("numpy batch", writes(numpy_batch)),
        *modes("numpy image", numpy_image),
        Contender("np.copyto", OUT, writes(plain_copy), reference=True),
    ]
    if cv2:
        result += modes("opencv", opencv_loop())
        result += modes("opencv pool", opencv_loop(pool=True), **peers.OPENCV_POOL)
    if torch:
        result += modes("torch", writes(torch_slices))
    return result


def workload(*shape, **options):
    return Workload(
        name=title("erase", shape),
        inputs=rectangles(*shape),
        expected=oracle,
        contenders=contenders(),
        time_share=0.6,
        **options,
    )


@races(
    workload(64, 224, 224, 3),
    workload(1024, 32, 32, 3, only_full=True),
)
def test_erase(entry, run):
    run(entry)
