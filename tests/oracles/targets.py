"""Points, boxes and masks through a pipeline, transform by transform, canvas by canvas."""

from dataclasses import fields, replace

import numpy as np

from oracles import pipeline
from oracles.moves import move_of


def stops(transforms, sample, size):
    """Pairs (matrix of one move, size of the canvas after it) for `Params.sample`."""
    found = []
    for transform, values in pipeline.steps_of(transforms, sample):
        move = move_of(transform, values, size)
        if move is not None:
            size = move.after
            found.append((move.matrix, size))
    return found


def follow(points, size, found):
    """Move pixel indices (..., 2); also how far inside of every canvas each stayed."""
    depth = depth_in(points, size)
    for matrix, after in found:
        projected = points @ matrix[:, :2].T + matrix[:, 2]
        weight = projected[..., 2:]
        with np.errstate(divide="ignore", invalid="ignore"):
            points = np.where(weight > 0, projected[..., :2] / weight, np.nan)
        depth = np.minimum(depth, depth_in(points, after))
    return points, depth


def depth_in(points, size):
    """Distance to the nearest edge of a canvas, negative outside."""
    height, width = size
    x, y = points[..., 0], points[..., 1]
    depth = np.minimum.reduce([x + 0.5, width - 0.5 - x, y + 0.5, height - 0.5 - y])
    return np.where(np.isnan(depth), -np.inf, depth)


def box_of_samples(edges, size, found, count=81):
    """Hull of a grid of points of the box that survive, their share, and the largest gap."""
    x0, y0, x1, y1 = np.asarray(edges) - 0.5
    grid = np.stack(np.meshgrid(np.linspace(x0, x1, count), np.linspace(y0, y1, count)), axis=-1)
    points, depth = follow(grid, size, found)
    alive = depth >= -1e-6
    is_near = alive if alive.any() else np.isfinite(points[..., 0])
    gap = max(
        largest(np.diff(points, axis=0)[is_near[1:] | is_near[:-1]]),
        largest(np.diff(points, axis=1)[is_near[:, 1:] | is_near[:, :-1]]),
    )
    if not alive.any():
        return None, 0.0, gap
    shown = np.where(alive[..., None], points, np.nan)
    low, high = np.nanmin(shown, axis=(0, 1)) + 0.5, np.nanmax(shown, axis=(0, 1)) + 0.5
    return np.concatenate([low, high]), float(alive.mean()), gap


def largest(steps):
    return float(np.nanmax(np.abs(steps), initial=0.0))


def as_moves(transforms, fill, interpolation="nearest"):
    """The same transforms as masks see them; `mask` leaves out those of values."""
    found = []
    for transform in transforms:
        names = {field.name for field in fields(transform)}
        changes = {}
        if "interpolation" in names:
            smooth = transform.interpolation != "nearest" and interpolation != "nearest"
            changes["interpolation"] = "bilinear" if smooth else "nearest"
        if "fill" in names:
            changes["fill"] = fill
        if "transforms" in names:
            changes["transforms"] = as_moves(transform.transforms, fill, interpolation)
        found.append(replace(transform, **changes))
        if type(transform).__name__ == "CenterCrop":
            # Images show 0 where it pads, masks their own fill.
            object.__setattr__(found[-1], "fill", fill)
    return found


def mask(image, transforms, sample, fill, interpolation="nearest"):
    """Bounds of a mask (H, W, C), as `pipeline.run` gives them for images."""
    moves = [r for r in sample if r["transform"].partition("#")[0] not in pipeline.VALUE_STEPS]
    return pipeline.run(image, as_moves(transforms, fill, interpolation), moves)
