"""One resampling through several moves: each output pixel walks back canvas by canvas."""

import itertools

import numpy as np

from oracles import geometry, resample
from oracles.bounded import Pixels, separable, weighted_sum

# A point this close to where a nearest pixel or a hard edge changes may fall on either side.
NEAR_EDGE = 1e-9
TAPS = {
    "nearest": (0,),
    "bilinear": (0, 1),
    "bicubic": (-1, 0, 1, 2),
}
KERNELS = {"bilinear": resample.triangle, "bicubic": resample.keys_cubic(-0.75)}
FARTHEST = 2**30


def follow(chain, pixels, interpolation):
    """The canvas that the chain ends in; `chain` is a list of (move, is_bounded)."""
    height, width = chain[-1][0].after
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    interpolation = interpolation or "nearest"
    result = seen_from(chain, pixels, interpolation, x, y, (0, 0))
    if interpolation == "nearest" or any(bounded for _, bounded in chain):
        for nudge in itertools.product((-NEAR_EDGE, NEAR_EDGE), repeat=2):
            result = result.united(seen_from(chain, pixels, interpolation, x, y, nudge))
    return result


def seen_from(chain, pixels, interpolation, x, y, nudge):
    """What the points (x, y) of the last canvas show, with points moved where a hair matters."""
    channels = pixels.shape[-1]
    fills = np.zeros((*x.shape, channels))
    is_filled = np.zeros(x.shape, bool)
    source_border, source_fill = "edge", 0
    for move, is_bounded in reversed(chain):
        x, y = move.back(x, y)
        if is_bounded:
            height, width = move.before
            u, v = x + nudge[0], y + nudge[1]
            inside = (u >= -0.5) & (u < width - 0.5) & (v >= -0.5) & (v < height - 0.5)
            lost = ~inside & ~is_filled
            fills[lost] = geometry.fill_per_channel(move.fill, channels)
            is_filled |= lost
        elif move.looks_outside:
            source_border, source_fill = move.border, move.fill
    if interpolation == "nearest":
        x, y = x + nudge[0], y + nudge[1]
    # Beyond the horizon of a projection nothing is seen, whatever the border.
    unseen = ~is_filled & ~(np.isfinite(x) & np.isfinite(y))
    fills[unseen] = geometry.fill_per_channel(source_fill, channels)
    is_filled |= unseen
    x, y = (np.clip(np.where(is_filled, 0.0, v), -FARTHEST, FARTHEST) for v in (x, y))
    shown = sampled(pixels, x, y, interpolation, source_border, source_fill)
    return shown.where(is_filled[..., None], Pixels.exact(fills))


def sampled(pixels, x, y, interpolation, border, fill):
    """The extended plane at points; a constant border blends with its fill."""
    if interpolation == "nearest":
        x, y = x + 0.5, y + 0.5
    column, line = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    taps = []
    for j in TAPS[interpolation]:
        for i in TAPS[interpolation]:
            weight = np.ones(x.shape)
            if interpolation != "nearest":
                kernel = np.vectorize(KERNELS[interpolation], otypes=[float])
                weight = kernel(x - column - i) * kernel(y - line - j)
            taps.append((weight, extended(pixels, line + j, column + i, border, fill)))
    return weighted_sum(taps)


def extended(pixels, lines, columns, border, fill):
    return pixels.moved(lambda v: geometry.extended_pixels(v, lines, columns, border, fill))


def filtered(chain, pixels):
    """A resize by its filter, then flips and windows of the result."""
    first = chain[0][0]
    rows, columns = (
        resample.axis_weights(before, after, first.interpolation, first.antialias)
        for before, after in zip(first.before, first.after, strict=True)
    )
    result = separable(pixels, rows, columns)
    for move, _ in chain[1:]:
        result = result.moved(move.literally)
    return result
