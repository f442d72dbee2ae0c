"""Sizes, dtypes and synthetic images."""

import numpy as np

# Around the vector widths of every instruction set, and odd tails.
SIZES = (1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 97)
CHANNELS = (1, 2, 3, 4, 5)
DTYPES = (np.uint8, np.uint16, np.float32)
BORDERS = ("constant", "edge", "reflect", "symmetric", "wrap")
INTERPOLATIONS = ("nearest", "bilinear", "bicubic")
SMOOTH = INTERPOLATIONS[1:]
LAYOUTS = ("HWC", "CHW")


def dtype_name(dtype):
    """Readable id of a parametrised test."""
    return np.dtype(dtype).name


def largest(dtype):
    """White: the top of an integer dtype, 1.0 for floats."""
    return np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1.0


def from_unit(values, dtype):
    """Values in [0, 1] as pixels of a dtype."""
    values = np.clip(values, 0.0, 1.0)
    if np.issubdtype(dtype, np.integer):
        return np.round(values * largest(dtype)).astype(dtype)
    return values.astype(dtype)


def noise(rng, shape, dtype):
    """White noise: the worst case for interpolation, as neighbours differ most."""
    return from_unit(rng.random(shape), dtype)


def photograph(rng, shape, dtype):
    """Smooth shades and an edge plus a little noise, of shape (H, W, C)."""
    height, width, channels = shape
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    planes = []
    for _ in range(channels):
        frequency, phase = rng.uniform(1, 9, size=4), rng.uniform(0, 6, size=2)
        shade = np.sin(frequency[0] * x + frequency[1] * y + phase[0])
        shade = shade + np.cos(frequency[2] * x - frequency[3] * y + phase[1])
        planes.append(0.5 + 0.2 * shade + 0.2 * (x > 0.6))
    return from_unit(np.stack(planes, axis=-1) + rng.normal(0, 0.02, shape), dtype)


def constant_image(shape, dtype):
    """One colour, another in each channel."""
    channels = np.arange(1, shape[-1] + 1) / (shape[-1] + 1)
    return np.ascontiguousarray(np.broadcast_to(from_unit(channels, dtype), shape))


def to_layout(images, layout):
    """A dense copy of (..., H, W, C) in another layout."""
    if layout == "HWC":
        return np.ascontiguousarray(images)
    return np.ascontiguousarray(np.moveaxis(images, -1, -3))


def from_layout(images, layout):
    """The same pixels seen as (..., H, W, C)."""
    return images if layout == "HWC" else np.moveaxis(images, -3, -1)


def random_matrices(rng, count, shape, size):
    """2x3 matrices of everyday and of rough warps, from a shape (H, W) to a size (h, w)."""
    height, width = shape
    result = np.empty((count, 2, 3))
    for i in range(count):
        angle = rng.uniform(-np.pi, np.pi)
        scale = np.exp(rng.uniform(-1.2, 1.2, size=2))
        shear = rng.uniform(-0.6, 0.6)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        linear = turn @ np.diag(scale) @ np.array([[1, shear], [0, 1]])
        if i % 5 == 0:
            linear = linear @ np.diag([-1, 1])
        from_centre = np.array([(width - 1) / 2, (height - 1) / 2])
        to_centre = np.array([(size[1] - 1) / 2, (size[0] - 1) / 2]) + rng.uniform(-15, 15, size=2)
        result[i] = np.column_stack([linear, to_centre - linear @ from_centre])
    return result


def random_perspectives(rng, count, shape, size):
    """3x3 matrices that lean the image; the horizon of every other one crosses the output."""
    result = np.empty((count, 3, 3))
    for i, flat in enumerate(random_matrices(rng, count, shape, size)):
        lean = rng.uniform(-1, 1, size=2) * (0.4 if i % 2 else 4) / max(size)
        middle = np.array([(size[1] - 1) / 2, (size[0] - 1) / 2])
        # Leans about the middle of the output, so that the image stays near.
        leaning = np.eye(3)
        leaning[2] = [*lean, 1 - lean @ middle]
        leaning[:2] += np.outer(middle, [*lean, -lean @ middle])
        result[i] = leaning @ np.vstack([flat, [0, 0, 1]])
    return result
