"""Assertions that several test files share."""

import numpy as np
import pytest

from helpers.images import largest
from oracles import geometry

# Half a level of rounding plus five hundredths of a level of arithmetic.
MAX_DISTANCE = 0.55
FLOAT_TOLERANCE = 3e-4


def assert_same_bits(result, expected, where=""):
    """Equal dtype, shape and bytes, so that NaN equals NaN and 0.0 differs from -0.0."""
    assert result.dtype == expected.dtype, where
    assert result.shape == expected.shape, f"{where}: {result.shape} {expected.shape}"
    if np.ascontiguousarray(result).tobytes() != np.ascontiguousarray(expected).tobytes():
        different = np.argwhere(result != expected)
        raise AssertionError(f"{where}: {len(different)} elements differ, first at {different[:1]}")


def assert_near_exact(result, exact, value_range=None, where=""):
    """Integers: within 0.55 of the exact value and 1 level of it rounded; floats: 3e-4 of range."""
    assert result.shape == exact.shape, f"{where}: {result.shape} {exact.shape}"
    if exact.size == 0:
        return
    distance = np.abs(result.astype(np.float64) - exact)
    if np.issubdtype(result.dtype, np.integer):
        clipped = np.clip(exact, 0, largest(result.dtype))
        distance = np.abs(result.astype(np.float64) - clipped)
        rounded = geometry.round_half_up(exact, result.dtype).astype(np.float64)
        levels = np.abs(result.astype(np.float64) - rounded).max()
        assert levels <= 1, f"{where}: {levels} levels from the rounded oracle"
        limit = MAX_DISTANCE
    else:
        limit = FLOAT_TOLERANCE * (1.0 if value_range is None else value_range)
    worst = float(distance.max())
    assert worst <= limit, f"{where}: {worst} from the exact value at {np.argmax(distance)}"


def assert_nearest(result, image, matrix, size=None, border="constant", fill=0, where=""):
    """Each pixel is that of the oracle; within 1e-6 of a tie it may be the other neighbour."""
    choices = geometry.affine_nearest_choices(image, matrix, size, border, fill)
    assert result.shape == choices[0].shape, f"{where}: {result.shape}"
    fits = np.zeros(result.shape[:2], dtype=bool)
    for choice in choices:
        fits |= np.all(result == choice.astype(image.dtype), axis=-1)
    assert fits.all(), f"{where}: first wrong pixel {np.argwhere(~fits)[0]}"


def assert_raises(error, message, call):
    """The call fails with exactly this type and this message, word by word."""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message


def each_case(cases):
    """Runs a test once per entry of a table (error, message, call), with its number."""
    return pytest.mark.parametrize("number", range(len(cases)))


def check_message(cases, number):
    error, message, call = cases[number]
    assert_raises(error, message, call)
