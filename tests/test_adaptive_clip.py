"""adaptive_clip_grad_: the units of timm and of optax, against float64; bad input word by word."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits
from oracles import gradients as oracle

every_isa = pytest.mark.usefixtures("isa")
every_axis = pytest.mark.parametrize("unit_axis", [0, -1])
SHAPES = [
    (),
    (1,),
    (64,),
    (1, 9),
    (9, 1),
    (30, 50),
    (4, 5, 6),
    (16, 3, 7, 7),
    (3, 3, 8, 40),
    (1, 1, 6, 1),
    (0, 5),
    (5, 0),
    (2, 3, 3, 4, 5),
    (2, 70_001),
]


def pairs(rng, dtypes=(np.float32, np.float64)):
    """Gradients of which about half of the units are too large, and their parameters."""
    gradients, parameters = [], []
    for number, shape in enumerate(SHAPES):
        rows, columns = shape[:1] + (1,) * (len(shape) - 1), (1,) * (len(shape) - 1) + shape[-1:]
        weight = rng.normal(0, 10.0 ** rng.uniform(-5, 1), shape)
        spread = 10.0 ** (rng.uniform(-1, 1, rows) + rng.uniform(-1, 1, columns))
        gradient = rng.normal(0, 0.02 * np.max(np.abs(weight), initial=0.0), shape) * spread
        gradients.append(np.asarray(gradient, dtypes[number % len(dtypes)]))
        parameters.append(np.asarray(weight, dtypes[(number + 1) % len(dtypes)]))
    return gradients, parameters


def assert_near(result, expected):
    assert result.dtype == expected.dtype
    steps = 4 * np.finfo(result.dtype).eps
    assert np.allclose(result, expected, rtol=max(steps, 1e-13), atol=0)


@every_isa
@every_axis
def test_the_formula(unit_axis, threads, rng):
    gradients, parameters = pairs(rng)
    expected = [
        oracle.adaptively_clipped(g, p, 0.02, 1e-3, unit_axis)
        for g, p in zip(gradients, parameters, strict=True)
    ]

    clipped = fa.adaptive_clip_grad_(
        gradients, parameters, 0.02, unit_axis=unit_axis, threads=threads
    )

    assert clipped == sum(count for _, count in expected)
    assert 0.05 < clipped / sum(oracle.unit_norms(p, unit_axis).size for p in parameters) < 0.95
    for result, (wanted, _) in zip(gradients, expected, strict=True):
        assert_near(result, wanted)


@every_axis
def test_any_strides(unit_axis, rng):
    for number in range(4):

        def views(array, number=number):
            return (array.T, array[::-1, ::2], array.transpose(1, 0, 2), array[:, 3])[number]

        gradient, weight = rng.normal(size=(6, 8, 10)), rng.normal(size=(6, 8, 10))
        expected = gradient.copy()
        wanted, _ = oracle.adaptively_clipped(
            np.ascontiguousarray(views(gradient)), views(weight), unit_axis=unit_axis
        )
        views(expected)[...] = wanted

        fa.adaptive_clip_grad_([views(gradient)], [views(weight)], unit_axis=unit_axis)

        assert_near(gradient, expected)


def test_half_precision_and_complex_gradients(rng):
    half = rng.normal(size=(7, 9)).astype(np.float16)
    pair = (rng.normal(size=(7, 9)) + 1j).astype(np.complex64)
    weight = rng.normal(size=(7, 9))
    for gradient in (half, pair):
        expected, count = oracle.adaptively_clipped(gradient, weight, 0.05)
        assert fa.adaptive_clip_grad_(gradient, weight, 0.05) == count
        assert np.allclose(gradient, expected, rtol=2e-3)


def test_same_bits_for_every_thread_count(rng):
    gradients, parameters = pairs(rng)
    results = []
    for threads in (1, 2, 7):
        copies = [g.copy() for g in gradients]
        fa.adaptive_clip_grad_(copies, parameters, unit_axis=-1, threads=threads)
        results.append(copies)
    for copies in results[1:]:
        for result, expected in zip(copies, results[0], strict=True):
            assert_same_bits(result, expected)


@every_axis
def test_after_clipping_every_unit_is_within_its_limit(unit_axis, rng):
    gradients, parameters = pairs(rng, (np.float64,))
    fa.adaptive_clip_grad_(gradients, parameters, 0.03, unit_axis=unit_axis)

    for gradient, parameter in zip(gradients, parameters, strict=True):
        limit = 0.03 * np.maximum(oracle.unit_norms(parameter, unit_axis), 1e-3)
        assert np.all(oracle.unit_norms(gradient, unit_axis) <= limit * (1 + 1e-12))


def test_small_and_zero_units():
    zero = np.zeros((2, 3))
    assert fa.adaptive_clip_grad_(zero, np.zeros((2, 3))) == 0
    assert not zero.any()
    # The limit is 0.01 * 1e-3; the divisor is at least 1e-6.
    tiny = np.array([[1e-7, 0.0], [1e-5, 0.0], [2e-5, 0.0]])
    assert fa.adaptive_clip_grad_(tiny, np.zeros((3, 2))) == 2
    assert tiny[:, 0] == pytest.approx([1e-7, 1e-5, 1e-5], rel=1e-12)
    lower = np.array([5e-7])
    assert fa.adaptive_clip_grad_(lower, np.zeros(1), 1e-4) == 1
    assert lower[0] == pytest.approx(5e-7 * 1e-7 / 1e-6, rel=1e-12)


def test_parameters_of_torch_are_gradients_and_weights_alike():
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(4, 3)
    layer.weight.grad = torch.full((3, 4), 5.0)
    weight = layer.weight.detach().clone()
    expected, _ = oracle.adaptively_clipped(np.full((3, 4), 5.0, np.float32), weight.numpy(), 0.1)

    assert fa.adaptive_clip_grad_(layer.parameters(), layer.parameters(), 0.1) == 3
    assert np.allclose(layer.weight.grad.numpy(), expected, rtol=1e-6)
    assert torch.equal(layer.weight, weight)


def test_values_that_are_not_finite():
    def gradients():
        return {"a": np.full((2, 2), 9.0), "b": np.array([[1.0, np.nan], [3.0, 4.0]])}

    weights = {"a": np.ones((2, 2)), "b": np.ones((2, 2))}
    grads = gradients()
    assert_raises(
        fa.NonFiniteGradientError,
        "adaptive_clip_grad_: grads['b'] holds nan at flat index 1 of 4",
        lambda: fa.adaptive_clip_grad_(grads, weights),
    )
    assert np.all(grads["a"] == 9.0)
    assert fa.adaptive_clip_grad_(grads, weights, nonfinite="skip") == 3
    assert np.array_equal(grads["b"][0], [1.0, np.nan], equal_nan=True)
    assert np.linalg.norm(grads["b"][1]) == pytest.approx(0.01 * np.sqrt(2))
    grads = gradients()
    assert fa.adaptive_clip_grad_(grads, weights, nonfinite="propagate") == 4
    assert np.isnan(grads["b"][0]).all()


WRONG = [
    (ValueError, "clip_factor is 0, expected a number above 0", {"clip_factor": 0}),
    (ValueError, "eps is -1, expected a number above 0", {"eps": -1}),
    (ValueError, "unit_axis is 1, expected 0 or -1", {"unit_axis": 1}),
    (ValueError, "unit_axis is '0', expected 0 or -1", {"unit_axis": "0"}),
    (
        ValueError,
        "nonfinite is 'zero', expected 'error', 'skip' or 'propagate'",
        {"nonfinite": "zero"},
    ),
    (
        ValueError,
        "parameters has 2 entries, expected 1, one for each gradient",
        {"parameters": [np.ones(2), np.ones(3)]},
    ),
    (
        ValueError,
        "parameters[0] has shape (3,), expected (2,) as its gradient",
        {"parameters": np.ones(3)},
    ),
    (
        TypeError,
        "parameters[0] has type float, expected an array or a tensor",
        {"parameters": [1.0]},
    ),
    (
        ValueError,
        "parameters has the names ['b'], expected those of grads: ['a']",
        {"grads": {"a": np.ones(2)}, "parameters": {"b": np.ones(2)}},
    ),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_arguments(number):
    error, message, options = WRONG[number]
    gradient = np.full(2, 9.0)
    options = {"grads": [gradient], "parameters": [np.ones(2)], **options}

    assert_raises(
        error, f"adaptive_clip_grad_: {message}", lambda: fa.adaptive_clip_grad_(**options)
    )
    assert np.all(gradient == 9.0)


def test_gradients_that_share_memory_with_parameters():
    array = np.ones(8)

    assert_raises(
        ValueError,
        "adaptive_clip_grad_: parameters['w'] shares memory with grads['w'],"
        " expected memory of its own",
        lambda: fa.adaptive_clip_grad_({"w": array[:4]}, {"w": array[2:6]}),
    )
    fa.adaptive_clip_grad_([np.ones(8), np.ones(8)], [array, array])
