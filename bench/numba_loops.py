"""Hand-written loops of the numba peers; each takes its thread count from numba.

Flips and crops see pixels as runs of bytes, and the warp is compiled for its number of channels:
both let the compiler write vector code.
"""

import functools

import numpy as np
from numba import njit, prange


def rows_of(images):
    """View (N, H, W, C) as (N, H, W * C)."""
    return images.reshape(*images.shape[:2], -1)


@njit
def copy_row(source, target):
    for x in range(target.size):
        target[x] = source[x]


@njit(parallel=True)
def vflip(images, out):
    """On rows."""
    count, height, _ = images.shape
    for i in prange(count):
        for y in range(height):
            copy_row(images[i, height - 1 - y], out[i, y])


@njit(parallel=True)
def crop(images, tops, lefts, out):
    """On rows, `lefts` in bytes; windows lie inside the images."""
    count, height, width = out.shape
    for i in prange(count):
        for y in range(height):
            copy_row(images[i, tops[i] + y, lefts[i] : lefts[i] + width], out[i, y])


@njit(parallel=True)
def padded_crop(images, tops, lefts, out):
    """On rows, `lefts` in bytes; windows reach outside, where the result is zero."""
    count, height, width = out.shape
    for i in prange(count):
        left = lefts[i]
        begin, end = max(0, -left), min(width, images.shape[2] - left)
        for y in range(height):
            row, target = tops[i] + y, out[i, y]
            if row < 0 or row >= images.shape[1]:
                target[:] = 0
            else:
                target[:begin] = 0
                copy_row(images[i, row, left + begin : left + end], target[begin:end])
                target[end:] = 0


@njit(inline="always")
def pixel(image, y, x, c):
    inside = y >= 0 and y < image.shape[0] and x >= 0 and x < image.shape[1]
    return np.float32(image[y, x, c]) if inside else np.float32(0)


@njit(inline="always")
def edge_sample(image, y, x, c, weight_y, weight_x):
    a, b = pixel(image, y, x, c), pixel(image, y, x + 1, c)
    below_a, below_b = pixel(image, y + 1, x, c), pixel(image, y + 1, x + 1, c)
    top = a + weight_x * (b - a)
    bottom = below_a + weight_x * (below_b - below_a)
    return top + weight_y * (bottom - top)


@functools.cache
def warp(channels):
    """Compile ``warp(images, inverses, half, out)``: bilinear with a zero border.

    `half` is 0.5 for integers, to round, and 0 for floats.
    """

    @njit(fastmath=True)
    def warp_row(image, inverse, y, half, row):
        height, width = image.shape[:2]
        for x in range(row.shape[0]):
            sx = inverse[0, 0] * x + (inverse[0, 1] * y + inverse[0, 2])
            sy = inverse[1, 0] * x + (inverse[1, 1] * y + inverse[1, 2])
            x0, y0 = int(np.floor(sx)), int(np.floor(sy))
            u, v = np.float32(sx - x0), np.float32(sy - y0)
            if x0 >= 0 and y0 >= 0 and x0 < width - 1 and y0 < height - 1:
                both = u * v
                for c in range(channels):
                    row[x, c] = (
                        (np.float32(1) - u - v + both) * image[y0, x0, c]
                        + (u - both) * image[y0, x0 + 1, c]
                        + (v - both) * image[y0 + 1, x0, c]
                        + both * image[y0 + 1, x0 + 1, c]
                        + half
                    )
            elif x0 < -1 or y0 < -1 or x0 >= width or y0 >= height:
                for c in range(channels):
                    row[x, c] = 0
            else:
                for c in range(channels):
                    row[x, c] = edge_sample(image, y0, x0, c, v, u) + half

    @njit(parallel=True)
    def warp_batch(images, inverses, half, out):
        count, height = out.shape[:2]
        for i in prange(count):
            for y in range(height):
                warp_row(images[i], inverses[i], y, half, out[i, y])

    return warp_batch


@njit(parallel=True, fastmath=True)
def normalize(images, scale, bias, out):
    """To planes: out[i, c] = images[i, ..., c] * scale[c] + bias[c]."""
    count, channels, height, width = out.shape
    for i in prange(count):
        for y in range(height):
            for c in range(channels):
                for x in range(width):
                    out[i, c, y, x] = np.float32(images[i, y, x, c]) * scale[c] + bias[c]


@njit(fastmath=True)
def sum_of_squares(values):
    total = 0.0
    for i in range(values.size):
        total += np.float64(values[i]) * np.float64(values[i])
    return total


@njit(fastmath=True)
def plain_sum(values):
    total = np.float32(0)
    for i in range(values.size):
        total += values[i]
    return total


@njit(parallel=True, fastmath=True)
def parallel_sum(values):
    total = np.float32(0)
    for i in prange(values.size):
        total += values[i]
    return total


@njit(fastmath=True)
def scale_in_place(values, factor):
    for i in range(values.size):
        values[i] *= factor


@njit(parallel=True, fastmath=True)
def parallel_sum_of_squares(values):
    total = 0.0
    for i in prange(values.size):
        total += np.float64(values[i]) * np.float64(values[i])
    return total


@njit(parallel=True, fastmath=True)
def parallel_scale_in_place(values, factor):
    for i in prange(values.size):
        values[i] *= factor


@njit(fastmath=True)
def mix_rows(above, below, weight, target):
    for x in range(target.size):
        near = np.float32(above[x])
        target[x] = near + weight * (np.float32(below[x]) - near)


@njit(fastmath=True)
def mix_columns(row, lefts, steps, weights, scale, bias, target):
    for x in range(target.size):
        near = row[lefts[x]]
        target[x] = (near + weights[x] * (row[lefts[x] + steps[x]] - near)) * scale + bias


@njit(fastmath=True)
def neighbours(length, indices, steps, weights):
    """First input, distance of the second (0 at the end) and its weight, for every output."""
    for i in range(indices.size):
        place = max((i + 0.5) * length / indices.size - 0.5, 0.0)
        indices[i] = int(place)
        steps[i] = 1 if indices[i] + 1 < length else 0
        weights[i] = place - indices[i]


@njit(parallel=True)
def resized_crop(images, boxes, flips, scale, bias, out):
    """Bilinear to planes, mirrored or not, normalized; on rows of three channels."""
    count, _, height, width = out.shape
    for i in prange(count):
        top, left, box_height, box_width = boxes[i]
        tops, downs = np.empty(height, np.int32), np.empty(height, np.int32)
        lefts, rights = np.empty(width, np.int32), np.empty(width, np.int32)
        down, along = np.empty(height, np.float32), np.empty(width, np.float32)
        neighbours(box_height, tops, downs, down)
        neighbours(box_width, lefts, rights, along)
        if flips[i]:
            lefts, rights, along = lefts[::-1].copy(), rights[::-1].copy(), along[::-1].copy()
        lefts *= 3
        rights *= 3
        mixed = np.empty(3 * box_width, np.float32)
        for y in range(height):
            first = top + tops[y]
            above = images[i, first, 3 * left : 3 * (left + box_width)]
            below = images[i, first + downs[y], 3 * left : 3 * (left + box_width)]
            mix_rows(above, below, down[y], mixed)
            for c in range(3):
                mix_columns(mixed[c:], lefts, rights, along, scale[c], bias[c], out[i, c, y])


@njit(fastmath=True)
def normalize_row(row, scale, bias, target):
    for x in range(target.size):
        target[x] = np.float32(row[3 * x]) * scale + bias


@njit(fastmath=True)
def normalize_mirrored(row, scale, bias, target):
    last = target.size - 1
    for x in range(target.size):
        target[x] = np.float32(row[3 * (last - x)]) * scale + bias


@njit(parallel=True)
def padded_crop_to_planes(images, tops, lefts, flips, scale, bias, out):
    """On rows of three channels; windows reach outside, where values are 0 before scaling."""
    count, _, height, width = out.shape
    source_width = images.shape[2] // 3
    for i in prange(count):
        begin, end = max(0, -lefts[i]), min(width, source_width - lefts[i])
        first, last = (width - end, width - begin) if flips[i] else (begin, end)
        for y in range(height):
            line = tops[i] + y
            for c in range(3):
                target = out[i, c, y]
                if line < 0 or line >= images.shape[1]:
                    target[:] = bias[c]
                    continue
                target[:first] = bias[c]
                target[last:] = bias[c]
                row = images[i, line, 3 * (lefts[i] + begin) + c :]
                if flips[i]:
                    normalize_mirrored(row, scale[c], bias[c], target[first:last])
                else:
                    normalize_row(row, scale[c], bias[c], target[first:last])


@njit(fastmath=True)
def warp_row_with_edges(image, inverse, y, row):
    height, width = image.shape
    offset_x = inverse[0, 1] * y + inverse[0, 2]
    offset_y = inverse[1, 1] * y + inverse[1, 2]
    for x in range(row.size):
        sx = min(max(inverse[0, 0] * x + offset_x, np.float32(0)), np.float32(width - 1))
        sy = min(max(inverse[1, 0] * x + offset_y, np.float32(0)), np.float32(height - 1))
        x0, y0 = min(np.int32(sx), width - 2), min(np.int32(sy), height - 2)
        u, v = sx - np.float32(x0), sy - np.float32(y0)
        above = image[y0, x0] + u * (image[y0, x0 + 1] - image[y0, x0])
        below = image[y0 + 1, x0] + u * (image[y0 + 1, x0 + 1] - image[y0 + 1, x0])
        row[x] = above + v * (below - above)


@njit(parallel=True)
def warp_with_edges(images, inverses, out):
    """Bilinear with the border repeated, one channel; float32 images and maps."""
    count, height = out.shape[:2]
    for i in prange(count):
        for y in range(height):
            warp_row_with_edges(images[i], inverses[i], np.float32(y), out[i, y])
