"""Clipping by norm and by value, in place: oracle, laws and what happens to non-finite values."""

import math
import os

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import _core
from helpers.checks import assert_same_bits
from helpers.images import SIZES
from oracles import gradients as oracle
from test_grad_norm import every_float, every_norm, random_gradients

every_isa = pytest.mark.usefixtures("isa")
SHAPES = [(), (1,), (3, 3), (0,), (16, 3, 7, 7), (64,), (300, 41), (7, 1, 9), (4097,)]


def copies(tensors):
    return [None if tensor is None else tensor.copy() for tensor in tensors]


def assert_scaled(result, expected):
    """Float16 and float32 to one step of the dtype; float64 as the norm is good: to 1e-13."""
    assert result.dtype == expected.dtype
    assert result.shape == expected.shape
    limit = np.spacing(np.abs(expected)).astype(np.float64)
    if expected.dtype == np.float64:
        limit = 1e-13 * np.abs(expected)
    difference = np.abs(result.astype(np.float64) - expected.astype(np.float64))
    assert np.all(difference <= limit), f"{np.max(difference / limit)} times the tolerance"


@every_isa
@every_norm
def test_the_formula(norm_type, threads, rng):
    tensors = random_gradients(rng, SHAPES)
    before, norm_before = copies(tensors), oracle.total_norm(tensors, norm_type)
    max_norm = norm_before / 7

    norm = fa.clip_grad_norm_(tensors, max_norm, norm_type, threads=threads)

    assert isinstance(norm, float)
    assert norm == pytest.approx(norm_before, rel=1e-12)
    for result, expected in zip(tensors, oracle.clipped(before, max_norm, norm_type), strict=True):
        assert_scaled(result, expected)


@every_isa
@every_float
def test_every_length(dtype, rng):
    for length in SIZES:
        for offset in range(3):
            base = rng.normal(0, 3, length + offset).astype(dtype)
            whole, vector = base.copy(), base[offset:]
            expected = oracle.clipped([vector.copy()], 0.25)[0]

            fa.clip_grad_norm_([vector], 0.25)

            assert_scaled(vector, expected)
            assert_same_bits(base[:offset], whole[:offset])


@every_norm
def test_after_clipping_the_norm_is_the_maximum(norm_type, rng):
    tensors = random_gradients(rng, SHAPES, (np.float64,))
    fa.clip_grad_norm_(tensors, 2.0, norm_type)

    assert fa.get_total_norm(tensors, norm_type) == pytest.approx(2.0, rel=1e-5)
    assert fa.get_total_norm(tensors, norm_type) <= 2.0


@every_norm
def test_clipping_twice_is_clipping_once(norm_type, rng):
    tensors = random_gradients(rng, SHAPES, (np.float32, np.float64))
    fa.clip_grad_norm_(tensors, 1.5, norm_type)
    once = copies(tensors)
    fa.clip_grad_norm_(tensors, 1.5, norm_type)

    # The epsilon of the formula lets the second call shrink by less than a millionth.
    for twice, expected in zip(tensors, once, strict=True):
        assert np.allclose(twice, expected, rtol=1e-6, atol=0)


@every_isa
@pytest.mark.parametrize("max_norm", [1e9, math.inf])
def test_a_far_threshold_leaves_every_bit(max_norm, rng):
    tensors = random_gradients(rng, SHAPES)
    tensors.append(np.array([-0.0, 1e-45, 0.0], np.float32))
    before = copies(tensors)

    norm = fa.clip_grad_norm_(tensors, max_norm)

    assert norm == pytest.approx(oracle.total_norm(before), rel=1e-12)
    for result, expected in zip(tensors, before, strict=True):
        assert_same_bits(result, expected)


def test_two_steps_are_one(rng):
    together = random_gradients(rng, SHAPES)
    separate = copies(together)

    norm = fa.clip_grad_norm_(together, 0.7, 3)
    assert fa.get_total_norm(separate, 3) == norm
    assert fa.clip_grads_with_norm_(separate, 0.7, norm) is None

    for one, two in zip(together, separate, strict=True):
        assert_same_bits(one, two)


def test_same_bits_for_every_isa_and_thread_count(rng):
    tensors = random_gradients(rng, [(50_000,), (3, 5), (123, 457), (9_999,), (1,)])
    results = []
    before = _core.active_isa()
    for name in _core.supported_isas():
        _core.force_isa(name)
        for count in (1, 2, 7):
            clipped = copies(tensors)
            fa.clip_grad_norm_(clipped, 1.0, threads=count)
            fa.clip_grad_value_(clipped, 1e-3, threads=count)
            results.append(clipped)
    _core.force_isa(before)

    for clipped in results[1:]:
        for result, expected in zip(clipped, results[0], strict=True):
            assert_same_bits(result, expected)


def views_of(array):
    """Views that are clipped while the elements between them stay."""
    return (
        array.T,
        array[::2, 1:7:3, ::-1],
        array[:, :, 3],
        array[::-1],
        array.ravel()[::7],
        array[2:3, 4:5, 6:7],
        np.asarray(array[..., None]),
    )


@every_isa
@every_float
def test_any_strides_and_only_the_view(dtype, rng):
    for number in range(7):
        array = rng.normal(size=(6, 8, 10)).astype(dtype)
        expected = array.copy()
        target = views_of(expected)[number]
        target[...] = oracle.clipped([np.ascontiguousarray(target)], 0.1)[0]

        fa.clip_grad_norm_([views_of(array)[number]], 0.1)

        assert_scaled(array, expected)


def test_interleaved_views_are_separate_tensors(rng):
    array = rng.normal(size=100)
    expected = oracle.clipped([array.copy()], 0.5)[0]

    fa.clip_grad_norm_([array[::2], array[1::2]], 0.5)

    assert_scaled(array, expected)


@every_isa
def test_fortran_order_and_zero_dimensional_arrays():
    matrix, scalar = np.asfortranarray([[3.0, 0.0], [0.0, 0.0]]), np.array(4.0, np.float32)

    assert fa.clip_grad_norm_([matrix, scalar], 1.0) == 5.0
    assert matrix[0, 0] == pytest.approx(0.6, rel=1e-6)
    assert scalar == pytest.approx(0.8, rel=1e-6)


def test_a_generator_is_consumed_once(rng):
    tensors = random_gradients(rng, SHAPES)
    expected = oracle.clipped(copies(tensors), 1.0)
    taken = []

    def generate():
        for number, tensor in enumerate(tensors):
            taken.append(number)
            yield tensor

    fa.clip_grad_norm_(generate(), 1.0)

    assert taken == list(range(len(tensors)))
    for result, want in zip(tensors, expected, strict=True):
        assert_scaled(result, want)


def test_mappings_and_none_entries(rng):
    tensors = random_gradients(rng, [(3, 4), (5,)], (np.float64,))
    expected = oracle.clipped(copies(tensors), 1.0)
    fa.clip_grad_norm_({"weight": tensors[0], "frozen": None, "bias": tensors[1]}, 1.0)

    for result, want in zip(tensors, expected, strict=True):
        assert_scaled(result, want)


def test_nothing_to_clip():
    assert fa.clip_grad_norm_([], 1.0) == 0.0
    assert fa.clip_grad_norm_([None, np.zeros((0, 4), np.float32)], 1.0) == 0.0
    assert fa.clip_grad_norm_({}, 1.0) == 0.0


def test_zero_gradients_stay_zero():
    zeros = np.zeros(33, np.float32)

    assert fa.clip_grad_norm_(zeros, 1.0) == 0.0
    assert not zeros.any()


@every_isa
@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1e20, 1e20], np.float32), ([300.0] * 65536, np.float16), ([1e200, 3e200], np.float64)],
)
def test_large_gradients_are_scaled_not_lost(values, dtype):
    vector = np.array(values, dtype)
    fa.clip_grad_norm_([vector], 10.0)

    assert np.linalg.norm(vector.astype(np.float64)) == pytest.approx(10.0, rel=2e-3)


@every_isa
@every_float
def test_values_are_clamped(dtype, threads, rng):
    for shape in SHAPES:
        tensor = rng.normal(size=shape).astype(dtype)
        expected = oracle.clipped_values(np.atleast_1d(tensor), dtype(0.5)).reshape(shape)

        assert fa.clip_grad_value_([tensor], 0.5, threads=threads) is None

        assert_same_bits(tensor, expected)


@every_isa
def test_clamping_non_finite_values_is_that_of_torch():
    vector = np.array([np.nan, np.inf, -np.inf, -0.0, 0.25, -3.0] * 9, np.float32)
    fa.clip_grad_value_(vector, 1.0)

    assert np.array_equal(vector, [np.nan, 1.0, -1.0, 0.0, 0.25, -1.0] * 9, equal_nan=True)
    assert np.signbit(vector[3])


def test_clamping_views_and_mappings(rng):
    array = rng.normal(size=(6, 8))
    expected = array.copy()
    expected[::2, ::-3] = oracle.clipped_values(expected[::2, ::-3], 0.1)

    fa.clip_grad_value_({"a": array[::2, ::-3], "b": None}, 0.1)

    assert_same_bits(array, expected)


def bad_gradients():
    return {
        "stem.weight": np.ones((2, 2), np.float32),
        "head.bias": np.array([np.inf, 1.0], np.float32),
        "last": np.array([np.nan, 2.0]),
    }


@every_isa
def test_error_names_the_tensor_and_writes_nothing(threads):
    tensors = bad_gradients()
    before = copies(tensors.values())

    with pytest.raises(fa.NonFiniteGradientError, match=r"'head\.bias'.* inf .*index 0 of 2"):
        fa.clip_grad_norm_(tensors, 1.0, threads=threads)
    with pytest.raises(RuntimeError, match=r"grads\[1\].* inf .*index 0 of 2"):
        fa.clip_grad_norm_(list(tensors.values()), 1.0, threads=threads)

    for tensor, expected in zip(tensors.values(), before, strict=True):
        assert_same_bits(tensor, expected)


def test_error_gives_the_first_flat_index_in_c_order():
    array = np.zeros((4, 5), np.float32, order="F")
    array[1, 2] = array[3, 0] = np.nan

    with pytest.raises(fa.NonFiniteGradientError, match=r"nan .*index 7 of 20"):
        fa.clip_grad_norm_([array], 1.0)
    with pytest.raises(fa.NonFiniteGradientError, match=r"nan .*index 0 of 20"):
        fa.clip_grad_norm_([array[::-1]], 1.0)


@every_isa
def test_skip_leaves_all_gradients():
    tensors = bad_gradients()
    before = copies(tensors.values())

    assert math.isnan(fa.clip_grad_norm_(tensors, 1.0, nonfinite="skip"))
    del tensors["last"]
    assert fa.clip_grad_norm_(tensors, 1.0, nonfinite="skip") == math.inf

    for tensor, expected in zip(tensors.values(), before, strict=False):
        assert_same_bits(tensor, expected)


@every_isa
def test_zero_zeroes_all_gradients(threads):
    tensors = bad_gradients()

    assert math.isnan(fa.clip_grad_norm_(tensors, 1.0, nonfinite="zero", threads=threads))
    for tensor in tensors.values():
        assert_same_bits(tensor, np.zeros_like(tensor))


@every_isa
def test_propagate_does_what_torch_does():
    infinite, finite = np.array([np.inf, 1.0], np.float32), np.array([2.0, -3.0])
    norm = fa.clip_grad_norm_([infinite, finite], 1.0, nonfinite="propagate")

    # The factor is 1 / inf = 0.
    assert norm == math.inf
    assert np.array_equal(infinite, [np.nan, 0.0], equal_nan=True)
    assert not finite.any()

    unknown, finite = np.array([np.nan, 1.0], np.float32), np.array([2.0, -3.0])
    assert math.isnan(fa.clip_grad_norm_([unknown, finite], 1.0, nonfinite="propagate"))
    assert np.isnan(unknown).all()
    assert np.isnan(finite).all()


@pytest.mark.parametrize("nonfinite", ["error", "skip", "zero", "propagate"])
def test_finite_gradients_are_clipped_in_every_mode(nonfinite):
    vector = np.array([3.0, 4.0])

    assert fa.clip_grad_norm_(vector, 1.0, nonfinite=nonfinite) == 5.0
    assert vector == pytest.approx([0.6, 0.8], rel=1e-6)


@pytest.mark.skipif("FULL_MEMORY" not in os.environ, reason="needs 5 GB; set FULL_MEMORY=1")
@pytest.mark.slow
def test_more_elements_than_32_bits_count():
    vector = np.ones((1 << 31) + 5, np.float16)

    assert fa.clip_grad_norm_(vector, 1.0) == pytest.approx(math.sqrt(vector.size), rel=1e-12)
