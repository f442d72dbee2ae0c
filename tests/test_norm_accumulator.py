"""NormAccumulator: the bits of get_total_norm, one gradient at a time."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits
from test_grad_clip import copies
from test_grad_norm import every_norm, random_gradients

every_isa = pytest.mark.usefixtures("isa")
# Blocks hold 32768 elements.
SHAPES = [(3,), (32768,), (32769,), (), (0, 4), (123, 457), (40_000, 3), (1,), (31,), (65536,)]


def accumulated(gradients, norm_type=2.0, **options):
    accumulator = fa.NormAccumulator(norm_type, **options)
    for gradient in gradients:
        assert accumulator.add(gradient) is None
    return accumulator


@every_isa
@every_norm
def test_the_bits_of_the_whole_list(norm_type, threads, rng):
    gradients = random_gradients(rng, SHAPES)
    gradients += [rng.normal(size=(300, 500)).T, rng.normal(size=90_000)[::-2]]
    accumulator = accumulated(gradients, norm_type, threads=threads)

    assert isinstance(accumulator.norm(), float)
    assert accumulator.norm() == fa.get_total_norm(gradients, norm_type)
    assert accumulated([gradients], norm_type).norm() == accumulator.norm()


EXTREMES = [
    [1e200, 1e-200, 3.0],
    [3e-200, 4e-200, 0.0],
    [1.2e154, 1.2e154, 1.2e154],
    [1e308, 1.0, 1e308],
    [5e-324, 5e-324, 0.0, 5e-324],
    [1e-140, 1e-140, 1e-150],
    [0.0, 0.0],
]


@every_isa
@every_norm
@pytest.mark.parametrize("values", EXTREMES, ids=str)
def test_the_same_where_sums_of_powers_overflow_or_vanish(norm_type, values):
    gradients = [np.array([value, value / 2]) for value in values]
    for some in (gradients, gradients[::-1]):
        norm = fa.get_total_norm(some, norm_type, nonfinite="skip")
        assert accumulated(some, norm_type, nonfinite="skip").norm() == norm


def test_nothing_has_norm_zero():
    assert fa.NormAccumulator().norm() == 0.0
    assert accumulated([None, [], np.zeros((0, 3))]).norm() == 0.0


@pytest.mark.parametrize("norm_type", [2.0, math.inf])
def test_clipping_by_what_was_added(norm_type, rng):
    gradients = random_gradients(rng, SHAPES)
    plain = copies(gradients)
    accumulator = accumulated(gradients, norm_type)

    norm = accumulator.clip_(gradients, 0.5)

    assert norm == fa.clip_grad_norm_(plain, 0.5, norm_type)
    for result, expected in zip(gradients, plain, strict=True):
        assert_same_bits(result, expected)
    assert accumulator.norm() == 0.0


def test_reset_starts_anew():
    accumulator = accumulated([np.array([3.0, np.nan])], nonfinite="skip")
    assert math.isnan(accumulator.norm())
    accumulator.reset()
    accumulator.add(np.array([3.0]))

    assert accumulator.norm() == 3.0


def test_what_was_added_is_not_held():
    freed = []

    class Watched(np.ndarray):
        def __del__(self):
            freed.append(self.shape)

    accumulator = fa.NormAccumulator()
    accumulator.add(np.ones(5).view(Watched))

    assert freed == [(5,)]
    assert accumulator.norm() == math.sqrt(5)


def test_threads_that_add_at_the_same_time_lose_nothing():
    gradients = [np.full(40_000 if n % 5 == 0 else n, n, np.float32) for n in range(200)]
    accumulator, largest = fa.NormAccumulator(), fa.NormAccumulator(math.inf)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(accumulator.add, gradients))
        list(pool.map(largest.add, gradients))

    assert accumulator.norm() == pytest.approx(fa.get_total_norm(gradients), rel=1e-14)
    assert largest.norm() == 199.0
    assert accumulator.clip_(gradients, 1.0) > 1.0


def test_other_gradients_than_were_added():
    array = np.full(3, 9.0)
    accumulator = accumulated([array, np.ones(1)])

    assert_raises(
        ValueError,
        "NormAccumulator: grads has 1 gradient of 3 elements, expected the 2 gradients of 4"
        " elements that were added since the last reset",
        lambda: accumulator.clip_([array, None], 1.0),
    )
    assert np.all(array == 9.0)
    assert accumulator.norm() == pytest.approx(math.sqrt(244))


def test_values_that_are_not_finite():
    bad = np.array([[1.0, 2.0], [-np.inf, np.nan]])
    accumulator = accumulated([np.ones(3), None, np.ones((2, 2))])
    accumulator.add({"stem": np.ones(2), "head": bad})
    message = "NormAccumulator: grads['head'] holds -inf at flat index 2 of 4"
    assert_raises(fa.NonFiniteGradientError, message, accumulator.norm)
    assert_raises(fa.NonFiniteGradientError, message, lambda: accumulator.clip_([np.ones(15)], 1.0))
    assert_raises(
        fa.NonFiniteGradientError,
        "NormAccumulator: grads[2] holds nan at flat index 0 of 2",
        accumulated([np.ones(3), None, bad[1, ::-1]]).norm,
    )
    assert_raises(
        fa.NonFiniteGradientError,
        "NormAccumulator: all gradients are finite but their norm is too large for a float64",
        accumulated([np.full(4, 1.7e308)]).norm,
    )


def test_modes_for_values_that_are_not_finite():
    for mode, expected in (("skip", [1.0, np.nan]), ("zero", [0, 0]), ("propagate", [np.nan] * 2)):
        array = np.array([1.0, np.nan])
        assert math.isnan(accumulated([array], nonfinite=mode).clip_([array], 0.1))
        assert np.array_equal(array, expected, equal_nan=True)


def test_a_failed_call_adds_nothing():
    accumulator = accumulated([np.array([3.0])])
    array = np.ones(2)
    assert_raises(
        TypeError,
        "NormAccumulator: grads[1] has type float, expected an array or a tensor",
        lambda: accumulator.add([array, 1.0]),
    )
    assert_raises(
        ValueError,
        "NormAccumulator: grads[1] is the same array as grads[0], expected each gradient once",
        lambda: accumulator.add([array, array]),
    )
    assert_raises(
        ValueError,
        "NormAccumulator: max_norm is 0, expected a number above 0",
        lambda: accumulator.clip_(array[:1], 0),
    )
    assert accumulator.norm() == 3.0


@pytest.mark.parametrize("bad", [0, -1, np.nan])
def test_norm_types(bad):
    assert_raises(
        ValueError,
        f"NormAccumulator: norm_type is {bad}, expected a number above 0",
        lambda: fa.NormAccumulator(bad),
    )
