"""GradientClipper: what clip_grad_norm_ does, whatever happens to the arrays between two calls."""

import math
import types
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits
from test_grad_clip import SHAPES, copies
from test_grad_norm import every_norm, random_gradients

every_isa = pytest.mark.usefixtures("isa")


@every_isa
@every_norm
def test_calls_do_what_the_function_does(norm_type, threads, rng):
    registered = random_gradients(rng, SHAPES)
    registered += [rng.normal(size=(30, 40)).T[::2], rng.normal(size=50)[::-3]]
    clipper = fa.GradientClipper([None, *registered], 2.0, norm_type, threads=threads)
    for max_norm in (None, 1.5, 1e9, None, 0.25):
        for array in registered:
            array[...] = rng.normal(size=array.shape)
        plain, expected_norm = copies(registered), fa.get_total_norm(registered, norm_type)
        fa.clip_grads_with_norm_(plain, max_norm or 2.0, expected_norm)

        norm = clipper() if max_norm is None else clipper(max_norm)

        assert norm == expected_norm
        for result, expected in zip(registered, plain, strict=True):
            assert_same_bits(result, expected)


def test_an_array_that_was_resized_is_registered_again():
    array, other = np.full(4, 2.0), np.full((2, 2), 1.0)
    clipper = fa.GradientClipper({"a": array, "b": other}, 1e9)
    assert clipper() == pytest.approx(np.sqrt(20))

    array.resize(100_000, refcheck=False)
    array[:] = 1.0
    assert clipper() == pytest.approx(np.sqrt(100_004))
    array.resize(1, refcheck=False)
    assert clipper() == pytest.approx(np.sqrt(5))
    assert clipper(1e-3) == pytest.approx(np.sqrt(5))
    assert array[0] == pytest.approx(1e-3 / np.sqrt(5))
    assert other[1, 1] == pytest.approx(1e-3 / np.sqrt(5))


def test_other_strides_are_seen():
    array = np.arange(12.0).reshape(3, 4)
    clipper = fa.GradientClipper([array], 1e9)
    first = clipper()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        array.shape = (4, 3)
    assert clipper() == first


def test_gradients_that_are_replaced_are_found():
    parameters = [types.SimpleNamespace(grad=None), types.SimpleNamespace(grad=np.array([3.0]))]
    clipper = fa.GradientClipper(parameters, 1e9)
    assert clipper() == 3.0

    for _ in range(3):
        parameters[0].grad = np.array([4.0])
        assert clipper() == 5.0
        parameters[1].grad = np.array([0.0, 3.0])
        assert clipper() == 5.0
        parameters[0].grad = None
        assert clipper() == 3.0


def test_gradients_of_parameters_are_not_kept_alive():
    parameter = types.SimpleNamespace(grad=np.ones(3))
    clipper = fa.GradientClipper([parameter], 1.0)
    clipper()
    freed = []

    class Watched(np.ndarray):
        def __del__(self):
            freed.append(self.shape)

    parameter.grad = np.ones(5).view(Watched)
    clipper()
    clipper()
    parameter.grad = None

    assert freed == [(5,)]
    assert clipper() == 0.0


def test_threads_may_call_while_gradients_are_replaced():
    parameters = [types.SimpleNamespace(grad=np.ones(n + 1)) for n in range(50)]
    clipper = fa.GradientClipper(parameters, 1e9)
    norms = {math.sqrt(n) for n in range(50 * 51 + 1)}

    def step(number):
        parameters[number % 50].grad = np.ones(1 + number % 51)
        return clipper()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(step, range(2000))) <= norms


def test_torch_tensors_and_parameters():
    torch = pytest.importorskip("torch")
    parameters = [torch.nn.Parameter(torch.zeros(n)) for n in (3, 5)]
    tensor = torch.zeros(2, 2).T
    clipper = fa.GradientClipper([parameters, tensor], 1e9)
    assert clipper() == 0.0
    for scale in (1.0, 2.0, 3.0):
        for parameter in parameters:
            parameter.grad = torch.full_like(parameter, scale)
        tensor[:] = scale
        assert clipper() == pytest.approx(scale * np.sqrt(12))
        tensor[:] = 0.0
        assert clipper() == pytest.approx(scale * np.sqrt(8))
    tensor.resize_(10, 10)
    tensor[:] = 1.0
    for parameter in parameters:
        parameter.grad = None
    assert clipper(1.0) == 10.0
    assert tensor[9, 9] == pytest.approx(0.1, rel=1e-6)
    tensor.data = torch.zeros(3, dtype=torch.float64)
    assert_raises(
        TypeError,
        "GradientClipper: grads[1] has dtype float64, expected float32 as when it was registered",
        clipper,
    )


def test_what_becomes_no_gradient_is_an_error_and_nothing_is_changed():
    parameter = types.SimpleNamespace(grad=np.full(3, 9.0))
    array = np.full(2, 9.0)
    clipper = fa.GradientClipper({"p": parameter, "a": array}, 1.0)
    parameter.grad = np.full(3, 9.0, np.float32)
    assert_raises(
        TypeError,
        "GradientClipper: grads['p'] has dtype float32, expected float64 as when it was registered",
        clipper,
    )
    parameter.grad = array[:1]
    assert_raises(
        ValueError,
        "GradientClipper: grads['a'] shares memory with grads['p'], expected each gradient once",
        clipper,
    )
    parameter.grad = 3.0
    assert_raises(
        TypeError,
        "GradientClipper: grads['p'] has type float, expected an array or a tensor",
        clipper,
    )
    parameter.grad = None
    array.flags.writeable = False
    assert_raises(
        ValueError, "GradientClipper: grads['a'] is read-only, expected a writable array", clipper
    )
    assert np.all(array == 9.0)
    array.flags.writeable = True
    assert clipper() == pytest.approx(9 * np.sqrt(2))


def test_values_that_are_not_finite():
    grads = {"w": np.array([1.0, np.inf]), "b": np.array([1.0])}
    message = "GradientClipper: grads['w'] holds inf at flat index 1 of 2"

    assert_raises(fa.NonFiniteGradientError, message, fa.GradientClipper(grads, 1.0))
    assert fa.GradientClipper(grads, 0.1, nonfinite="skip")() == np.inf
    assert list(grads["w"]) == [1.0, np.inf]
    assert fa.GradientClipper(grads, 1.0, nonfinite="zero")() == np.inf
    assert not grads["w"].any()
    assert not grads["b"].any()


WRONG = [
    (ValueError, "max_norm is 0, expected a number above 0", {"max_norm": 0}),
    (ValueError, "norm_type is nan, expected a number above 0", {"norm_type": np.nan}),
    (TypeError, "max_norm is None, expected a number", {"max_norm": None}),
    (ValueError, "threads is 0, expected 1 to 1024", {"threads": 0}),
    (
        ValueError,
        "nonfinite is 'ignore', expected 'error', 'skip', 'zero' or 'propagate'",
        {"nonfinite": "ignore"},
    ),
    (
        TypeError,
        "grads has type int, expected an array, an iterable of arrays or a mapping of names to"
        " arrays",
        {"grads": 3},
    ),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_arguments(number):
    error, message, options = WRONG[number]
    options = {"grads": [np.ones(2)], "max_norm": 1.0, **options}

    assert_raises(error, f"GradientClipper: {message}", lambda: fa.GradientClipper(**options))


def test_max_norm_of_a_call():
    array = np.full(2, 9.0)
    clipper = fa.GradientClipper([array], 1.0)

    for bad in (0, -1.0, np.nan):
        assert_raises(
            ValueError,
            f"GradientClipper: max_norm is {bad}, expected a number above 0",
            lambda bad=bad: clipper(bad),
        )
    assert np.all(array == 9.0)


def test_it_prints_itself():
    clipper = fa.GradientClipper([np.ones(2), None], 1.0)

    assert len(clipper) == 2
    assert repr(clipper) == (
        "GradientClipper(2 gradients, max_norm=1.0, norm_type=2.0, nonfinite='error')"
    )
