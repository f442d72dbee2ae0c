"""Keras' transformations of one (H, W, C) image in float64, one pixel after the other."""

import math

import numpy as np

from oracles.geometry import round_half_up


def product_matrix(parameters, height, width, as_shipped=False):
    """Maps (x, y, 1) of the result to the source: rotation, shift, shear and zoom, multiplied."""
    theta = math.radians(parameters.get("theta", 0))
    shear = math.radians(parameters.get("shear", 0))
    cosine, sine = math.cos(theta), math.sin(theta)
    rotation = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    shift = np.array([[1, 0, parameters.get("tx", 0)], [0, 1, parameters.get("ty", 0)], [0, 0, 1]])
    lean = np.array([[1, -math.sin(shear), 0], [0, math.cos(shear), 0], [0, 0, 1]])
    zoom = np.diag([parameters.get("zx", 1), parameters.get("zy", 1), 1])
    x, y = (width - 1) / 2, (height - 1) / 2
    if as_shipped:
        x, y = y, x
    to_middle = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
    from_middle = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    return to_middle @ rotation @ shift @ lean @ zoom @ from_middle


def source_position(coordinate, side, fill_mode):
    """Where scipy.ndimage reads a line at a coordinate; None for the constant."""
    if fill_mode == "reflect" or 0 <= coordinate <= side - 1:
        return coordinate
    if fill_mode == "constant":
        return None
    if fill_mode == "wrap" and side > 1:
        # At a joint of two copies the one that is further away from the image counts.
        step = side - 1 if coordinate < 0 else 1 - side
        while coordinate <= 0 if step > 0 else coordinate >= side - 1:
            coordinate += step
        return coordinate
    return min(max(coordinate, 0), side - 1)


def pixel_index(index, side, fill_mode):
    if fill_mode == "reflect":
        index %= 2 * side
        return min(index, 2 * side - 1 - index)
    return min(max(index, 0), side - 1)


def sampled(image, x, y, fill_mode, cval, order):
    """Pixel (C,) of the image at a point."""
    height, width, channels = image.shape
    x, y = source_position(x, width, fill_mode), source_position(y, height, fill_mode)
    if x is None or y is None:
        return np.full(channels, float(cval))

    def pixel(row, column):
        row, column = pixel_index(row, height, fill_mode), pixel_index(column, width, fill_mode)
        return image[row, column].astype(np.float64)

    if order == 0:
        return pixel(math.floor(y + 0.5), math.floor(x + 0.5))
    left, top = math.floor(x), math.floor(y)
    along, down = x - left, y - top
    upper = pixel(top, left) * (1 - along) + pixel(top, left + 1) * along
    lower = pixel(top + 1, left) * (1 - along) + pixel(top + 1, left + 1) * along
    return upper * (1 - down) + lower * down


def affine(image, parameters, fill_mode="nearest", cval=0.0, order=1, as_shipped=False):
    """Float64 before it is rounded."""
    height, width, _ = image.shape
    matrix = product_matrix(parameters, height, width, as_shipped)
    # Noise of the products must not decide whether a pixel lies beyond the last one's centre.
    matrix = np.round(matrix, 12)
    result = np.empty(image.shape)
    for row in range(height):
        for column in range(width):
            x, y, _ = matrix @ (column, row, 1)
            result[row, column] = sampled(image, x, y, fill_mode, cval, order)
    return result


def channel_shift(image, intensity):
    return np.clip(image + intensity, image.min(), image.max())


def brightness(image, factor, scale=False):
    """Whole levels from 0 to 255, cut before and after; the alpha channel of four stays."""
    low, high = image.min(), image.max()
    is_outside = low < 0 or high > 255
    levels = image.astype(np.float64)
    if scale or is_outside:
        levels = (levels - low) / ((high - low) or 1) * 255
    levels = np.trunc(levels)
    colors = slice(0, 3) if image.shape[2] == 4 else slice(None)
    levels[..., colors] = np.trunc(np.clip(levels[..., colors] * factor, 0, 255))
    return levels / 255 * (high - low) + low if is_outside and not scale else levels


def apply_transform(image, parameters, **options):
    """All of them in order; what is rounded to the dtype in between is."""
    result = affine(image, parameters, **options)
    result = round_half_up(result, image.dtype)
    if parameters.get("channel_shift_intensity") is not None:
        result = channel_shift(result.astype(np.float64), parameters["channel_shift_intensity"])
    if parameters.get("flip_horizontal"):
        result = result[:, ::-1]
    if parameters.get("flip_vertical"):
        result = result[::-1]
    if parameters.get("brightness") is not None:
        result = brightness(result.astype(np.float64), parameters["brightness"])
    return result


def whitening(images, epsilon=1e-6):
    """ZCA of centred images: the inverse root of their covariance, from its eigenvalues."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    values, vectors = np.linalg.eigh(flat.T @ flat / len(flat))
    values = np.clip(values, 0, None)
    scale = 1 / (np.sqrt(values) + epsilon / math.sqrt(len(flat)))
    return (vectors * scale) @ vectors.T
