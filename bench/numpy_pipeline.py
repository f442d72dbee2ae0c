"""Pipelines as a NumPy expert writes them, in float32 from the first step on."""

import numpy as np

from harness import writes
from numpy_baselines import AffineSampler
from recipes import BIAS, SCALE, SIZE, WEIGHTS

TOP = np.float32(255)
GRAY = WEIGHTS.astype(np.float32)
# Per plane.
SCALES, BIASES = SCALE[:, np.newaxis, np.newaxis], BIAS[:, np.newaxis, np.newaxis]


def store(values, target):
    """Normalize (H, W, 3) into planes."""
    np.multiply(values.transpose(2, 0, 1), SCALES, out=target, casting="same_kind")
    target += BIASES


def neighbours(length):
    """First input, second input and the weight of that one, for each of SIZE outputs."""
    places = (np.arange(SIZE, dtype=np.float32) + np.float32(0.5)) * np.float32(length / SIZE)
    np.clip(places - np.float32(0.5), 0, length - 1, out=places)
    first = places.astype(np.intp)
    return first, np.minimum(first + 1, length - 1), places - first


def mix(near, far, weight):
    """``near + weight * (far - near)`` in place."""
    far -= near
    far *= weight
    near += far
    return near


def resize_by_gathers(box, is_flipped):
    """Two rows, then two columns: all that is read without antialiasing."""
    top, bottom, down = neighbours(box.shape[0])
    left, right, along = neighbours(box.shape[1])
    if is_flipped:
        left, right, along = left[::-1], right[::-1], along[::-1]
    rows = mix(
        box[top].astype(np.float32),
        box[bottom].astype(np.float32),
        down[:, np.newaxis, np.newaxis],
    )
    return mix(rows[:, left], rows[:, right], along[:, np.newaxis])


def dense_weights(length):
    """Matrix (SIZE, length) of a triangle as wide as two outputs, or two inputs."""
    scale = length / SIZE
    centres = (np.arange(SIZE) + 0.5) * scale - 0.5
    distance = np.abs(np.arange(length) - centres[:, np.newaxis]) / max(scale, 1.0)
    weights = np.maximum(1 - distance, 0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def resize_by_products(box, is_flipped):
    """Two products with dense weights, in BLAS; the channels move out of the way between them."""
    height, width, channels = box.shape
    rows, columns = dense_weights(height), dense_weights(width)
    if is_flipped:
        columns = columns[::-1]
    mixed = rows @ box.reshape(height, -1).astype(np.float32)
    planes = np.ascontiguousarray(mixed.reshape(SIZE, width, channels).transpose(2, 0, 1))
    result = planes.reshape(-1, width) @ columns.T
    return result.reshape(channels, SIZE, SIZE).transpose(1, 2, 0)


def clip(values):
    np.maximum(values, 0, out=values)
    np.minimum(values, TOP, out=values)


def jitter(values, steps):
    """Run each step on (H, W, 3) in place."""
    pixels = values.reshape(-1, 3)
    for name, factor in steps:
        if name == "saturation":
            gray = pixels @ (GRAY * np.float32(1 - factor))
            values *= np.float32(factor)
            pixels += gray[:, np.newaxis]
        else:
            shift = (1 - factor) * (pixels.mean(axis=0) @ GRAY) if name == "contrast" else 0
            values *= np.float32(factor)
            if shift:
                values += np.float32(shift)
        clip(values)


def photographs(job, out):
    """Contender's `make`."""
    resize = resize_by_products if job.antialias else resize_by_gathers
    sampler = AffineSampler((SIZE, SIZE, 3), np.float32)
    warped = np.empty((SIZE, SIZE, 3), np.float32)

    def fill(job, target):
        for image, place, draw in zip(job.images, target, job.draws, strict=True):
            values = resize(draw.box_of(image), draw.is_flipped)
            if draw.affine is not None:
                sampler(values, warped, draw.inverse)
                values = warped
            if draw.jitter:
                values = np.ascontiguousarray(values)
                jitter(values, draw.jitter)
            store(values, place)

    return writes(fill)(job, out)


MARGIN = 4


def small_images(job, out):
    """Pad into a kept buffer, choose all windows at once, mirror some; contender's `make`."""
    count, height, width, _ = job.images.shape
    padded = np.zeros((count, height + 2 * MARGIN, width + 2 * MARGIN, 3), np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (32, 32), axis=(1, 2))
    samples = np.arange(count)

    def fill(job, target):
        padded[:, MARGIN:-MARGIN, MARGIN:-MARGIN] = job.images
        chosen = windows[samples, job.tops + MARGIN, job.lefts + MARGIN]
        chosen[job.flips] = chosen[job.flips, ..., ::-1]
        np.multiply(chosen, SCALES, out=target, casting="same_kind")
        target += BIASES

    return writes(fill)(job, out)


def small_images_in_turn(job, out):
    """One image after the other, so that its values stay in the cache; contender's `make`."""
    count, height, width, _ = job.images.shape
    padded = np.zeros((count, height + 2 * MARGIN, width + 2 * MARGIN, 3), np.uint8)
    places = (job.tops + MARGIN).tolist(), (job.lefts + MARGIN).tolist(), job.flips.tolist()

    def fill(job, target):
        padded[:, MARGIN:-MARGIN, MARGIN:-MARGIN] = job.images
        for image, result, top, left, is_flipped in zip(padded, target, *places, strict=True):
            window = image[top : top + 32, left : left + 32]
            store(window[:, ::-1] if is_flipped else window, result)

    return writes(fill)(job, out)


class EdgeSampler(AffineSampler):
    """Bilinear warps with the border repeated: coordinates stop at the outermost pixels."""

    def __init__(self, shape, dtype):
        super().__init__(shape, dtype)
        height, width, _ = shape
        self.limit = np.float32(width), np.float32(height)

    def split(self, source, limit):
        """As in the base class, but never in the ring of zeros itself."""
        return super().split(np.maximum(source, np.float32(1), out=source), limit)


def digits(job, out):
    """Contender's `make`."""
    sampler = EdgeSampler(job.images.shape[1:], np.float32)

    def fill(job, target):
        for image, result, inverse in zip(job.images, target, job.inverses, strict=True):
            sampler(image, result, inverse)

    return writes(fill)(job, out)


def all_digits(job, out):
    """Do the same for the whole batch at once: fewer Python steps; contender's `make`."""
    count, height, width, _ = job.images.shape
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, np.newaxis]
    first = (np.arange(count) * (height * width))[:, np.newaxis, np.newaxis]
    rows = job.inverses.astype(np.float32)[..., np.newaxis, np.newaxis]

    def coordinates(row, last):
        source = row[:, 0] * x + (row[:, 1] * y + row[:, 2])
        np.clip(source, 0, np.float32(last), out=source)
        near = np.minimum(source.astype(np.int32), last - 1)
        source -= near
        return near, source

    def fill(job, target):
        pixels = job.images.reshape(-1)
        left, along = coordinates(rows[:, 0], width - 1)
        top, down = coordinates(rows[:, 1], height - 1)
        places = top * width + left + first
        above = mix(pixels[places], pixels[places + 1], along)
        places += width
        below = mix(pixels[places], pixels[places + 1], along)
        target[..., 0] = mix(above, below, down)

    return writes(fill)(job, out)
