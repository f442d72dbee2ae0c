"""(x * scale - mean) / std in float64, for one (H, W, C) image."""

import numpy as np

SCALE = {
    np.dtype(np.uint8): 1 / 255,
    np.dtype(np.uint16): 1 / 65535,
    np.dtype(np.float32): 1.0,
}


def normalize(image, mean, std):
    scaled = image.astype(np.float64) * SCALE[image.dtype]
    return (scaled - np.asarray(mean, np.float64)) / np.asarray(std, np.float64)


def error_bound(image, mean, std, dtype):
    """Largest honest error: a few float32 roundings of each term, then one rounding to dtype."""
    scaled = np.abs(image.astype(np.float64)) * SCALE[image.dtype]
    mean, std = np.abs(np.asarray(mean, np.float64)), np.abs(np.asarray(std, np.float64))
    size_of_terms = (scaled + mean) / std
    bound = 4 * 2.0**-24 * size_of_terms
    if np.dtype(dtype) == np.float16:
        bound = bound + 2.0**-11 * size_of_terms + 2.0**-25
    return bound
