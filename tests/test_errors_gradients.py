"""Messages about gradients, word by word, and that a failed call changes none of them."""

import pickle

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits

WRITERS = {
    "clip_grad_norm_": lambda grads, **options: fa.clip_grad_norm_(grads, 1.0, **options),
    "clip_grads_with_norm_": lambda grads, **options: fa.clip_grads_with_norm_(
        grads, 1.0, 5.0, **options
    ),
    "clip_grad_value_": lambda grads, **options: fa.clip_grad_value_(grads, 0.1, **options),
    "clip_grad_norm_per_tensor_": lambda grads, **options: fa.clip_grad_norm_per_tensor_(
        grads, 1.0, **options
    ),
}
READERS = {"get_total_norm": fa.get_total_norm, "norm_power": fa.norm_power}
every_function = pytest.mark.parametrize("name", [*READERS, *WRITERS])
every_writer = pytest.mark.parametrize("name", WRITERS)


def call(name, grads, **options):
    return {**READERS, **WRITERS}[name](grads, **options)


def ones(count=3, dtype=np.float32):
    return np.ones(count, dtype)


def read_only():
    array = ones()
    array.flags.writeable = False
    return array


def unaligned():
    return np.zeros(13, np.uint8)[1:].view(np.float32)


def self_overlapping():
    return np.lib.stride_tricks.as_strided(ones(9), (3, 3), (4, 4))


COLLECTION = "expected an array, an iterable of arrays or a mapping of names to arrays"
REAL = "expected float16, bfloat16, float32 or float64"
ANY = "expected float16, bfloat16, float32, float64, complex64 or complex128"
KIND = "expected an array or a tensor"
OWN = "expected the machine's own; pass grads"
WRONG_KIND = [
    (3, f"grads has type int, {COLLECTION}"),
    (None, f"grads has type NoneType, {COLLECTION}"),
    ("ab", f"grads has type str, {COLLECTION}"),
    ([1.0], f"grads[0] has type float, {KIND}"),
    ([ones(), [1.0]], f"grads['1.0'] has type float, {KIND}"),
    ([None, {"a": "b"}], f"grads['1.a'] has type str, {KIND}"),
    ({"w": 1.0}, f"grads['w'] has type float, {KIND}"),
    (ones(dtype=np.int64), "grads[0] has dtype int64, DTYPES"),
    ([ones(), ones(dtype=np.longdouble)], "grads[1] has dtype float128, DTYPES"),
    ({0: ones(dtype=np.bool_)}, "grads[0] has dtype bool, DTYPES"),
    ({"w": ones(dtype=">f8")}, f"grads['w'] has byte order '>', {OWN}['w'].astype(np.float64)"),
]


@every_function
@pytest.mark.parametrize("number", range(len(WRONG_KIND)))
def test_wrong_kind_or_dtype(name, number):
    grads, message = WRONG_KIND[number]
    message = message.replace("DTYPES", REAL if name == "clip_grad_value_" else ANY)

    assert_raises(TypeError, f"{name}: {message}", lambda: call(name, grads))


@every_function
def test_unaligned_arrays(name):
    message = f"{name}: grads['w'] is not aligned to its elements; pass grads['w'].copy()"

    assert_raises(ValueError, message, lambda: call(name, {"w": unaligned()}))


@every_writer
def test_arrays_that_cannot_be_written(name):
    broadcast = np.broadcast_to(ones(), (2, 3))

    assert_raises(
        ValueError,
        f"{name}: grads[1] is read-only, expected a writable array",
        lambda: call(name, [ones(), read_only()]),
    )
    assert_raises(
        ValueError,
        f"{name}: grads['w'] is read-only, expected a writable array",
        lambda: call(name, {"w": broadcast}),
    )
    assert_raises(
        ValueError,
        f"{name}: grads[0] overlaps itself (strides that visit an element twice)",
        lambda: call(name, [self_overlapping()]),
    )


def test_a_norm_counts_no_array_twice():
    array = ones(8)

    assert_raises(
        ValueError,
        "get_total_norm: grads[1] is the same array as grads[0], expected each gradient once",
        lambda: fa.get_total_norm([array, array]),
    )


@every_writer
def test_arrays_that_share_memory(name):
    array, other = ones(8), ones()

    assert_raises(
        ValueError,
        f"{name}: grads[2] is the same array as grads[0], expected each gradient once",
        lambda: call(name, [array, other, array]),
    )
    assert_raises(
        ValueError,
        f"{name}: grads['tied'] is the same array as grads['embedding'],"
        " expected each gradient once",
        lambda: call(name, {"embedding": array, "tied": array}),
    )
    assert_raises(
        ValueError,
        f"{name}: grads[2] shares memory with grads[0], expected each gradient once",
        lambda: call(name, [array[3:], None, array[:4]]),
    )
    assert_raises(
        ValueError,
        f"{name}: grads[1] shares memory with grads[0], expected each gradient once",
        lambda: call(name, [array, array[::-2]]),
    )


@every_writer
def test_arrays_without_elements_share_nothing(name):
    array = ones(8)

    call(name, [array, array[:0], array[8:], array[:0]])


@every_function
def test_threads(name):
    assert_raises(
        ValueError,
        f"{name}: threads is 0, expected 1 to 1024",
        lambda: call(name, [ones()], threads=0),
    )
    assert_raises(
        TypeError,
        f"{name}: threads has type str, expected None or a whole number",
        lambda: call(name, [ones()], threads="2"),
    )


ABOVE_0 = "expected a number above 0"
FINITE = "expected a finite number of at least 0"
MODES = "expected 'error', 'skip', 'zero' or 'propagate'"
WRONG_NUMBERS = [
    (
        ValueError,
        f"clip_grad_norm_: max_norm is 0, {ABOVE_0}",
        lambda g: fa.clip_grad_norm_(g, 0),
    ),
    (
        ValueError,
        f"clip_grad_norm_: max_norm is nan, {ABOVE_0}",
        lambda g: fa.clip_grad_norm_(g, np.nan),
    ),
    (
        TypeError,
        "clip_grad_norm_: max_norm is '1', expected a number",
        lambda g: fa.clip_grad_norm_(g, "1"),
    ),
    (
        TypeError,
        "clip_grad_norm_: max_norm is None, expected a number",
        lambda g: fa.clip_grad_norm_(g, None),
    ),
    (
        ValueError,
        f"clip_grad_norm_: norm_type is 0, {ABOVE_0}",
        lambda g: fa.clip_grad_norm_(g, 1, 0),
    ),
    (
        ValueError,
        f"get_total_norm: norm_type is -inf, {ABOVE_0}",
        lambda g: fa.get_total_norm(g, -np.inf),
    ),
    (
        TypeError,
        "get_total_norm: norm_type is 'fro', expected a number",
        lambda g: fa.get_total_norm(g, "fro"),
    ),
    (
        ValueError,
        f"clip_grad_norm_: nonfinite is 'raise', {MODES}",
        lambda g: fa.clip_grad_norm_(g, 1, nonfinite="raise"),
    ),
    (
        TypeError,
        "clip_grad_norm_: nonfinite is True, expected a string",
        lambda g: fa.clip_grad_norm_(g, 1, nonfinite=True),
    ),
    (
        ValueError,
        "get_total_norm: nonfinite is 'zero', expected 'error', 'skip' or 'propagate'",
        lambda g: fa.get_total_norm(g, nonfinite="zero"),
    ),
    (
        ValueError,
        f"clip_grads_with_norm_: max_norm is -1, {ABOVE_0}",
        lambda g: fa.clip_grads_with_norm_(g, -1, 1),
    ),
    (
        ValueError,
        f"clip_grads_with_norm_: total_norm is -1, {FINITE}",
        lambda g: fa.clip_grads_with_norm_(g, 1, -1),
    ),
    (
        ValueError,
        f"clip_grads_with_norm_: total_norm is inf, {FINITE}",
        lambda g: fa.clip_grads_with_norm_(g, 1, np.inf),
    ),
    (
        ValueError,
        f"clip_grad_value_: clip_value is 0, {ABOVE_0}",
        lambda g: fa.clip_grad_value_(g, 0),
    ),
    (
        TypeError,
        "clip_grad_value_: clip_value is None, expected a number",
        lambda g: fa.clip_grad_value_(g, None),
    ),
]


@pytest.mark.parametrize("number", range(len(WRONG_NUMBERS)))
def test_numbers(number):
    error, message, clip = WRONG_NUMBERS[number]
    array = ones()

    assert_raises(error, message, lambda: clip([array]))
    assert np.all(array == 1)


@pytest.mark.parametrize("name", ["clip_grad_norm_", "get_total_norm"])
def test_non_finite_gradients(name):
    half = np.array([[1, 2], [-np.inf, np.nan]], np.float16)

    assert_raises(
        fa.NonFiniteGradientError,
        f"{name}: grads['fc.weight'] holds -inf at flat index 2 of 4",
        lambda: call(name, {"first": ones(), "fc.weight": half}),
    )
    assert_raises(
        fa.NonFiniteGradientError,
        f"{name}: grads[2] holds nan at flat index 0 of 2",
        lambda: call(name, [ones(), None, half[1, ::-1]]),
    )


@pytest.mark.parametrize("name", ["clip_grad_norm_", "get_total_norm"])
def test_finite_gradients_whose_norm_is_not(name):
    assert_raises(
        fa.NonFiniteGradientError,
        f"{name}: all gradients are finite but their norm is too large for a float64",
        lambda: call(name, [np.full(4, 1.7e308)]),
    )


def test_the_error_carries_the_facts_and_survives_pickling():
    with pytest.raises(fa.NonFiniteGradientError) as caught:
        fa.get_total_norm({"bias": np.array([1.0, -np.inf])})

    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
        assert (error.name, error.index, error.value) == ("bias", 1, -np.inf)
        assert str(error) == str(caught.value)


@every_writer
def test_a_failed_call_changes_no_gradient(name):
    good = np.linspace(-9, 9, 100)
    before = good.copy()
    for bad in (good, good[::2], ones(dtype=np.int32), read_only(), unaligned(), 1.0, [1.0]):
        with pytest.raises((TypeError, ValueError)):
            call(name, [good, bad])
    with pytest.raises(ValueError, match="threads"):
        call(name, [good], threads=0)

    assert_same_bits(good, before)
