"""A pipeline on one sample in plain steps: the records of a draw are all that it takes over.

The image goes through passes. Inside a pass moves of pixels collect and are followed back point by
point, then values change, and nothing is rounded; between passes the image is stored in its dtype.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from oracles import chain, tones
from oracles.bounded import Pixels
from oracles.moves import MAP, RESIZE, TURN, move_of, resized

# Of a resampled value: in levels of integers, as a part of the range of floats.
LEVELS_OFF = 0.05
PART_OFF = 1e-5
NARROWING = {"float32": 2.0**-23, "float16": 2.0**-11, "bfloat16": 2.0**-8}
SMALLEST = {"float32": 1e-30, "float16": 2.0**-25, "bfloat16": 1e-30}


@dataclass(frozen=True)
class Outcome:
    """What the sample becomes, with bounds; `passes` counts those that store another image."""

    pixels: Pixels
    matrix: np.ndarray
    passes: int
    has_noise: bool

    def count_wide(self, limit):
        """How many values have bounds further apart than `limit`."""
        return int(np.sum(self.pixels.spread() > limit))


def listed(transforms):
    """Every transform before those in it, as positions count them."""
    found = []
    for transform in transforms:
        found.append(transform)
        found += listed(getattr(transform, "transforms", ()))
    return found


def steps_of(transforms, sample):
    """Pairs (transform, values) for `Params.sample`, combinators left out."""
    by_name, seen = {}, {}
    for transform in listed(transforms):
        name = type(transform).__name__
        seen[name] = seen.get(name, 0) + 1
        by_name[name if seen[name] == 1 else f"{name}#{seen[name]}"] = transform
    pairs = [(by_name[record["transform"]], record) for record in sample]
    return [pair for pair in pairs if not hasattr(pair[0], "transforms")]


def run(image, transforms, sample, dtype=None):
    """Image (H, W, C) to an Outcome; `dtype` names the result's, if it is float."""
    walk = Walk(image)
    for transform, values in steps_of(transforms, sample):
        walk.step(transform, values)
    return walk.finish(str(np.dtype(image.dtype).name if dtype is None else dtype))


class Walk:
    """One sample on its way. `pixels` is what the open pass reads, or its values so far."""

    def __init__(self, image):
        is_integer = np.issubdtype(image.dtype, np.integer)
        self.top = int(np.iinfo(image.dtype).max) if is_integer else None
        self.pixels = Pixels.exact(image)
        self.size = image.shape[:2]
        self.matrix = np.eye(3)
        self.passes = 0
        self.has_noise = False
        self.begin_pass()

    # --- passes

    def begin_pass(self):
        self.chain: list[Any] = []  # (move, is_bounded), not yet followed
        self.is_swapped = False  # the window is turned by a quarter
        self.has_border = False
        self.interpolation = None
        self.is_moved = False  # anything beyond choosing
        self.has_filter = False  # a resize that reads more than the pixels next to a point
        self.has_values = self.has_place = self.has_mean = False

    def end_pass(self):
        self.follow()
        if self.is_moved or self.has_values:
            self.passes += 1
        if self.top is not None:
            self.pixels = self.pixels.rounded(self.top)
        self.begin_pass()

    def finish(self, dtype):
        self.end_pass()
        if self.top is None:
            reach = np.maximum(np.abs(self.pixels.low), np.abs(self.pixels.high))
            self.pixels = self.pixels.widened(NARROWING[dtype] * reach + SMALLEST[dtype])
        return Outcome(self.pixels, self.matrix, self.passes, self.has_noise)

    # --- moves

    def step(self, transform, values):
        move = move_of(transform, values, self.size)
        if move is None:
            change = VALUE_STEPS.get(type(transform).__name__)
            if change is not None:
                change(self, transform, values)
            return
        self.move(move)
        self.matrix = move.matrix @ self.matrix
        self.size = move.after

    def move(self, move):
        if self.has_values:
            # What changes single values does not care where they are; a mean cares which are there.
            stays = move.chooses and not self.has_place and not (move.swaps and self.has_filter)
            if stays and (move.kind == TURN or not self.has_mean):
                self.pixels = self.pixels.moved(move.literally)
                return
            self.end_pass()
        if not self.joins(move):
            self.end_pass()
        if not self.chain and move.chooses:
            self.pixels = self.pixels.moved(move.literally)
            self.is_swapped ^= move.swaps
            return
        self.is_moved = True
        self.has_filter |= move.widens
        if not self.chain and move.kind == RESIZE:
            # Its box is a window too, with edges of its own.
            x0, y0, x1, y1 = move.box
            self.pixels = self.pixels.moved(lambda values: values[y0:y1, x0:x1])
            move = resized((0, 0, x1 - x0, y1 - y0), (y1 - y0, x1 - x0), move.after, move)
        is_bounded = move.looks_outside and self.has_border
        self.has_border |= move.looks_outside or move.kind == RESIZE
        if move.kind in (RESIZE, MAP) and not move.is_exact and self.interpolation is None:
            self.interpolation = move.interpolation
        self.chain.append((move, is_bounded))

    def is_filter(self):
        """A smooth resize of a window, then no more than flips and windows of it."""
        return (
            self.chain[0][0].kind == RESIZE
            and self.chain[0][0].interpolation != "nearest"
            and not self.is_swapped
            and all(move.chooses and not move.swaps for move, _ in self.chain[1:])
        )

    def joins(self, move):
        """Whether the move can be part of the resampling of the open pass."""
        if not self.chain:
            return not (move.widens and self.is_swapped)
        if move.chooses and not move.swaps:
            return True
        if self.has_filter:
            return False
        if move.chooses:
            return True
        if move.widens or (move.looks_outside and self.has_border and move.border != "constant"):
            return False
        between = None if move.is_exact else move.interpolation
        return between is None or self.interpolation in (None, between)

    def follow(self):
        """Carry out the moves that wait."""
        if not self.chain:
            return
        if self.is_filter():
            self.pixels = chain.filtered(self.chain, self.pixels)
        else:
            self.pixels = chain.follow(self.chain, self.pixels, self.interpolation)
        if self.interpolation not in (None, "nearest"):
            values = self.pixels.value
            extent = max(1.0, float(np.ptp(values))) if values.size else 1.0
            self.pixels = self.pixels.widened(PART_OFF * extent if self.top is None else LEVELS_OFF)
        if self.interpolation == "bicubic" and self.top is not None:
            # Levels beyond black and white are none.
            self.pixels = self.pixels.clipped(0, self.top)
        self.chain = []

    # --- values

    def change(self, function, *arguments):
        self.follow()
        self.pixels = function(self.pixels, *arguments, self.top)
        self.has_values = True

    def whole(self, function, *arguments):
        """A pass of its own, on the stored image."""
        self.end_pass()
        self.pixels = function(self.pixels, *arguments)
        self.has_values = True
        self.end_pass()

    def jitter(self, transform, values):
        names = ("brightness", "contrast", "saturation", "hue")
        for place in ("first", "second", "third", "fourth"):
            name = names[int(values[place])]
            nothing = 0.0 if name == "hue" else 1.0
            if getattr(transform, name) == (nothing, nothing) or values[name] == nothing:
                continue
            if name == "contrast":
                if self.chain or self.has_values:
                    self.end_pass()
                self.has_mean = True
            self.change(getattr(tones, name), values[name])

    def to_float(self, _transform, _values):
        if self.top is not None:
            self.change(lambda pixels, top: pixels.scaled(1 / top))
            self.top = None

    def normalize(self, transform, _values):
        mean, std = (np.asarray(v, np.float64) for v in (transform.mean, transform.std))

        def function(pixels, top):
            scaled = pixels.scaled(1 / tones.white(top))
            # Both terms are rounded, also where they cancel.
            slack = tones.ROUNDING * (np.abs(scaled.value) + np.abs(mean)) / std
            return scaled.rising(lambda values: (values - mean) / std).widened(slack)

        self.change(function)
        self.top = None

    def erase(self, transform, values):
        box = [int(values[name]) for name in ("top", "left", "height", "width")]
        if box[2] == 0 or box[3] == 0:
            return
        self.has_noise |= isinstance(transform.value, str)
        self.change(lambda pixels, _top: tones.erased(pixels, box, transform.value))
        self.has_place = True

    def add_noise(self, transform, _values):
        self.has_noise |= transform.sigma > 0
        self.change(tones.noisy, transform.mean, transform.sigma, transform.clip)
        self.has_place = True

    def sharpen(self, _transform, values):
        if values["factor"] != 1:
            self.whole(tones.sharpness, values["factor"], self.top)


VALUE_STEPS = {
    "ColorJitter": Walk.jitter,
    "RandomGrayscale": lambda walk, _t, _v: walk.change(tones.grayscale),
    "RandomInvert": lambda walk, _t, _v: walk.change(tones.invert),
    "RandomSolarize": lambda walk, _t, v: walk.change(tones.solarize, v["threshold"]),
    "RandomPosterize": lambda walk, _t, v: walk.change(tones.posterize, v["bits"]),
    "RandomGamma": lambda walk, t, v: walk.change(tones.gamma, v["gamma"], t.gain),
    "RandomEqualize": lambda walk, _t, _v: walk.whole(tones.equalize),
    "RandomAutocontrast": lambda walk, _t, _v: walk.whole(tones.autocontrast, walk.top),
    "RandomAdjustSharpness": Walk.sharpen,
    "GaussianBlur": lambda walk, t, v: walk.whole(tones.blur, t.kernel_size, v["sigma"], walk.top),
    "GaussianNoise": Walk.add_noise,
    "RandomErasing": Walk.erase,
    "ToFloat": Walk.to_float,
    "Normalize": Walk.normalize,
}
