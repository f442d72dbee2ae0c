"""Clipping of torch tensors: torch's results, its signature, its memory; groups of processes."""

import inspect
import math

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, each_case
from helpers.process import output_of

torch = pytest.importorskip("torch")
fat = pytest.importorskip("fast_augment.torch")

SHAPES = [(), (1,), (3, 3), (0,), (16, 3, 7, 7), (64,), (300, 41)]
every_norm = pytest.mark.parametrize("norm_type", [1, 2.0, 3.5, math.inf])


def parameters(rng, dtype=torch.float32, shapes=SHAPES, scale=1.0):
    """Every third without a gradient."""
    made = [torch.nn.Parameter(torch.zeros(shape, dtype=dtype)) for shape in shapes]
    for number, parameter in enumerate(made):
        if number % 3 != 1:
            values = torch.from_numpy(np.asarray(rng.normal(0, scale, parameter.shape)))
            parameter.grad = values.to(dtype)
    return made


def twin(held):
    """The same gradients in other memory."""
    made = [torch.nn.Parameter(p.detach().clone()) for p in held]
    for new, old in zip(made, held, strict=True):
        new.grad = None if old.grad is None else old.grad.clone()
    return made


def with_gradient(gradient):
    parameter = torch.nn.Parameter(torch.zeros(gradient.shape))
    # A gradient of another dtype than its parameter is allowed only where this says so.
    parameter.grad_dtype = None
    parameter.grad = gradient
    return parameter


def assert_same(held, expected, rtol=1e-6):
    for one, other in zip(held, expected, strict=True):
        assert (one.grad is None) == (other.grad is None)
        if one.grad is not None:
            other_grad = other.grad.to(one.grad.dtype)
            torch.testing.assert_close(one.grad, other_grad, rtol=rtol, atol=0, equal_nan=True)


@every_norm
@pytest.mark.parametrize("max_norm", [0.5, 1e9])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_torch_agrees(norm_type, max_norm, dtype, rng):
    # torch has no largest magnitude of nothing.
    shapes = [shape for shape in SHAPES if norm_type != math.inf or 0 not in shape]
    held = parameters(rng, dtype, shapes)
    expected = twin(held)
    exact = [torch.nn.Parameter(p.detach().double()) for p in held]
    for new, old in zip(exact, held, strict=True):
        new.grad = None if old.grad is None else old.grad.to(torch.float64, copy=True)

    norm = fat.clip_grad_norm_(held, max_norm, norm_type)
    torch_norm = torch.nn.utils.clip_grad_norm_(expected, max_norm, norm_type)
    exact_norm = torch.nn.utils.clip_grad_norm_(exact, max_norm, norm_type)

    assert type(norm) is torch.Tensor
    torch.testing.assert_close(norm, exact_norm.to(dtype), rtol=1e-6, atol=0)
    assert_same(held, exact, rtol=1e-6)
    # In float32 torch itself is this far from its result in float64.
    torch.testing.assert_close(norm, torch_norm, rtol=5e-6, atol=0)
    assert_same(held, expected, rtol=5e-6)


def test_float16_agrees_where_torch_does_not_overflow(rng):
    held = parameters(rng, torch.float16, scale=0.1)
    expected = twin(held)
    norm = fat.clip_grad_norm_(held, 0.5)
    torch_norm = torch.nn.utils.clip_grad_norm_(expected, 0.5)

    assert norm.dtype == torch.float32
    assert float(norm) == pytest.approx(float(torch_norm), rel=2e-3)
    for one, other in zip(held, expected, strict=True):
        if one.grad is not None:
            torch.testing.assert_close(one.grad, other.grad, rtol=3e-3, atol=1e-7)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_not_finite_by_default_as_torch(bad, rng):
    held = parameters(rng)
    held[2].grad[1, 1] = bad
    expected = twin(held)
    norm = fat.clip_grad_norm_(held, 1.0)

    torch.testing.assert_close(norm, torch.nn.utils.clip_grad_norm_(expected, 1.0), equal_nan=True)
    assert_same(held, expected)


def test_not_finite_as_an_error_changes_nothing(rng):
    held = parameters(rng)
    held[2].grad[1, 1] = math.nan
    before = twin(held)

    assert_raises(
        fa.NonFiniteGradientError,
        "clip_grad_norm_: grads[2] holds nan at flat index 4 of 9",
        lambda: fat.clip_grad_norm_(held, 1.0, error_if_nonfinite=True),
    )
    assert issubclass(fa.NonFiniteGradientError, RuntimeError)
    assert_same(held, before)


def test_gradients_stay_in_their_memory(rng):
    held = parameters(rng)
    before = [None if p.grad is None else (id(p.grad), p.grad.data_ptr()) for p in held]
    fat.clip_grad_norm_(held, 1e-3)

    assert before == [None if p.grad is None else (id(p.grad), p.grad.data_ptr()) for p in held]


def test_strided_gradients(rng):
    parameter = torch.nn.Parameter(torch.zeros(4, 6))
    parameter.grad = torch.from_numpy(rng.normal(size=(6, 8)).astype(np.float32)).T[::2]
    expected = twin([parameter])
    fat.clip_grad_norm_(parameter, 0.5)
    torch.nn.utils.clip_grad_norm_(expected, 0.5)

    assert_same([parameter], expected)


def test_one_tensor_a_generator_and_nothing():
    layer = torch.nn.Linear(3, 2)
    layer(torch.ones(1, 3)).sum().backward()
    whole = float(fat.clip_grad_norm_(layer.parameters(), 100.0))

    assert whole == pytest.approx(math.sqrt(8))
    assert float(fat.clip_grad_norm_(layer.bias, 100.0)) == pytest.approx(math.sqrt(2))
    for empty in ([], [torch.nn.Parameter(torch.zeros(2))]):
        norm = fat.clip_grad_norm_(empty, 1.0)
        assert (norm.dtype, float(norm)) == (torch.float32, 0.0)


def test_gradients_with_a_graph_of_their_own():
    weight = torch.nn.Parameter(torch.tensor([3.0, 4.0]))
    (gradient,) = torch.autograd.grad((weight**2).sum() / 2, weight, create_graph=True)
    weight.grad = gradient
    norm = fat.clip_grad_norm_([weight], 1.0)

    assert float(norm) == 5.0
    assert not norm.requires_grad
    torch.testing.assert_close(weight.grad.detach(), torch.tensor([0.6, 0.8]))


def test_a_training_step_takes_the_same_course(rng):
    inputs = torch.from_numpy(rng.normal(size=(32, 8)).astype(np.float32))
    courses = []
    for clip in (fat.clip_grad_norm_, torch.nn.utils.clip_grad_norm_):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for _ in range(20):
            optimizer.zero_grad()
            (50 * (model(inputs) - inputs.sum(1, keepdim=True)) ** 2).mean().backward()
            clip(model.parameters(), 1.0)
            optimizer.step()
        courses.append(torch.cat([p.detach().flatten() for p in model.parameters()]))

    torch.testing.assert_close(*courses, rtol=1e-4, atol=1e-6)


def test_the_signature_begins_with_that_of_torch():
    ours = inspect.signature(fat.clip_grad_norm_).parameters
    theirs = inspect.signature(torch.nn.utils.clip_grad_norm_).parameters

    assert list(ours)[: len(theirs)] == list(theirs)
    for name, parameter in theirs.items():
        assert (ours[name].default, ours[name].kind) == (parameter.default, parameter.kind)
    assert all(ours[n].kind is inspect.Parameter.KEYWORD_ONLY for n in list(ours)[len(theirs) :])


def test_two_processes_share_a_norm(tmp_path):
    if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
        pytest.skip("this torch has no gloo")
    from helpers import torch_ranks

    torch.multiprocessing.spawn(torch_ranks.run, (tmp_path / "rendezvous",), torch_ranks.RANKS)


def test_importing_the_package_does_not_import_torch():
    assert output_of("import sys, fast_augment; print('torch' in sys.modules)") == "False"


def test_without_torch_the_import_names_the_extra():
    script = """
    import sys
    sys.modules["torch"] = None
    try:
        import fast_augment.torch
    except ImportError as error:
        print(error)
    """

    assert output_of(script) == (
        "fast_augment.torch needs torch: pip install 'fast-augment-cpp[torch]'"
    )


def test_the_example_of_the_docstring_runs():
    import doctest

    assert doctest.testmod(fat, globs={}).attempted > 5
    assert doctest.testmod(fat, globs={}).failed == 0


NAME = "clip_grad_norm_: parameters[1].grad"
ONES = torch.ones(3)
MESSAGES = [
    (
        TypeError,
        "clip_grad_norm_: parameters has type int, expected a tensor or an iterable of tensors",
        lambda _: fat.clip_grad_norm_(3, 1.0),
    ),
    (
        TypeError,
        "clip_grad_norm_: parameters[1] has type ndarray, expected a tensor",
        lambda good: fat.clip_grad_norm_([good, np.ones(3)], 1.0),
    ),
    (
        TypeError,
        f"{NAME} has dtype bfloat16, expected float16, float32 or float64",
        lambda good: fat.clip_grad_norm_([good, with_gradient(ONES.bfloat16())], 1.0),
    ),
    (
        TypeError,
        f"{NAME} has dtype complex64, expected float16, float32 or float64",
        lambda good: fat.clip_grad_norm_([good, with_gradient(ONES * 1j)], 1.0),
    ),
    (
        TypeError,
        f"{NAME} has layout torch.sparse_coo, expected a dense tensor",
        lambda good: fat.clip_grad_norm_([good, with_gradient(ONES.to_sparse())], 1.0),
    ),
    (
        TypeError,
        f"{NAME} is on the device meta, expected the CPU",
        lambda good: fat.clip_grad_norm_([good, on_meta()], 1.0),
    ),
    (
        ValueError,
        "clip_grad_norm_: grads[1] shares memory with grads[0], expected each gradient once",
        lambda good: fat.clip_grad_norm_([good, good], 1.0),
    ),
    (
        ValueError,
        "clip_grad_norm_: max_norm is 0, expected a number above 0",
        lambda good: fat.clip_grad_norm_([good], 0),
    ),
    (
        ValueError,
        "clip_grad_norm_: norm_type is -inf, expected a number above 0",
        lambda good: fat.clip_grad_norm_([good], 1.0, -math.inf),
    ),
    (
        TypeError,
        "clip_grad_norm_: foreach is 1, expected None or a bool",
        lambda good: fat.clip_grad_norm_([good], 1.0, foreach=1),
    ),
    (
        TypeError,
        "clip_grad_norm_: error_if_nonfinite is 'error', expected a bool",
        lambda good: fat.clip_grad_norm_([good], 1.0, error_if_nonfinite="error"),
    ),
    (
        ValueError,
        "clip_grad_norm_: sharded is given without a group, expected both",
        lambda good: fat.clip_grad_norm_([good], 1.0, sharded=[good]),
    ),
    (
        ValueError,
        "clip_grad_norm_: sharded has a tensor that is not in parameters",
        lambda good: fat.clip_grad_norm_([good], 1.0, group=object(), sharded=[ONES]),
    ),
]


def on_meta():
    parameter = torch.nn.Parameter(torch.zeros(3, device="meta"))
    parameter.grad = torch.zeros(3, device="meta")
    return parameter


@each_case(MESSAGES)
def test_messages(number):
    error, text, call = MESSAGES[number]
    good = with_gradient(torch.full((3,), 9.0))

    assert_raises(error, text, lambda: call(good))
    assert torch.equal(good.grad, torch.full((3,), 9.0))
