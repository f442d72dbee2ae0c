"""Pipelines as an OpenCV expert writes them: few calls per image, in 8 bits, into kept buffers.

Every colour step is one `cv2.transform` with a matrix of 3 x 4, which clips as the step must; the
split into planes comes before the conversion to floats, where it moves a quarter of the bytes.
"""

import threading

import numpy as np

import peers
from peers import cv2
from recipes import BIAS, SCALE, SIZE, WEIGHTS

MARGIN = 4


class Buffers(threading.local):
    """Two images in turn and the planes of one; each thread has its own."""

    def __init__(self, height, width):
        self.image, self.other = (np.empty((height, width, 3), np.uint8) for _ in range(2))
        self.planes = list(np.empty((3, height, width), np.uint8))
        self.wide = self.warped = None
        self.padded = np.empty((height + 2 * MARGIN, width + 2 * MARGIN, 3), np.uint8)

    def swap(self):
        """Let the result of a step be what the next one reads."""
        self.image, self.other = self.other, self.image


def store(kept, target):
    """Normalize and convert plane by plane."""
    cv2.split(kept.image, kept.planes)
    for plane, result, scale, bias in zip(kept.planes, target, SCALE, BIAS, strict=True):
        cv2.addWeighted(plane, float(scale), plane, 0, float(bias), result, cv2.CV_32F)


def jitter_matrix(name, factor):
    """Matrix of 3 x 4 but for the last column of contrast, which follows from the image."""
    matrix = np.zeros((3, 4), np.float32)
    np.fill_diagonal(matrix, factor)
    if name == "saturation":
        matrix[:, :3] += (1 - factor) * WEIGHTS
    return matrix


def with_matrices(jitter):
    return [(name, factor, jitter_matrix(name, factor)) for name, factor in jitter]


def adjust(kept, steps):
    """Run each step on its own, since each clips and rounds."""
    for name, factor, matrix in steps:
        if name == "contrast":
            matrix[:, 3] = (1 - factor) * (cv2.mean(kept.image)[:3] @ WEIGHTS)
        cv2.transform(kept.image, matrix, kept.other)
        kept.swap()


def folded_matrix(image, steps):
    """All steps and the normalization in one matrix, without what clipping takes away."""
    whole = np.eye(4)
    mean = np.array([*cv2.mean(image)[:3], 1.0])
    for name, factor, matrix in steps:
        step = np.eye(4)
        step[:3] = matrix
        if name == "contrast":
            step[:3, 3] = (1 - factor) * (WEIGHTS @ (whole @ mean)[:3])
        whole = step @ whole
    normalized = SCALE[:, np.newaxis] * whole[:3]
    normalized[:, 3] += BIAS
    return normalized.astype(np.float32)


def jitter_and_store_folded(kept, steps, target):
    matrix = folded_matrix(kept.image, steps)
    cv2.split(cv2.transform(kept.image.astype(np.float32), matrix), list(target))


def warp_as_rgba(kept, box, matrix):
    """Warp four channels, which OpenCV does several times as fast as three."""
    height, width, _ = box.shape
    if kept.wide is None or kept.wide.size < height * width * 4:
        kept.wide = np.empty(height * width * 4, np.uint8)
        kept.warped = np.empty((SIZE, SIZE, 4), np.uint8)
    wide = kept.wide[: height * width * 4].reshape(height, width, 4)
    cv2.cvtColor(box, cv2.COLOR_RGB2RGBA, wide)
    warp(wide, matrix, kept.warped)
    cv2.cvtColor(kept.warped, cv2.COLOR_RGBA2RGB, kept.image)


def warp(source, matrix, target):
    cv2.warpAffine(
        source, matrix, (SIZE, SIZE), target, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, (0, 0, 0, 0)
    )


def move(kept, image, draw, warps):
    """From the photograph to the moved pixels, in one warp or transform by transform."""
    box = draw.box_of(image)
    if warps == "as rgba":
        return warp_as_rgba(kept, box, draw.whole)
    if warps == "at once":
        return warp(box, draw.whole, kept.image)
    cv2.resize(box, (SIZE, SIZE), kept.image, interpolation=cv2.INTER_LINEAR)
    if draw.is_flipped:
        cv2.flip(kept.image, 1, kept.other)
        kept.swap()
    if draw.affine is not None:
        warp(kept.image, draw.affine, kept.other)
        kept.swap()
    return None


def photographs(warps="in turn", folds=False, pool=False):
    """Build the contender's `make`."""
    kept = Buffers(SIZE, SIZE)

    def step(image, target, draw, steps):
        move(kept, image, draw, warps)
        if folds:
            return jitter_and_store_folded(kept, steps, target)
        adjust(kept, steps)
        return store(kept, target)

    def make(job, out):
        steps = [with_matrices(draw.jitter) for draw in job.draws]
        return peers.per_image(step, job, out, job.draws, steps, pool=pool)

    return make


def small_images(pool=False, jitter=()):
    """Build the contender's `make` of padded crop, flip, perhaps jitter, and normalization."""
    kept = Buffers(32, 32)
    padding = (MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT)
    steps = with_matrices(jitter)

    def step(image, target, top, left, is_flipped):
        padded = cv2.copyMakeBorder(image, *padding, kept.padded, 0)
        window = padded[top + MARGIN : top + MARGIN + 32, left + MARGIN : left + MARGIN + 32]
        if is_flipped:
            cv2.flip(window, 1, kept.image)
        else:
            np.copyto(kept.image, window)
        adjust(kept, steps)
        store(kept, target)

    def make(job, out):
        columns = (job.tops.tolist(), job.lefts.tolist(), job.flips.tolist())
        return peers.per_image(step, job, out, *columns, pool=pool)

    return make


def digits(pool=False):
    """Build the contender's `make` of one warp with the border repeated."""

    def step(image, target, matrix):
        size = (target.shape[1], target.shape[0])
        cv2.warpAffine(image, matrix, size, target, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)

    return lambda job, out: peers.per_image(step, job, out, job.matrices, pool=pool)
