"""Resizing of one (H, W, C) image by dense weight matrices in float64, in the plainest code."""

import math

import numpy as np

from oracles.geometry import size_pair


def triangle(x):
    return max(1.0 - abs(x), 0.0)


def keys_cubic(a):
    """Keys' cubic convolution with slope a at 1."""

    def kernel(x):
        x = abs(x)
        if x < 1:
            return (a + 2) * x**3 - (a + 3) * x**2 + 1
        if x < 2:
            return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
        return 0.0

    return kernel


def filter_weights(inputs, outputs, kernel):
    """Matrix (outputs, inputs) of the filter widened when shrinking, rows that sum to 1."""
    scale = inputs / outputs
    matrix = np.zeros((outputs, inputs))
    for i in range(outputs):
        for j in range(inputs):
            distance = (j + 0.5) - (i + 0.5) * scale
            matrix[i, j] = kernel(distance / max(scale, 1.0))
        matrix[i] /= matrix[i].sum()
    return matrix


def neighbour_weights(inputs, outputs, kernel, radius):
    """Matrix (outputs, inputs) of the kernel as it is, the outermost inputs repeated."""
    scale = inputs / outputs
    matrix = np.zeros((outputs, inputs))
    for i in range(outputs):
        position = (i + 0.5) * scale - 0.5
        below = math.floor(position)
        for j in range(below - radius + 1, below + radius + 1):
            matrix[i, min(max(j, 0), inputs - 1)] += kernel(position - j)
    return matrix


def nearest_index(inputs, outputs):
    """floor((i + 0.5) * inputs / outputs), in whole numbers."""
    return [(2 * i + 1) * inputs // (2 * outputs) for i in range(outputs)]


def axis_weights(inputs, outputs, interpolation="bilinear", antialias=True):
    """Matrix (outputs, inputs) whose product with a line of pixels is the resized line."""
    if interpolation == "nearest":
        return np.eye(inputs)[nearest_index(inputs, outputs)]
    if antialias:
        kernel = triangle if interpolation == "bilinear" else keys_cubic(-0.5)
        return filter_weights(inputs, outputs, kernel)
    if interpolation == "bilinear":
        return neighbour_weights(inputs, outputs, triangle, radius=1)
    return neighbour_weights(inputs, outputs, keys_cubic(-0.75), radius=2)


def resize(image, size, interpolation="bilinear", antialias=True):
    """Float64 result before any clamping or rounding."""
    height, width = size_pair(size)
    rows = axis_weights(image.shape[0], height, interpolation, antialias)
    columns = axis_weights(image.shape[1], width, interpolation, antialias)
    return np.einsum("yj,jic,xi->yxc", rows, image.astype(np.float64), columns, optimize=True)


def resized_crop(image, box, size, interpolation="bilinear", antialias=True):
    """Resize of the box cut out."""
    x0, y0, x1, y1 = box
    return resize(image[y0:y1, x0:x1], size, interpolation, antialias)
