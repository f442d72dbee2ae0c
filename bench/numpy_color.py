"""Colour as a NumPy expert writes it: tables, and arithmetic in blocks that stay in the cache.

Each ``prepare(shape)`` allocates buffers for one image of a batch of uint8 and returns
``step(image, target, value)``; the harness sees it through `per_image`.
"""

import numpy as np

from harness import writes

WEIGHTS = np.array([0.2989, 0.587, 0.114], np.float32)
# Weights of gray in 256ths, which add up to 256: sums fit into 16 bits.
WEIGHTS_256 = np.array([77, 150, 29], np.uint16)
LEVELS = np.arange(256, dtype=np.float32)
HALF, TOP = np.float32(0.5), np.float32(255)
# Values in a block: its float32 buffers stay in a processor's own cache.
BLOCK = 3 * 16384


def per_image(prepare):
    """Turn `prepare` into a contender's `make`; each image gets its own of `job.values`."""

    def make(job, out):
        step = prepare(job.images.shape[1:])

        def fill(job, target):
            for image, place, value in zip(job.images, target, job.values, strict=True):
                step(image, place, value)

        return writes(fill)(job, out)

    return make


def tall(prepare):
    """Do the same with the batch as one tall image: fewer Python steps for small images."""

    def make(job, out):
        count, height, width, channels = job.images.shape
        shape = (count * height, width, channels)
        step = prepare(shape)

        def fill(job, target):
            step(job.images.reshape(shape), target.reshape(*shape[:2], -1), None)

        return writes(fill)(job, out)

    return make


def rounded(values):
    """Float32 to uint8, half up; for tables and other small arrays."""
    return (np.clip(values, 0, 255) + HALF).astype(np.uint8)


def table(levels_of):
    """Look every value up among all 256 results; ``levels_of(value)`` computes those."""

    def prepare(_shape):
        def step(image, target, value):
            np.take(rounded(levels_of(value)), image, out=target, mode="clip")

        return step

    return prepare


def look_up(image, target, levels):
    """Look every value up with a method of `bytes`, whose loop beats that of `numpy.take`."""
    looked_up = image.tobytes().translate(levels.tobytes())
    target.reshape(-1)[:] = np.frombuffer(looked_up, np.uint8)


def translate(levels_of):
    """Do the same as `table` by `look_up`."""

    def prepare(_shape):
        def step(image, target, value):
            look_up(image, target, rounded(levels_of(value)))

        return step

    return prepare


def brighter(value):
    return LEVELS * np.float32(value)


def powers(value):
    return TOP * (LEVELS / TOP) ** np.float32(value)


def blocks(image, target):
    """Pairs of flat pieces of an image and of its result."""
    source, result = image.reshape(-1), target.reshape(-1)
    for start in range(0, source.size, BLOCK):
        yield source[start : start + BLOCK], result[start : start + BLOCK]


def store(values, target):
    """Clip float32 in place and cast it."""
    np.clip(values, 0, TOP, out=values)
    np.copyto(target, values, casting="unsafe")


def scale_and_shift(image, target, scale, shift, buffer):
    """``scale * x + shift``, rounded half up and clipped, block by block."""
    shift = np.float32(shift + 0.5)
    for source, result in blocks(image, target):
        values = buffer[: source.size]
        np.multiply(source, np.float32(scale), out=values)
        values += shift
        store(values, result)


def brightness_arithmetic(_shape):
    buffer = np.empty(BLOCK, np.float32)

    def step(image, target, factor):
        scale_and_shift(image, target, factor, 0.0, buffer)

    return step


def mean_gray(image):
    """Add up rows first, which run over all channels and need no strides."""
    height, width, channels = image.shape
    sums = image.reshape(height, -1).sum(axis=0, dtype=np.uint32)
    return sums.reshape(-1, channels).sum(axis=0) @ WEIGHTS / (height * width)


def contrast_translate(_shape):
    def step(image, target, factor):
        levels = rounded(LEVELS * np.float32(factor) + (1 - factor) * mean_gray(image))
        look_up(image, target, levels)

    return step


def contrast_arithmetic(_shape):
    buffer = np.empty(BLOCK, np.float32)

    def step(image, target, factor):
        shift = (1 - factor) * mean_gray(image)
        scale_and_shift(image, target, factor, shift, buffer)

    return step


def saturation_matrix(_shape):
    """Multiply each pixel by a matrix of 3 x 3, in BLAS."""
    pixels, mixed = (np.empty((BLOCK // 3, 3), np.float32) for _ in range(2))

    def step(image, target, factor):
        matrix = np.float32(factor) * np.eye(3, dtype=np.float32)
        matrix += np.float32(1 - factor) * WEIGHTS[:, np.newaxis]
        for source, result in blocks(image, target):
            count = source.size // 3
            pixels[:count] = source.reshape(-1, 3)
            values = np.matmul(pixels[:count], matrix, out=mixed[:count]).reshape(-1)
            values += HALF
            store(values, result)

    return step


def saturation_planes(_shape):
    """Gray as a product with a vector, then channel by channel."""
    pixels = np.empty((BLOCK // 3, 3), np.float32)
    gray, plane = (np.empty(BLOCK // 3, np.float32) for _ in range(2))

    def step(image, target, factor):
        weights = np.float32(1 - factor) * WEIGHTS
        for source, result in blocks(image, target):
            count = source.size // 3
            pixels[:count] = source.reshape(-1, 3)
            shift, values = gray[:count], plane[:count]
            np.matmul(pixels[:count], weights, out=shift)
            shift += HALF
            for channel in range(3):
                np.multiply(pixels[:count, channel], np.float32(factor), out=values)
                values += shift
                store(values, result[channel::3])

    return step


def hue_planes(_shape):
    """Turn the hue without a search for its sector: each channel is a triangle wave of the hue."""
    planes = [np.empty(BLOCK // 3, np.float32) for _ in range(7)]
    sixth = np.float32(1 / 6)

    def step(image, target, delta):
        for source, result in blocks(image, target):
            count = source.size // 3
            red, green, blue, largest, chroma, hue, wave = (p[:count] for p in planes)
            for channel, plane in enumerate((red, green, blue)):
                plane[...] = source[channel::3]
            np.maximum(np.maximum(red, green, out=largest), blue, out=largest)
            np.minimum(np.minimum(red, green, out=chroma), blue, out=chroma)
            np.subtract(largest, chroma, out=chroma)
            # In sixths of a turn times the chroma, by which of the channels is the largest.
            np.add(np.subtract(red, green, out=hue), 4 * chroma, out=hue)
            np.copyto(hue, (blue - red) + 2 * chroma, where=largest == green)
            np.copyto(hue, green - blue, where=largest == red)
            hue /= np.maximum(chroma, 1, out=wave)
            hue += np.float32(6 * delta)
            for channel, peak in enumerate((0, 2, 4)):
                # The distance from the channel's peak around the circle of 6.
                np.subtract(hue, np.float32(peak), out=wave)
                turns = np.rint(np.multiply(wave, sixth, out=red), out=red)
                turns *= np.float32(6)
                wave -= turns
                np.abs(wave, out=wave)
                # Full up to 1 away, none from 2 on: `wave - 1` is what of the chroma is lost.
                wave -= np.float32(1)
                np.clip(wave, 0, 1, out=wave)
                wave *= chroma
                np.subtract(largest, wave, out=wave)
                wave += HALF
                np.copyto(result[channel::3], wave, casting="unsafe")

    return step


def gray_integers(shape):
    """Whole numbers of 16 bits, rounded half up after the sum."""
    total, term = (np.empty(shape[:2], np.uint16) for _ in range(2))

    def step(image, target, _value):
        np.multiply(image[..., 0], WEIGHTS_256[0], out=total)
        for channel in (1, 2):
            np.add(
                total, np.multiply(image[..., channel], WEIGHTS_256[channel], out=term), out=total
            )
        np.add(total, 128, out=total)
        np.right_shift(total, 8, out=total)
        np.copyto(target[..., 0], total, casting="unsafe")

    return step


def gray_product(_shape):
    """Multiply each pixel by the weights, in BLAS."""
    pixels, gray = np.empty((BLOCK // 3, 3), np.float32), np.empty(BLOCK // 3, np.float32)

    def step(image, target, _value):
        flat, result = image.reshape(-1, 3), target.reshape(-1)
        for start in range(0, len(flat), len(gray)):
            source = flat[start : start + len(gray)]
            values = gray[: len(source)]
            pixels[: len(source)] = source
            np.matmul(pixels[: len(source)], WEIGHTS, out=values)
            values += HALF
            np.copyto(result[start : start + len(gray)], values, casting="unsafe")

    return step


def solarize_bits(shape):
    """Invert by an exclusive or with 255 where the comparison says so."""
    bright = np.empty(shape, bool)
    mask = bright.view(np.int8)

    def step(image, target, threshold):
        np.greater_equal(image, np.uint8(threshold), out=bright)
        np.negative(mask, out=mask)
        np.bitwise_xor(image, mask.view(np.uint8), out=target)

    return step


def posterize_mask(_shape):
    def step(image, target, bits):
        np.bitwise_and(image, np.uint8(256 - (1 << (8 - bits))), out=target)

    return step


def posterize_batch(job, target):
    """Mask the whole batch with one call."""
    masks = np.array([256 - (1 << (8 - bits)) for bits in job.values], np.uint8)
    np.bitwise_and(job.images, masks[:, np.newaxis, np.newaxis, np.newaxis], out=target)


def inverted(_shape):
    return lambda image, target, _value: np.invert(image, out=target)
