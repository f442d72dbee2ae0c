"""Gaussian blur and sharpness of one (H, W, C) image in float64, before any rounding."""

import numpy as np

from oracles import geometry

SMOOTH = ((1, 1, 1), (1, 5, 1), (1, 1, 1))


def gaussian_weights(size, sigma=None):
    if sigma is None:
        sigma = 0.3 * ((size - 1) * 0.5 - 1) + 0.8
    distance = np.arange(size) - size // 2
    weights = np.exp(-0.5 * (distance / sigma) ** 2)
    return weights / weights.sum()


def gaussian_blur(image, kernel_size, sigma=None):
    kernel_height, kernel_width = geometry.size_pair(kernel_size)
    height, width, _ = image.shape
    ys, xs = np.arange(height)[:, None], np.arange(width)[None, :]
    result = np.zeros(image.shape)
    for j, weight_y in enumerate(gaussian_weights(kernel_height, sigma)):
        for i, weight_x in enumerate(gaussian_weights(kernel_width, sigma)):
            y, x = ys + j - kernel_height // 2, xs + i - kernel_width // 2
            result += weight_y * weight_x * geometry.extended_pixels(image, y, x, "reflect", 0)
    return result


def sharpness(image, factor, value_range=(0.0, 1.0)):
    if np.issubdtype(image.dtype, np.integer):
        value_range = (0.0, float(np.iinfo(image.dtype).max))
    pixels = image.astype(np.float64)
    height, width, _ = image.shape
    if height <= 2 or width <= 2 or factor == 1:
        return pixels
    smooth = np.zeros((height - 2, width - 2, image.shape[-1]))
    for j, weights in enumerate(SMOOTH):
        for i, weight in enumerate(weights):
            smooth += weight / 13 * pixels[j : j + height - 2, i : i + width - 2]
    result = pixels.copy()
    inside = factor * pixels[1:-1, 1:-1] + (1 - factor) * smooth
    result[1:-1, 1:-1] = np.clip(inside, *value_range)
    return result
