"""Warps as a NumPy expert writes them: gathers and in-place arithmetic, image by image."""

import numpy as np


class AffineSampler:
    """Bilinear warps with a zero border of images of one shape; keeps its buffers between calls.

    `inverses` map output to input coordinates. A ring of zeros around the image and clipped
    coordinates replace all tests for the border.
    """

    def __init__(self, shape, dtype):
        height, width, channels = shape
        self.limit = (
            np.nextafter(np.float32(width + 1), np.float32(0)),
            np.nextafter(np.float32(height + 1), np.float32(0)),
        )
        self.x = np.arange(width, dtype=np.float32)
        self.y = np.arange(height, dtype=np.float32)[:, np.newaxis]
        self.padded = np.zeros((height + 2, width + 2, channels), np.float32)
        self.taps = [np.empty((height, width, channels), np.float32) for _ in range(4)]
        self.half = np.float32(0.5 if np.issubdtype(dtype, np.integer) else 0)

    def coordinates(self, row, limit):
        """Whole part and fraction of one source coordinate of every output pixel."""
        a, b, c = row.astype(np.float32)
        return self.split(self.x * a + (self.y * b + (c + np.float32(1))), limit)

    def split(self, source, limit):
        """Whole part and fraction, after coordinates that lie too far are drawn near."""
        np.clip(source, np.float32(0), limit, out=source)
        whole = source.astype(np.int32)
        source -= whole
        return whole, source[..., np.newaxis]

    def __call__(self, image, target, inverse):
        """Warp one image into `target`."""
        self.padded[1:-1, 1:-1] = image
        stride = self.padded.shape[1]
        pixels = self.padded.reshape(-1, self.padded.shape[2])
        x, weight_x = self.coordinates(inverse[0], self.limit[0])
        y, weight_y = self.coordinates(inverse[1], self.limit[1])
        y *= stride
        y += x
        top, top_right, bottom, bottom_right = self.taps
        for tap, offset in zip(self.taps, (0, 1, stride, stride + 1), strict=True):
            np.take(pixels[offset:], y, axis=0, out=tap, mode="clip")
        for left, right in ((top, top_right), (bottom, bottom_right)):
            right -= left
            right *= weight_x
            left += right
        bottom -= top
        bottom *= weight_y
        top += bottom
        top += self.half
        np.copyto(target, top, casting="unsafe")


class PerspectiveSampler(AffineSampler):
    """The same with 3x3 inverses whose horizon the images do not reach."""

    def coordinates(self, rows, limit):
        """As in the base class, divided."""
        (a, b, c), (d, e, f) = rows.astype(np.float32)
        source = self.x * a + (self.y * b + c)
        source /= self.x * d + (self.y * e + f)
        source += np.float32(1)
        return self.split(source, limit)

    def __call__(self, image, target, inverse):
        """Warp one image into `target`."""
        super().__call__(image, target, (inverse[[0, 2]], inverse[[1, 2]]))


class BicubicSampler:
    """Bicubic affine warps (a = -0.75) with a zero border of images of one shape."""

    RING = 3

    def __init__(self, shape, dtype):
        height, width, channels = shape
        self.x = np.arange(width, dtype=np.float32)
        self.y = np.arange(height, dtype=np.float32)[:, np.newaxis]
        self.padded = np.zeros((height + 6, width + 6, channels), np.float32)
        self.tap, self.line, self.total = np.empty((3, height, width, channels), np.float32)
        self.top = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else None

    def weights(self, row, size):
        """Whole part of one source coordinate of every output pixel, and its four weights."""
        a, b, c = row.astype(np.float32)
        source = self.x * a + (self.y * b + (c + np.float32(self.RING)))
        last = np.nextafter(np.float32(size + 4), np.float32(0))
        np.clip(source, np.float32(1), last, out=source)
        whole = source.astype(np.int32)
        t = (source - whole)[..., np.newaxis]
        rest = 1 - t
        before, beyond = -0.75 * t * rest * rest, -0.75 * t * t * rest
        after = t * (0.75 + t * (1.5 - 1.25 * t))
        return whole, (before, 1 - before - after - beyond, after, beyond)

    def __call__(self, image, target, inverse):
        """Warp one image into `target`."""
        height, width, channels = image.shape
        self.padded[self.RING : -self.RING, self.RING : -self.RING] = image
        stride = self.padded.shape[1]
        pixels = self.padded.reshape(-1, channels)
        x, along_x = self.weights(inverse[0], width)
        y, along_y = self.weights(inverse[1], height)
        first = (y - 1) * stride + (x - 1)
        self.total[...] = 0
        for j in range(4):
            self.line[...] = 0
            for i in range(4):
                np.take(pixels[j * stride + i :], first, axis=0, out=self.tap, mode="clip")
                self.tap *= along_x[i]
                self.line += self.tap
            self.line *= along_y[j]
            self.total += self.line
        if self.top is not None:
            self.total += np.float32(0.5)
            np.clip(self.total, 0, self.top, out=self.total)
        np.copyto(target, self.total, casting="unsafe")
