"""What counts as gradients: dtypes, tensors of other libraries, parameters, nested containers."""

import math
import types
from collections import OrderedDict, UserDict, namedtuple

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits
from oracles import gradients as oracle
from test_grad_norm import LENGTHS, every_norm

every_isa = pytest.mark.usefixtures("isa")
COMPLEX = (np.complex64, np.complex128)
every_complex = pytest.mark.parametrize("dtype", COMPLEX)


def complex_normal(rng, shape, dtype):
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)


class Exchanged:
    """A tensor that shows nothing but DLPack; the old protocol has no versions."""

    def __init__(self, array, device=(1, 0), versioned=True):
        self.array, self.device, self.versioned = array, device, versioned

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self, **options):
        if options and not self.versioned:
            raise TypeError("no such argument")
        return self.array.__dlpack__(**options)


def bfloat16():
    return pytest.importorskip("ml_dtypes").bfloat16


@every_isa
@every_norm
def test_bfloat16_of_every_length(norm_type, rng):
    for length in LENGTHS:
        vector = rng.normal(size=length).astype(bfloat16())
        expected = oracle.total_norm([vector], norm_type)
        assert fa.get_total_norm([vector], norm_type) == pytest.approx(expected, rel=1e-12)


@every_isa
def test_bfloat16_is_scaled_in_float32_and_rounded_once(rng, threads):
    for shape in [(), (7,), (5, 9001), (70001,)]:
        vector = rng.normal(0, 30, shape).astype(bfloat16())
        factor = np.float32(oracle.clip_factor(0.25, oracle.total_norm([vector])))
        expected = np.asarray(vector.astype(np.float32) * factor).astype(bfloat16())

        fa.clip_grad_norm_([vector], 0.25, threads=threads)

        assert_same_bits(vector, expected)


@every_isa
def test_bfloat16_values_are_clamped():
    vector = np.array([np.nan, np.inf, -3.0, 0.25, -0.0] * 50, bfloat16())
    fa.clip_grad_value_(vector, 0.5)

    wanted = np.array([np.nan, 0.5, -0.5, 0.25, -0.0] * 50, bfloat16())
    assert np.array_equal(vector.view(np.uint16) & 0x7FFF, wanted.view(np.uint16) & 0x7FFF)


@every_isa
@every_complex
@every_norm
def test_the_moduli_of_complex_gradients_count(norm_type, dtype, rng, threads):
    for length in LENGTHS:
        vector = complex_normal(rng, length, dtype)
        expected = oracle.total_norm([vector], norm_type)
        norm = fa.get_total_norm([vector], norm_type, threads=threads)
        assert norm == pytest.approx(expected, rel=1e-12), length
    matrix = complex_normal(rng, (60, 80), dtype)
    for view in (matrix.T, matrix[::-2, ::3], matrix[3]):
        expected = oracle.total_norm([view], norm_type)
        assert fa.get_total_norm([view], norm_type) == pytest.approx(expected, rel=1e-12)


@every_isa
@every_complex
def test_both_parts_of_complex_gradients_are_scaled(dtype, rng):
    whole = complex_normal(rng, (40, 50), dtype)
    expected = whole.copy()
    expected[::3, 1::2] = oracle.clipped([expected[::3, 1::2]], 0.5)[0]

    fa.clip_grad_norm_([whole[::3, 1::2]], 0.5)

    assert np.allclose(whole, expected, rtol=4 * np.finfo(dtype).eps, atol=0)


@every_isa
@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([3e200 + 4e200j], np.complex128, 5e200),
        ([3e-200 + 4e-200j, 0], np.complex128, 5e-200),
        ([3e38 + 3e38j], np.complex64, math.sqrt(2) * float(np.float32(3e38))),
        ([4e-320j], np.complex128, 4e-320),
    ],
)
@pytest.mark.parametrize("norm_type", [1, 2, 3.5, math.inf])
def test_moduli_neither_overflow_nor_vanish(values, dtype, expected, norm_type):
    vector = np.array(values, dtype)

    assert fa.get_total_norm([vector], norm_type) == pytest.approx(expected, rel=1e-12)


@every_isa
@every_complex
def test_complex_gradients_that_are_not_finite(dtype):
    for bad in (complex(np.nan, 1), complex(np.inf, 1), complex(0, -np.inf)):
        vector = np.ones((3, 5), dtype)
        vector[1, 2] = bad
        for norm_type in (1, 2, 3, math.inf):
            assert not math.isfinite(fa.get_total_norm(vector, norm_type, nonfinite="skip"))
        with pytest.raises(fa.NonFiniteGradientError, match="at flat index 7 of 15"):
            fa.clip_grad_norm_([vector], 1.0)


def test_complex_values_have_no_order():
    assert_raises(
        TypeError,
        "clip_grad_value_: grads[0] has dtype complex64,"
        " expected float16, bfloat16, float32 or float64",
        lambda: fa.clip_grad_value_(np.ones(3, np.complex64), 1.0),
    )


@pytest.mark.parametrize("versioned", [True, False])
def test_anything_that_speaks_dlpack(versioned, rng):
    arrays = [rng.normal(size=(5, 7)).T, rng.normal(size=30)[::3], rng.normal(size=())]
    arrays += [rng.normal(size=4).astype(t) for t in (np.float16, np.float32, np.complex64)]
    expected = oracle.clipped([a.copy() for a in arrays], 0.5)

    norm = fa.clip_grad_norm_([Exchanged(a, versioned=versioned) for a in arrays], 0.5)

    assert norm == pytest.approx(3, abs=100)
    for array, wanted in zip(arrays, expected, strict=True):
        assert np.allclose(array, wanted, rtol=2e-3)
        assert array.dtype == wanted.dtype
    assert fa.get_total_norm(Exchanged(arrays[0])) == fa.get_total_norm(arrays[0])


def test_what_dlpack_says_is_obeyed():
    frozen = np.ones(3)
    frozen.flags.writeable = False

    assert fa.get_total_norm([Exchanged(frozen)]) == pytest.approx(math.sqrt(3))
    assert_raises(
        ValueError,
        "clip_grad_norm_: grads[0] is read-only, expected a writable array",
        lambda: fa.clip_grad_norm_([Exchanged(frozen)], 1.0),
    )
    assert_raises(
        TypeError,
        "get_total_norm: grads['w'] is on the device (2, 0), expected the CPU",
        lambda: fa.get_total_norm({"w": Exchanged(np.ones(3), device=(2, 0))}),
    )
    assert_raises(
        TypeError,
        "get_total_norm: grads[0] has dtype code 0 of 64 bits, expected float16, bfloat16,"
        " float32, float64, complex64 or complex128",
        lambda: fa.get_total_norm([Exchanged(np.ones(3, np.int64))]),
    )


def test_tensors_that_share_memory_with_arrays():
    array = np.ones(8)

    assert_raises(
        ValueError,
        "clip_grad_norm_: grads[1] shares memory with grads[0], expected each gradient once",
        lambda: fa.clip_grad_norm_([array, Exchanged(array[::2])], 1.0),
    )
    fa.clip_grad_norm_([array[1::2], Exchanged(array[::2])], 1.0)
    assert array == pytest.approx(math.sqrt(1 / 8), rel=1e-5)


def test_objects_with_a_gradient(rng):
    gradient = rng.normal(size=9)
    parameters = [types.SimpleNamespace(grad=gradient), types.SimpleNamespace(grad=None)]

    assert fa.get_total_norm(parameters) == fa.get_total_norm([gradient])
    assert fa.get_total_norm(parameters[0]) == fa.get_total_norm([gradient])
    assert_raises(
        TypeError,
        "get_total_norm: grads[0] has type float, expected an array or a tensor",
        lambda: fa.get_total_norm([types.SimpleNamespace(grad=1.0)]),
    )


Layer = namedtuple("Layer", ["weight", "bias"])


def tree(rng):
    a, b, c, d, e = (rng.normal(size=n) for n in (3, 4, 5, 6, 7))
    return {"encoder": [{"weight": a, "bias": b}, (c, None)], "head": Layer(d, e)}, [a, b, c, d, e]


def test_nested_containers_come_in_order(rng):
    nested, leaves = tree(rng)
    expected = fa.get_total_norm(leaves)

    assert fa.get_total_norm(nested) == expected
    assert fa.get_total_norm(OrderedDict(nested)) == expected
    assert fa.get_total_norm(UserDict(nested)) == expected
    assert fa.get_total_norm(iter([nested])) == expected
    assert fa.get_total_norm([{}, [], (), nested, [[[]]]]) == expected
    assert list(fa.clip_grad_norm_per_tensor_(nested, 1e9).round(9)) == [
        *(round(float(np.linalg.norm(leaf)), 9) for leaf in leaves[:3]),
        0.0,
        *(round(float(np.linalg.norm(leaf)), 9) for leaf in leaves[3:]),
    ]


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "encoder.0.weight"), (1, "encoder.0.bias"), (2, "encoder.1.0"), (4, "head.1")],
)
def test_errors_name_the_way_to_the_tensor(number, name, rng):
    nested, leaves = tree(rng)
    leaves[number][2] = np.nan

    with pytest.raises(fa.NonFiniteGradientError) as caught:
        fa.clip_grad_norm_(nested, 1.0)

    assert caught.value.name == name
    assert str(caught.value).startswith(f"clip_grad_norm_: grads['{name}'] holds nan at flat")


def test_errors_in_nested_containers():
    assert_raises(
        TypeError,
        "get_total_norm: grads['a.1'] has type float, expected an array or a tensor",
        lambda: fa.get_total_norm({"a": [np.ones(2), 1.0]}),
    )
    assert_raises(
        TypeError,
        "get_total_norm: grads[0] has dtype int64, expected float16, bfloat16, float32, float64,"
        " complex64 or complex128",
        lambda: fa.get_total_norm([np.ones(2, np.int64), [np.ones(2)]]),
    )
    endless = [np.ones(2)]
    endless.append(endless)
    assert_raises(
        ValueError,
        "get_total_norm: grads is nested deeper than 64 levels",
        lambda: fa.get_total_norm(endless),
    )


@every_norm
def test_same_bits_for_every_isa_and_thread_count(norm_type, rng):
    from fast_augment import _core

    gradients = [complex_normal(rng, n, t) for n in (1, 77, 40_000) for t in COMPLEX]
    gradients += [rng.normal(size=50_001).astype(bfloat16()), gradients[4].reshape(200, 200).T]
    gradients[4] = None
    before, norms, clipped = _core.active_isa(), set(), []
    for name in _core.supported_isas():
        _core.force_isa(name)
        for count in (1, 2, 7):
            norms.add(fa.get_total_norm(gradients, norm_type, threads=count))
            copies = [g.copy() for g in gradients if g is not None]
            fa.clip_grad_norm_(copies, 0.5, norm_type, threads=count)
            clipped.append(b"".join(g.tobytes() for g in copies))
    _core.force_isa(before)

    assert len(norms) == 1
    assert len(set(clipped)) == 1
