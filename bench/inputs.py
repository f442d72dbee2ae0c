"""Arrays that several benchmarks start from."""

from types import SimpleNamespace

import numpy as np


def random_images(*shape, dtype=np.uint8):
    """Noise: whole numbers over the dtype's range, or floats in [0, 1)."""
    generator = np.random.default_rng(1)
    if np.issubdtype(dtype, np.floating):
        return generator.random(shape, dtype=dtype)
    return generator.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def photographs(count, height, width):
    """Smooth shades of all levels with a little noise, uint8, three channels.

    Neighbours are alike, so versions that round coordinates or resample twice stay close.
    """
    generator = np.random.default_rng(1)
    frequency, phase = (
        generator.uniform(2, 12, (2, count, 3)),
        generator.uniform(0, 6, (2, count, 3)),
    )
    lines = [
        np.sin(
            frequency[axis, :, np.newaxis] * np.linspace(0, 1, side)[:, np.newaxis]
            + phase[axis, :, np.newaxis]
        )
        for axis, side in enumerate((height, width))
    ]
    noise = generator.normal(0, 2, (height, width, 3)).astype(np.float32)
    images = np.empty((count, height, width, 3), np.uint8)
    for image, column, row in zip(images, *lines, strict=True):
        shades = 80 * (column[:, np.newaxis] + row).astype(np.float32) + 127.5
        image[...] = np.clip(shades + noise, 0, 255)
    return images


def images_of(*shape, dtype=np.uint8):
    """Build the `inputs` of a workload that needs nothing but images."""
    return lambda: SimpleNamespace(images=random_images(*shape, dtype=dtype))


def title(function, shape, dtype=np.uint8):
    """Name of a workload, such as "hflip uint8 256x224x224x3"."""
    return f"{function} {np.dtype(dtype)} {'x'.join(map(str, shape))}"
