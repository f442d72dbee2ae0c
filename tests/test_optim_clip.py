"""Clipping inside a step: equal to clipping before it; what happens to the gradients."""

import math

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits
from helpers.optimizers import CASE_IDS, CASES, bits_of, copies, make, random_arrays

every_case = pytest.mark.parametrize("case", CASES, ids=CASE_IDS)
every_optimizer = pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
SHAPES = [(40, 33), (7,), (2, 3, 5)]


def assert_all_same(results, expected):
    for result, wanted in zip(results, expected, strict=True):
        assert_same_bits(result, wanted)


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("norm_type", [1.0, 2.0, math.inf])
def test_equals_clipping_and_then_stepping(case, dtype, norm_type, rng):
    name, options = case
    params = random_arrays(rng, dtype, SHAPES)
    others = copies(params)
    fused = make(name, params, max_grad_norm=0.7, norm_type=norm_type, **options)
    plain = make(name, others, **options)

    for scale in (1.0, 1e-3, 50.0):
        grads = [dtype(scale) * grad for grad in random_arrays(rng, dtype, SHAPES)]
        clipped = copies(grads)
        norm = fused.step(grads)
        assert norm == fa.clip_grad_norm_(clipped, 0.7, norm_type)
        plain.step(clipped)

    assert_all_same(params, others)


@every_optimizer
def test_is_torchs_clip_and_step(name, rng):
    torch = pytest.importorskip("torch")
    params = random_arrays(rng, np.float32, SHAPES)
    theirs = [torch.nn.Parameter(torch.from_numpy(param.copy())) for param in params]
    optimizer = make(name, params, lr=0.05, weight_decay=0.1, max_grad_norm=1.5)
    their_optimizer = getattr(torch.optim, name)(theirs, lr=0.05, weight_decay=0.1)

    for _ in range(20):
        grads = random_arrays(rng, np.float32, SHAPES)
        for parameter, grad in zip(theirs, grads, strict=True):
            parameter.grad = torch.from_numpy(grad.copy())
        expected = torch.nn.utils.clip_grad_norm_(theirs, 1.5)
        their_optimizer.step()
        assert optimizer.step(grads) == pytest.approx(float(expected), rel=1e-5)

    for param, parameter in zip(params, theirs, strict=True):
        assert np.allclose(param, parameter.detach().numpy(), rtol=1e-5, atol=1e-5)


@every_optimizer
def test_gradients_are_only_read(name, rng):
    grads = random_arrays(rng, np.float32, SHAPES)
    before = copies(grads)
    for grad in grads:
        grad.flags.writeable = False

    make(name, random_arrays(rng, np.float32, SHAPES), max_grad_norm=0.1).step(grads)

    assert_all_same(grads, before)


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_gradients_are_zeroed_in_the_same_pass(name, dtype, rng):
    params = random_arrays(rng, np.float32, SHAPES)
    others = copies(params)
    grads = random_arrays(rng, dtype, SHAPES)

    make(name, others, max_grad_norm=0.5).step(copies(grads))
    make(name, params, max_grad_norm=0.5, zero_grads=True).step(grads)

    assert_all_same(params, others)
    assert all(not grad.any() for grad in grads)


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_clipped_gradients_are_written_back(name, dtype, rng):
    """Bit for bit those of clip_grad_norm_, and the step is that of the written ones."""
    params = random_arrays(rng, np.float32, SHAPES)
    others = copies(params)
    grads = random_arrays(rng, dtype, SHAPES)
    clipped = copies(grads)

    norm = make(name, params, max_grad_norm=0.5, write_clipped=True).step(grads)
    assert norm == fa.clip_grad_norm_(clipped, 0.5)
    make(name, others).step(clipped)

    assert_all_same(grads, clipped)
    assert_all_same(params, others)


def test_gradients_below_the_limit_are_not_written(rng):
    grads = random_arrays(rng, np.float32, SHAPES)
    before = copies(grads)
    params = random_arrays(rng, np.float32, SHAPES)

    fa.optim.SGD(params, max_grad_norm=1e6, write_clipped=True).step(grads)

    assert_all_same(grads, before)


def poisoned(rng, value):
    grads = random_arrays(rng, np.float32, SHAPES)
    grads[1][3] = value
    return grads


@every_optimizer
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("max_grad_norm", [None, 1.0])
@pytest.mark.parametrize("after", [{}, {"zero_grads": True}, {"write_clipped": True}])
def test_non_finite_gradients_leave_everything_as_it_is(name, value, max_grad_norm, after, rng):
    for nonfinite in ("error", "skip"):
        params = random_arrays(rng, np.float32, SHAPES)
        optimizer = make(name, params, max_grad_norm=max_grad_norm, nonfinite=nonfinite, **after)
        optimizer.step(random_arrays(rng, np.float32, SHAPES))
        grads = poisoned(rng, value)
        before, grads_before = bits_of(optimizer, params), copies(grads)

        if nonfinite == "skip":
            norm = optimizer.step(grads)
            assert math.isnan(norm) if math.isnan(value) else norm == math.inf
        else:
            with pytest.raises(fa.NonFiniteGradientError):
                optimizer.step(grads)

        assert bits_of(optimizer, params) == before
        if nonfinite == "skip" and "zero_grads" in after:
            # Else the next backward pass would add to what is not finite.
            assert all(not grad.any() for grad in grads)
        else:
            assert_all_same(grads, grads_before)


@every_optimizer
def test_propagating_steps_regardless(name, rng):
    params = random_arrays(rng, np.float32, SHAPES)
    before = copies(params)
    optimizer = make(name, params, nonfinite="propagate")

    assert math.isnan(optimizer.step(poisoned(rng, np.nan)))

    assert np.isnan(params[1][3])
    assert np.isfinite(np.delete(params[1], 3)).all()
    assert not np.array_equal(params[0], before[0])


@every_optimizer
def test_propagating_into_the_clip_factor(name, rng):
    params = random_arrays(rng, np.float32, SHAPES)
    optimizer = make(name, params, nonfinite="propagate", max_grad_norm=1.0)

    assert math.isnan(optimizer.step(poisoned(rng, np.nan)))

    assert all(np.isnan(param).all() for param in params)


def test_the_norm_is_returned_without_clipping(rng):
    grads = random_arrays(rng, np.float32, SHAPES)
    params = random_arrays(rng, np.float32, SHAPES)

    assert fa.optim.SGD(params).step(grads) == fa.get_total_norm(grads)
    assert fa.optim.SGD(params, norm_type=1).step(grads) == fa.get_total_norm(grads, 1)


def test_settings_may_change_between_steps():
    param = np.zeros(2)
    optimizer = fa.optim.SGD([param], lr=1.0)
    optimizer.max_grad_norm = 0.5
    optimizer.zero_grads = True
    grad = np.array([30.0, 40.0])

    assert optimizer.step([grad]) == 50.0
    assert param == pytest.approx([-0.3, -0.4], rel=1e-7)
    assert not grad.any()


def test_a_norm_that_float32_could_not_hold():
    param = np.zeros(4, np.float32)
    optimizer = fa.optim.SGD([param], lr=1.0, max_grad_norm=1.0)

    assert optimizer.step([np.full(4, 1e30, np.float32)]) == pytest.approx(2e30)
    assert param == pytest.approx([-0.5] * 4)


@pytest.mark.parametrize("name", ["SGD", "AdamW"])
def test_a_norm_that_is_known_saves_measuring_it(name, rng):
    params = random_arrays(rng, np.float32)
    others = copies(params)
    ours, theirs = (make(name, p, lr=0.1, max_grad_norm=0.5) for p in (params, others))
    accumulator = fa.NormAccumulator()
    for _ in range(3):
        grads = random_arrays(rng, np.float32)
        for grad in grads:
            accumulator.add(grad)
        assert ours.step(grads, accumulator.norm()) == theirs.step(grads)
        accumulator.reset()

    assert bits_of(ours, params) == bits_of(theirs, others)


def test_a_norm_that_is_known_is_believed():
    param = np.zeros(2)
    optimizer = fa.optim.SGD([param], lr=1.0, max_grad_norm=1.0)

    assert optimizer.step([np.array([1.0, -1.0])], 4.0) == 4.0
    assert param == pytest.approx([-0.25, 0.25], rel=1e-6)
    assert fa.optim.SGD([np.ones(1)], nonfinite="propagate").step([np.ones(1)], 7.0) == 7.0


@pytest.mark.parametrize("norm", [np.nan, np.inf])
def test_a_known_norm_that_is_not_finite(norm):
    param, bad = np.zeros(2), np.array([1.0, np.nan])
    skipping = fa.optim.SGD([param], lr=1.0, nonfinite="skip")

    assert not np.isfinite(skipping.step([bad], norm))
    assert_same_bits(param, np.zeros(2))
    with pytest.raises(fa.NonFiniteGradientError) as caught:
        fa.optim.SGD({"w": param}, lr=1.0).step([bad], norm)
    assert (caught.value.name, caught.value.index) == ("w", 1)


def test_what_is_no_norm():
    param = np.zeros(2)
    optimizer = fa.optim.SGD([param], lr=1.0)
    for error, norm, wanted in (
        (ValueError, -1, "-1, expected a number of at least 0"),
        (TypeError, "1", "'1', expected a number"),
    ):
        assert_raises(
            error,
            f"SGD.step: total_norm is {wanted}",
            lambda norm=norm: optimizer.step([np.ones(2)], norm),
        )
    assert_same_bits(param, np.zeros(2))
