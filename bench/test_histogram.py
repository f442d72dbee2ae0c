"""Tone curves that each image decides for itself: `equalize` and `autocontrast`."""

from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import peers
from harness import Workload, modes, races, writes
from inputs import random_images, title
from oracles import geometry, histogram
from peers import cv2

pillow = peers.import_if_installed("PIL.Image")
if pillow:
    from PIL import ImageOps

# Autocontrast rounds, by less than a level either way in float32; Pillow truncates.
TOLERANCE = {"equalize": 0, "autocontrast": 1}


def dark_images(*shape):
    """Noise over half of the levels, other ones in each image: full ones would stay as they are."""

    def inputs():
        images = random_images(*shape)
        images //= 2
        lowest = np.random.default_rng(2).integers(0, 128, (len(images), 1, 1, 1), dtype=np.uint8)
        images += lowest
        return SimpleNamespace(images=images)

    return inputs


def oracle_of(name):
    def oracle(job):
        results = [getattr(histogram, name)(image) for image in job.images]
        return np.stack([geometry.round_half_up(result, np.uint8) for result in results])

    return oracle


def fast_augment(name):
    return lambda job, out: lambda: getattr(fa, name)(job.images, out=out)


def equalizing_levels(counts):
    """Build the table of one channel from its counts."""
    step = (counts.sum() - counts[np.flatnonzero(counts)[-1]]) // 255
    if step == 0:
        return np.arange(256, dtype=np.uint8)
    below = np.cumsum(counts) - counts
    return np.minimum((below + step // 2) // step, 255).astype(np.uint8)


def numpy_equalize(job, out):
    """Count and look up channel by channel, through a plane that is kept."""
    plane = np.empty(job.images.shape[1:3], np.uint8)

    def fill(job, target):
        for image, result in zip(job.images, target, strict=True):
            for channel in range(image.shape[-1]):
                plane[...] = image[..., channel]
                counts = np.bincount(plane.reshape(-1), minlength=256)
                looked_up = plane.tobytes().translate(equalizing_levels(counts).tobytes())
                result[..., channel] = np.frombuffer(looked_up, np.uint8).reshape(plane.shape)

    return writes(fill)(job, out)


def numpy_equalize_at_once(job, out):
    """Count and look up all channels at once: each has its own 256 of the levels."""
    _, height, width, channels = job.images.shape
    offsets = np.tile(256 * np.arange(channels), height * width)
    indices = np.empty(offsets.size, np.intp)

    def fill(job, target):
        for image, result in zip(job.images, target, strict=True):
            np.add(image.reshape(-1), offsets, out=indices)
            counts = np.bincount(indices, minlength=256 * channels).reshape(channels, 256)
            table = np.concatenate([equalizing_levels(row) for row in counts])
            np.take(table, indices, out=result.reshape(-1), mode="clip")

    return writes(fill)(job, out)


def numpy_autocontrast(job, out):
    """Scale and shift whole rows; smallest and largest by rows first, which needs no strides."""
    _, height, width, channels = job.images.shape
    values = np.empty((height, width * channels), np.float32)

    def fill(job, target):
        for image, result in zip(job.images, target, strict=True):
            rows = image.reshape(height, -1)
            lowest = rows.min(axis=0).reshape(width, channels).min(axis=0).astype(np.float32)
            highest = rows.max(axis=0).reshape(width, channels).max(axis=0).astype(np.float32)
            flat = highest == lowest
            scale = np.where(flat, 1, 255 / np.where(flat, 1, highest - lowest))
            shift = np.where(flat, 0, -lowest * scale) + 0.5
            np.multiply(rows, np.tile(scale.astype(np.float32), width), out=values)
            np.add(values, np.tile(shift.astype(np.float32), width), out=values)
            np.copyto(result.reshape(height, -1), values, casting="unsafe")

    return writes(fill)(job, out)


def opencv_autocontrast(source, target):
    """One table of three channels from the ends of each."""
    table = np.empty((1, 256, 3), np.uint8)
    for channel in range(3):
        low, high, _, _ = cv2.minMaxLoc(cv2.extractChannel(source, channel))
        levels = (np.arange(256) - low) * (255 / max(high - low, 1)) + 0.5
        table[0, :, channel] = np.clip(levels, 0, 255)
    cv2.LUT(source, table, dst=target)


def opencv_equalize(source, target):
    """Count with OpenCV, whose own `equalizeHist` has another table."""
    table = np.empty((1, 256, 3), np.uint8)
    for channel in range(3):
        counts = cv2.calcHist([source], [channel], None, [256], [0, 256])
        table[0, :, channel] = equalizing_levels(counts.reshape(-1).astype(np.int64))
    cv2.LUT(source, table, dst=target)


def opencv_loop(step, pool=False):
    return lambda job, out: peers.per_image(step, job, out, pool=pool)


def pillow_loop(name):
    def step(source, target):
        target[...] = getattr(ImageOps, name)(pillow.fromarray(source))

    return lambda job, out: peers.per_image(step, job, out)


def contenders(name):
    tolerance = TOLERANCE[name]
    result = modes("fast_augment", fast_augment(name), tolerance=tolerance)
    if name == "equalize":
        result += modes("numpy channels", numpy_equalize, tolerance=tolerance)
        result += modes("numpy at once", numpy_equalize_at_once, tolerance=tolerance)
    else:
        result += modes("numpy", numpy_autocontrast, tolerance=tolerance)
    if cv2:
        step = opencv_equalize if name == "equalize" else opencv_autocontrast
        pool = opencv_loop(step, pool=True)
        result += modes("opencv", opencv_loop(step), tolerance=tolerance)
        result += modes("opencv pool", pool, tolerance=tolerance, **peers.OPENCV_POOL)
    if pillow:
        result += modes("pillow", pillow_loop(name), tolerance=tolerance)
    return result


def workload(name, *shape, **options):
    return Workload(
        name=title(name, shape),
        inputs=dark_images(*shape),
        expected=oracle_of(name),
        contenders=contenders(name),
        time_share=0.6,
        **options,
    )


@races(
    workload("equalize", 16, 224, 224, 3),
    workload("autocontrast", 64, 224, 224, 3),
    workload("equalize", 64, 224, 224, 3, only_full=True),
)
def test_histogram(entry, run):
    run(entry)
