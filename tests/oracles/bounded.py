"""Pixels with bounds: what an exact run gives, and from where to where a correct engine may be."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pixels:
    """(H, W, C) in float64: the exact value, and the lowest and highest that rounding allows."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def exact(cls, image):
        values = np.asarray(image, np.float64)
        return cls(values, values, values)

    @property
    def shape(self):
        return self.value.shape

    def moved(self, change):
        """Rearranged by a function that computes nothing."""
        return Pixels(change(self.value), change(self.low), change(self.high))

    def rising(self, function):
        """Through a function of single values that never falls."""
        return Pixels(function(self.value), function(self.low), function(self.high))

    def falling(self, function):
        return Pixels(function(self.value), function(self.high), function(self.low))

    def scaled(self, factor):
        return (self.rising if factor >= 0 else self.falling)(lambda values: factor * values)

    def plus(self, other):
        """The sum with other pixels, or with numbers."""
        if not isinstance(other, Pixels):
            return self.rising(lambda values: values + other)
        return Pixels(self.value + other.value, self.low + other.low, self.high + other.high)

    def widened(self, slack):
        return Pixels(self.value, self.low - slack, self.high + slack)

    def clipped(self, low, high):
        return self.rising(lambda values: np.clip(values, low, high))

    def rounded(self, top):
        """As stored in whole levels from 0 to `top`: half up."""
        return self.rising(lambda values: np.clip(np.floor(values + 0.5), 0, top))

    def united(self, other):
        """Either of both; the value of the first."""
        return Pixels(
            self.value, np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        )

    def where(self, mask, other):
        """`other` where the mask (H, W, 1) is set."""
        return Pixels(
            np.where(mask, other.value, self.value),
            np.where(mask, other.low, self.low),
            np.where(mask, other.high, self.high),
        )

    def spread(self):
        """How far the bounds of each value lie apart."""
        return self.high - self.low


def weighted_sum(taps):
    """Sum of weights (H, W) times pixels, over pairs: negative weights swap the bounds."""
    total = None
    for weight, pixels in taps:
        weight = weight[..., None]
        negative = weight < 0
        part = Pixels(
            weight * pixels.value,
            weight * np.where(negative, pixels.high, pixels.low),
            weight * np.where(negative, pixels.low, pixels.high),
        )
        total = part if total is None else total.plus(part)
    return total


def separable(pixels, rows, columns):
    """Rows and columns mixed by two matrices (outputs, inputs); entries may be negative."""

    def mix(row_weights, column_weights, values):
        return np.einsum("yj,jic,xi->yxc", row_weights, values, column_weights, optimize=True)

    row_parts = np.maximum(rows, 0), np.minimum(rows, 0)
    column_parts = np.maximum(columns, 0), np.minimum(columns, 0)
    low = high = 0
    for i, row_part in enumerate(row_parts):
        for j, column_part in enumerate(column_parts):
            lowest, highest = (pixels.low, pixels.high) if i == j else (pixels.high, pixels.low)
            low = low + mix(row_part, column_part, lowest)
            high = high + mix(row_part, column_part, highest)
    return Pixels(mix(rows, columns, pixels.value), low, high)
