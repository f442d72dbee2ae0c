"""Arrays that several benchmarks start from."""

from types import SimpleNamespace

import numpy as np


def random_images(*shape, dtype=np.uint8):
    """Noise: whole numbers over the dtype's range, or floats in [0, 1)."""
    generator = np.random.default_rng(1)
    if np.issubdtype(dtype, np.floating):
        return generator.random(shape, dtype=dtype)
    return generator.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def images_of(*shape, dtype=np.uint8):
    """Build the `inputs` of a workload that needs nothing but images."""
    return lambda: SimpleNamespace(images=random_images(*shape, dtype=dtype))


def title(function, shape, dtype=np.uint8):
    """Name of a workload, such as "hflip uint8 256x224x224x3"."""
    return f"{function} {np.dtype(dtype)} {'x'.join(map(str, shape))}"
