"""Affine warps as a NumPy expert writes them: gathers and in-place arithmetic, image by image."""

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
        source = self.x * a + (self.y * b + (c + np.float32(1)))
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
