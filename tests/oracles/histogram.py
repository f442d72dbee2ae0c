"""Equalize and autocontrast of one (H, W, C) image, channel by channel."""

import numpy as np


def equalizing_table(channel):
    """The level that each of the 256 levels becomes, by Pillow's whole numbers."""
    counts = [int(np.sum(channel == level)) for level in range(256)]
    present = [count for count in counts if count > 0]
    step = (sum(present) - present[-1]) // 255 if present else 0
    if step == 0:
        return list(range(256))
    table = []
    below = step // 2
    for count in counts:
        table.append(min(below // step, 255))
        below += count
    return table


def equalize(image):
    result = np.empty_like(image)
    for c in range(image.shape[-1]):
        table = np.array(equalizing_table(image[..., c]), np.uint8)
        result[..., c] = table[image[..., c]]
    return result


def autocontrast(image, value_range=(0.0, 1.0)):
    """Float64, before any rounding."""
    if np.issubdtype(image.dtype, np.integer):
        value_range = (0.0, float(np.iinfo(image.dtype).max))
    low, high = value_range
    result = image.astype(np.float64)
    for c in range(image.shape[-1]):
        channel = result[..., c]
        known = channel[~np.isnan(channel)]
        if known.size == 0 or known.min() == known.max() or not np.all(np.isfinite(known)):
            continue
        extent = known.max() - known.min()
        result[..., c] = low + (channel - known.min()) * (high - low) / extent
    return result
