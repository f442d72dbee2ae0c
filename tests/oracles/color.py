"""Colour of one (H, W, C) image in float64, before any rounding of the result."""

import colorsys

import numpy as np

WEIGHTS = (2989, 5870, 1140)  # of R, G and B, in ten thousandths


def bounds(dtype, value_range=(0.0, 1.0)):
    """What values of a dtype run from and to."""
    if np.issubdtype(dtype, np.integer):
        return 0.0, float(np.iinfo(dtype).max)
    return value_range


def clipped(values, image, value_range):
    return np.clip(values, *bounds(image.dtype, value_range))


def gray(image):
    """(H, W, 1) of the weighted channels; a single channel is gray already."""
    if image.shape[-1] == 1:
        return image.astype(np.float64)
    red, green, blue = np.moveaxis(image.astype(np.float64), -1, 0)
    weighted = WEIGHTS[0] * red + WEIGHTS[1] * green + WEIGHTS[2] * blue
    return weighted[..., np.newaxis] / 10000


def floored_gray(image):
    """As torchvision takes it for contrast and saturation; exact for integers."""
    if image.shape[-1] == 1 or not np.issubdtype(image.dtype, np.integer):
        return gray(image)
    weighted = image.astype(np.int64) @ np.array(WEIGHTS)
    return (weighted // 10000)[..., np.newaxis].astype(np.float64)


def grayscale(image, channels=1):
    return np.repeat(gray(image), channels, axis=-1)


def adjust_brightness(image, factor, value_range=(0.0, 1.0)):
    return clipped(factor * image.astype(np.float64), image, value_range)


def adjust_contrast(image, factor, value_range=(0.0, 1.0)):
    mean = floored_gray(image).mean()
    return clipped(factor * image.astype(np.float64) + (1 - factor) * mean, image, value_range)


def adjust_saturation(image, factor, value_range=(0.0, 1.0)):
    if image.shape[-1] == 1:
        return image.astype(np.float64)
    away = factor * image.astype(np.float64) + (1 - factor) * floored_gray(image)
    return clipped(away, image, value_range)


def adjust_hue(image, delta):
    """Pixel by pixel through the standard library's HSV."""
    if image.shape[-1] == 1:
        return image.astype(np.float64)
    top = bounds(image.dtype)[1]
    result = np.empty(image.shape)
    for y, x in np.ndindex(image.shape[:2]):
        hue, saturation, value = colorsys.rgb_to_hsv(*(image[y, x].astype(np.float64) / top))
        result[y, x] = colorsys.hsv_to_rgb((hue + delta) % 1.0, saturation, value)
    return result * top


def adjust_gamma(image, gamma, gain=1.0, value_range=(0.0, 1.0)):
    low, high = bounds(image.dtype, value_range)
    unit = np.maximum((image.astype(np.float64) - low) / (high - low), 0.0)
    return low + (high - low) * np.clip(gain * unit**gamma, 0.0, 1.0)


def invert(image, value_range=(0.0, 1.0)):
    low, high = bounds(image.dtype, value_range)
    return low + high - image.astype(np.float64)


def solarize(image, threshold, value_range=(0.0, 1.0)):
    """A threshold for floats is rounded to their dtype, as NumPy does when it compares."""
    if not np.issubdtype(image.dtype, np.integer):
        threshold = image.dtype.type(threshold)
    return np.where(image >= threshold, invert(image, value_range), image.astype(np.float64))


def posterize(image, bits, value_range=(0.0, 1.0)):
    low, high = bounds(image.dtype, value_range)
    if np.issubdtype(image.dtype, np.integer):
        lost = 8 * image.dtype.itemsize - bits
        return (image.astype(np.int64) >> lost << lost).astype(np.float64)
    levels = 2**bits
    unit = (image.astype(np.float64) - low) / (high - low)
    return low + (high - low) * np.clip(np.floor(unit * levels), 0, levels - 1) / levels
