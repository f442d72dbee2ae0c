"""get_total_norm: accuracy, range, norm types and non-finite values."""

import math

import numpy as np
import pytest

import fast_augment as fa
from helpers.images import SIZES, dtype_name
from oracles import gradients as oracle

every_isa = pytest.mark.usefixtures("isa")
FLOATS = (np.float16, np.float32, np.float64)
NORM_TYPES = (0.5, 1, 2, 3, 7.5, math.inf)
# Around the lanes of the vectors and the blocks of the sum.
LENGTHS = (*SIZES, 255, 1023, 4095, 4096, 4097, 8191, 8193, 70001)
every_float = pytest.mark.parametrize("dtype", FLOATS, ids=dtype_name)
every_norm = pytest.mark.parametrize("norm_type", NORM_TYPES)


def random_gradients(rng, shapes, dtypes=FLOATS):
    return [
        rng.normal(0, 10.0 ** rng.integers(-2, 3), shape).astype(dtypes[i % len(dtypes)])
        for i, shape in enumerate(shapes)
    ]


def blockwise_norm(vector, block=1_000_000):
    """2-norm with float64 sums of blocks, added exactly; for vectors too long for the oracle."""
    blocks = (vector[i : i + block].astype(np.float64) for i in range(0, vector.size, block))
    return math.sqrt(math.fsum(float(np.sum(part * part)) for part in blocks))


@every_isa
@every_float
@every_norm
def test_every_length(norm_type, dtype, rng):
    for length in LENGTHS:
        vector = rng.normal(0, 1, length).astype(dtype)
        norm = fa.get_total_norm([vector], norm_type)

        assert isinstance(norm, float)
        assert norm == pytest.approx(oracle.total_norm([vector], norm_type), rel=1e-12), length


@every_isa
@every_norm
def test_many_tensors_of_mixed_dtypes(norm_type, threads, rng):
    shapes = [(), (1,), (3, 3), (0,), (64, 3, 7, 7), (5, 0, 2), (64,), (1000, 40), (7, 1, 9)] * 3
    tensors = random_gradients(rng, shapes)

    norm = fa.get_total_norm(tensors, norm_type, threads=threads)

    assert norm == pytest.approx(oracle.total_norm(tensors, norm_type), rel=1e-12)


def test_five_million_floats(threads, rng):
    vector = rng.standard_normal(5_000_000, dtype=np.float32)

    assert fa.get_total_norm(vector, threads=threads) == pytest.approx(
        blockwise_norm(vector), rel=1e-12
    )


@pytest.mark.slow
def test_a_hundred_million_floats(threads):
    vector = np.random.default_rng(5).random(100_000_000, dtype=np.float32)

    assert fa.get_total_norm(vector, threads=threads) == pytest.approx(
        blockwise_norm(vector), rel=1e-12
    )


@pytest.mark.slow
def test_a_hundred_million_equal_floats():
    # A running float32 sum would stop growing at 16,777,216.
    vector = np.ones(100_000_000, np.float32)

    assert fa.get_total_norm(vector) == 10_000.0
    assert fa.get_total_norm(vector, 1) == 100_000_000.0


@every_isa
@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1e20, 1e20], np.float32, math.sqrt(2) * float(np.float32(1e20))),
        ([3e38] * 4, np.float32, 2 * float(np.float32(3e38))),
        ([1e-30, 1e-30], np.float32, math.sqrt(2) * float(np.float32(1e-30))),
        ([1e-45] * 4, np.float32, 2 * float(np.float32(1e-45))),
        ([300.0] * 65536, np.float16, 76800.0),
        ([65504.0] * 64, np.float16, 8 * 65504.0),
        ([6e-8] * 16, np.float16, 4 * float(np.float16(6e-8))),
        ([3e200, 4e200], np.float64, 5e200),
        ([3e-200, 4e-200], np.float64, 5e-200),
        ([1e308, 1e308], np.float64, math.sqrt(2) * 1e308),
        ([5e-324] * 4, np.float64, 1e-323),
        ([1e200, 1e-200, 1.0], np.float64, 1e200),
    ],
)
def test_large_and_tiny_values_neither_overflow_nor_vanish(values, dtype, expected, threads):
    vector = np.array(values, dtype)

    assert fa.get_total_norm([vector], threads=threads) == pytest.approx(expected, rel=1e-12)


@every_isa
@every_norm
@pytest.mark.parametrize("size", [1e200, 1e-200, 1e-310])
def test_every_norm_type_scales(norm_type, size):
    vector = np.array([1.0, 2.0, 0.5, 3.0] * 9) * size
    expected = oracle.total_norm([vector], norm_type)

    assert fa.get_total_norm([vector], norm_type) == pytest.approx(expected, rel=1e-12)


@every_norm
def test_scales_may_differ_between_tensors(norm_type):
    tensors = [np.array([1e-180, 2e-180]), np.array([1e180]), np.array([3.0], np.float32)]

    assert fa.get_total_norm(tensors, norm_type) == pytest.approx(1e180, rel=1e-12)


@every_norm
def test_same_bits_for_every_isa_and_thread_count(norm_type, rng):
    from fast_augment import _core

    tensors = random_gradients(rng, [(50_000,), (3, 5), (123, 457), (9_999,), (1,)])
    before = _core.active_isa()
    norms = set()
    for name in _core.supported_isas():
        _core.force_isa(name)
        norms |= {fa.get_total_norm(tensors, norm_type, threads=n) for n in (1, 2, 7)}
    _core.force_isa(before)

    assert len(norms) == 1


def strided_views(array):
    """Every kind of view of a (6, 8, 10) array; each has elements of its own."""
    yield array.T
    yield array.transpose(1, 0, 2)
    yield array[::2, 1:7:3, ::-1]
    yield array[::-1, ::-1, ::-1]
    yield array[:, :, 3]
    yield array[4, :, :]
    yield array[:, 2:5]
    yield np.asfortranarray(array)
    yield array[1, 2, 3]
    yield array[..., None, :]
    yield array.ravel()[::7]
    yield array.ravel()[-1::-3]
    yield np.broadcast_to(array[0, 0], (5, 10))


@every_isa
@every_float
def test_any_strides(dtype, rng):
    array = rng.normal(size=(6, 8, 10)).astype(dtype)
    for view in strided_views(array):
        view = np.asarray(view)
        for norm_type in (1, 2, math.inf):
            expected = oracle.total_norm([view], norm_type)
            norm = fa.get_total_norm([view], norm_type)
            assert norm == pytest.approx(expected, rel=1e-12), view.strides


def test_every_kind_of_collection(rng):
    tensors = random_gradients(rng, [(3, 4), (5,), ()])
    expected = oracle.total_norm(tensors)

    assert fa.get_total_norm(tuple(tensors)) == pytest.approx(expected, rel=1e-12)
    assert fa.get_total_norm(iter(tensors)) == pytest.approx(expected, rel=1e-12)
    named = {f"layer{i}": tensor for i, tensor in enumerate(tensors)}
    assert fa.get_total_norm(named) == pytest.approx(expected, rel=1e-12)
    assert fa.get_total_norm([None, *tensors, None]) == pytest.approx(expected, rel=1e-12)
    assert fa.get_total_norm({**named, "unused": None}) == pytest.approx(expected, rel=1e-12)


def test_a_single_array_is_one_tensor(rng):
    matrix = rng.normal(size=(3, 4))

    assert fa.get_total_norm(matrix) == pytest.approx(np.linalg.norm(matrix), rel=1e-12)
    assert fa.get_total_norm(np.array(-3.0)) == 3.0


@pytest.mark.parametrize("nothing", [[], {}, (), [None], [np.zeros((0, 3))], iter(())])
def test_no_elements_have_norm_zero(nothing):
    norm = fa.get_total_norm(nothing)

    assert isinstance(norm, float)
    assert norm == 0.0


@every_norm
def test_zeros_have_norm_zero(norm_type):
    assert fa.get_total_norm([np.zeros(100), np.full(3, -0.0, np.float32)], norm_type) == 0.0


def test_reading_needs_no_write_access_and_allows_overlap_of_nothing(rng):
    vector = rng.normal(size=50)
    vector.flags.writeable = False

    assert fa.get_total_norm([vector]) == pytest.approx(np.linalg.norm(vector), rel=1e-12)


@every_isa
@pytest.mark.parametrize("nonfinite", ["skip", "propagate"])
def test_non_finite_norms_are_returned_where_asked(nonfinite):
    good = np.ones(1000, np.float32)
    infinite, unknown = good.copy(), good.copy()
    infinite[700], unknown[333] = -np.inf, np.nan
    for norm_type in NORM_TYPES:
        assert fa.get_total_norm([good, infinite], norm_type, nonfinite=nonfinite) == math.inf
        for tensors in ([good, unknown], [infinite, unknown], [unknown, infinite]):
            assert math.isnan(fa.get_total_norm(tensors, norm_type, nonfinite=nonfinite))


@every_isa
@every_float
def test_non_finite_values_are_errors_by_default(dtype, threads):
    for position in (0, 1, 31, 4096, 9999):
        for value in (np.nan, np.inf, -np.inf):
            vector = np.zeros(10_000, dtype)
            vector[position] = value
            with pytest.raises(fa.NonFiniteGradientError, match=rf"\b{position}\b"):
                fa.get_total_norm([vector], threads=threads)
