"""Flips, turns, crops and warps of one (H, W, C) image, in the plainest code."""

import math

import numpy as np

CONSTANT = "constant"
OUTSIDE = -1


def source_index(index, length, border):
    """Which of the `length` pixels an index of the extended line repeats; OUTSIDE for fill."""
    index = np.asarray(index, dtype=np.int64)
    if border == CONSTANT:
        return np.where((index >= 0) & (index < length), index, OUTSIDE)
    if border == "edge":
        return np.clip(index, 0, length - 1)
    if border == "wrap":
        return index % length
    if border == "symmetric":
        folded = index % (2 * length)
        return np.where(folded < length, folded, 2 * length - 1 - folded)
    if border == "reflect":
        if length == 1:
            return np.zeros_like(index)
        period = 2 * length - 2
        folded = index % period
        return np.where(folded < length, folded, period - folded)
    raise ValueError(f"unknown border {border!r}")


def fill_per_channel(fill, channels):
    return np.broadcast_to(np.asarray(fill, dtype=np.float64), (channels,))


def extended_pixels(image, ys, xs, border, fill):
    """Float64 pixels of the extended plane at whole coordinates; ys and xs broadcast."""
    height, width, channels = image.shape
    rows = source_index(ys, height, border)
    columns = source_index(xs, width, border)
    rows, columns = np.broadcast_arrays(rows, columns)
    if height == 0 or width == 0:
        return np.tile(fill_per_channel(fill, channels), (*rows.shape, 1))
    pixels = image[rows, columns].astype(np.float64)
    outside = (rows == OUTSIDE) | (columns == OUTSIDE)
    pixels[outside] = fill_per_channel(fill, channels)
    return pixels


def hflip(image):
    width = image.shape[1]
    result = np.empty_like(image)
    for x in range(width):
        result[:, x] = image[:, width - 1 - x]
    return result


def vflip(image):
    height = image.shape[0]
    result = np.empty_like(image)
    for y in range(height):
        result[y] = image[height - 1 - y]
    return result


def transpose(image):
    height, width, channels = image.shape
    result = np.empty((width, height, channels), image.dtype)
    for y in range(height):
        result[:, y] = image[y]
    return result


def rot90(image, k=1):
    """Counter-clockwise quarter turns: the right column becomes the top row."""
    for _ in range(k % 4):
        image = vflip(transpose(image))
    return image


def crop(image, top, left, size, border=CONSTANT, fill=0):
    """Window of the extended plane whose upper left pixel is (top, left)."""
    height, width = size_pair(size)
    ys = top + np.arange(height)[:, None]
    xs = left + np.arange(width)[None, :]
    return extended_pixels(image, ys, xs, border, fill).astype(image.dtype)


def pad(image, padding, border=CONSTANT, fill=0):
    """Padding as torchvision orders it: all, (left and right, top and bottom) or (l, t, r, b)."""
    sides = np.atleast_1d(padding).tolist()
    if len(sides) == 1:
        sides = sides * 4
    elif len(sides) == 2:
        sides = sides * 2
    left, top, right, bottom = sides
    size = (image.shape[0] + top + bottom, image.shape[1] + left + right)
    return crop(image, -top, -left, size, border, fill)


def size_pair(size):
    return (size, size) if np.ndim(size) == 0 else tuple(size)


def affine_matrix(angle=0.0, translate=(0.0, 0.0), scale=1.0, shear=(0.0, 0.0), *, center):
    """M = T(center) T(translate) R(angle) S(scale) SHy SHx T(-center), for one sample."""
    radians = math.radians(angle)
    cosine, sine = math.cos(radians), math.sin(radians)
    scale_x, scale_y = (scale, scale) if np.ndim(scale) == 0 else scale
    shear_x, shear_y = (shear, 0.0) if np.ndim(shear) == 0 else shear
    factors = [
        _shift(*center),
        _shift(*translate),
        [[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]],
        [[scale_x, 0, 0], [0, scale_y, 0], [0, 0, 1]],
        [[1, 0, 0], [-math.tan(math.radians(shear_y)), 1, 0], [0, 0, 1]],
        [[1, -math.tan(math.radians(shear_x)), 0], [0, 1, 0], [0, 0, 1]],
        _shift(-center[0], -center[1]),
    ]
    product = np.eye(3)
    for factor in factors:
        product = product @ np.array(factor, dtype=np.float64)
    return product[:2]


def _shift(x, y):
    return [[1, 0, x], [0, 1, y], [0, 0, 1]]


def inverse_matrix(matrix):
    """Output to input coordinates; whole numbers where they are whole but for rounding."""
    (a, b, c), (d, e, f) = np.asarray(matrix, dtype=np.float64)[:2].tolist()
    determinant = a * e - b * d
    linear = np.array([[e, -b], [-d, a]]) / determinant
    offset = -linear @ np.array([c, f])
    inverse = np.column_stack([linear, offset])
    whole = np.round(inverse)
    distance = np.abs(inverse - whole)
    if np.all(distance[:, :2] <= 1e-9) and np.all(distance[:, 2] <= 1e-6):
        return whole
    return inverse


def source_coordinates(matrix, size):
    """Where each output pixel comes from: float64 (sx, sy), each of the output's size."""
    height, width = size
    inverse = inverse_matrix(matrix)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    sx = inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]
    sy = inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]
    return sx, sy


def sample_bilinear(image, sx, sy, border, fill):
    """Float64 samples of the extended plane at float64 coordinates."""
    x0, y0 = np.floor(sx).astype(np.int64), np.floor(sy).astype(np.int64)
    wx, wy = (sx - x0)[..., None], (sy - y0)[..., None]
    top_left = extended_pixels(image, y0, x0, border, fill)
    top_right = extended_pixels(image, y0, x0 + 1, border, fill)
    bottom_left = extended_pixels(image, y0 + 1, x0, border, fill)
    bottom_right = extended_pixels(image, y0 + 1, x0 + 1, border, fill)
    top = top_left * (1 - wx) + top_right * wx
    bottom = bottom_left * (1 - wx) + bottom_right * wx
    return top * (1 - wy) + bottom * wy


def sample_nearest(image, sx, sy, border, fill):
    """Float64 pixels at floor(s + 0.5)."""
    x, y = np.floor(sx + 0.5).astype(np.int64), np.floor(sy + 0.5).astype(np.int64)
    return extended_pixels(image, y, x, border, fill)


def cubic_weight(distance):
    """Keys' kernel with a = -0.75."""
    a, d = -0.75, np.abs(distance)
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))


def sample_bicubic(image, sx, sy, border, fill):
    """Float64 samples of the extended plane, from sixteen pixels each."""
    x0, y0 = np.floor(sx).astype(np.int64), np.floor(sy).astype(np.int64)
    total = np.zeros((*sx.shape, image.shape[2]))
    for y in range(-1, 3):
        for x in range(-1, 3):
            weight = cubic_weight(sx - (x0 + x)) * cubic_weight(sy - (y0 + y))
            total += weight[..., None] * extended_pixels(image, y0 + y, x0 + x, border, fill)
    return total


SAMPLERS = {"nearest": sample_nearest, "bilinear": sample_bilinear, "bicubic": sample_bicubic}


def affine(image, matrix, size=None, border=CONSTANT, fill=0, interpolation="bilinear"):
    """Float64 result before any rounding."""
    sx, sy = source_coordinates(matrix, size_pair(size or image.shape[:2]))
    return SAMPLERS[interpolation](image, sx, sy, border, fill)


def affine_bilinear(image, matrix, size=None, border=CONSTANT, fill=0):
    """As affine."""
    return affine(image, matrix, size, border, fill)


def nearest_choices(image, sx, sy, border=CONSTANT, fill=0, near=1e-6):
    """The four results a pixel may take: they differ only within `near` of a tie."""
    nudges = [(x, y) for x in (-near, near) for y in (-near, near)]
    return [sample_nearest(image, sx + x, sy + y, border, fill) for x, y in nudges]


def affine_nearest(image, matrix, size=None, border=CONSTANT, fill=0):
    """Float64 result."""
    return affine(image, matrix, size, border, fill, "nearest")


def affine_nearest_choices(image, matrix, size=None, border=CONSTANT, fill=0):
    """As nearest_choices."""
    sx, sy = source_coordinates(matrix, size_pair(size or image.shape[:2]))
    return nearest_choices(image, sx, sy, border, fill)


def perspective_matrix(points, goes_to):
    """The 3x3 matrix, with a last entry of 1, that takes four points to four others."""
    equations, values = [], []
    for (x, y), (u, v) in zip(points, goes_to, strict=True):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(equations, values), 1.0).reshape(3, 3)


def perspective_coordinates(matrix, shape, size):
    """Float64 (sx, sy, w), each of the output's size; w is 1 where the source's middle goes."""
    height, width = shape
    first, second, third = np.asarray(matrix, dtype=np.longdouble)
    middle = np.array([(width - 1) / 2, (height - 1) / 2, 1.0], dtype=np.longdouble)
    # The inverse but for a factor: its columns are at right angles to two rows of the matrix.
    inverse = np.stack(
        [np.cross(second, third), np.cross(third, first), np.cross(first, second)], axis=1
    )
    goes_to = np.array([first @ middle, second @ middle, third @ middle])
    inverse = inverse / (inverse[2] @ (goes_to / goes_to[2]))
    y, x = np.mgrid[0 : size[0], 0 : size[1]].astype(np.longdouble)
    u, v, w = (row[0] * x + row[1] * y + row[2] for row in inverse)
    seen = np.where(w > 0, w, 1)
    return tuple(values.astype(np.float64) for values in (u / seen, v / seen, w))


def perspective(image, matrix, size=None, border=CONSTANT, fill=0, interpolation="bilinear"):
    """Float64 result before any rounding, and where the horizon is far enough to be sure of it."""
    size = size_pair(size or image.shape[:2])
    sx, sy, w = perspective_coordinates(matrix, image.shape[:2], size)
    near_horizon = np.abs(w) < 1e-6
    hidden = near_horizon | (w <= 0)
    sx[hidden] = sy[hidden] = 0.0
    result = SAMPLERS[interpolation](image, sx, sy, border, fill)
    result[hidden] = fill_per_channel(fill, image.shape[2])
    return result, ~near_horizon


def round_half_up(values, dtype):
    """Float64 values as pixels of a dtype; floats are only narrowed."""
    if np.issubdtype(dtype, np.floating):
        return values.astype(dtype)
    top = np.iinfo(dtype).max
    return np.clip(np.floor(values + 0.5), 0, top).astype(dtype)
