"""clip_grad_norm_per_tensor_, and norm_power for gradients that are spread over processes."""

import math

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits
from oracles import gradients as oracle
from test_grad_clip import SHAPES, bad_gradients, copies
from test_grad_norm import every_norm, random_gradients

every_isa = pytest.mark.usefixtures("isa")


@every_isa
@every_norm
def test_each_tensor_is_clipped_as_if_it_were_alone(norm_type, threads, rng):
    gradients = random_gradients(rng, [*SHAPES, (70_001,), (32768,)])
    gradients += [None, rng.normal(size=(200, 300)).T, rng.normal(size=90)[::-4]]
    alone = copies(gradients)
    limit = float(np.median([oracle.total_norm([g], norm_type) for g in gradients]))

    expected = [fa.get_total_norm([g], norm_type) for g in gradients]
    for gradient, norm in zip(alone, expected, strict=True):
        fa.clip_grads_with_norm_([gradient], limit, norm)

    norms = fa.clip_grad_norm_per_tensor_(gradients, limit, norm_type, threads=threads)

    assert norms.dtype == np.float64
    assert list(norms) == expected
    for result, wanted in zip(gradients, alone, strict=True):
        if wanted is not None:
            assert_same_bits(result, wanted)


def test_nothing_to_clip():
    assert fa.clip_grad_norm_per_tensor_([], 1.0).shape == (0,)
    assert list(fa.clip_grad_norm_per_tensor_({"a": None}, 1.0)) == [0.0]
    assert list(fa.clip_grad_norm_per_tensor_([np.zeros((0, 2)), np.zeros(3)], 1.0)) == [0, 0]


def test_large_and_tiny_tensors():
    gradients = [np.array([3e200, 4e200]), np.array([3e-200, 4e-200]), np.array([3.0, 4.0])]

    norms = fa.clip_grad_norm_per_tensor_(gradients, 1.0)

    assert norms == pytest.approx([5e200, 5e-200, 5.0], rel=1e-12)
    assert gradients[0] == pytest.approx([0.6, 0.8], rel=1e-5)


@every_isa
def test_values_that_are_not_finite():
    gradients = bad_gradients()
    before = copies(gradients.values())
    assert_raises(
        fa.NonFiniteGradientError,
        "clip_grad_norm_per_tensor_: grads['head.bias'] holds inf at flat index 0 of 2",
        lambda: fa.clip_grad_norm_per_tensor_(gradients, 1.0),
    )
    for result, expected in zip(gradients.values(), before, strict=True):
        assert_same_bits(result, expected)

    norms = fa.clip_grad_norm_per_tensor_(gradients, 1.0, nonfinite="skip")
    assert np.array_equal(norms, [2.0, np.inf, np.nan], equal_nan=True)
    assert gradients["stem.weight"] == pytest.approx(0.5, rel=1e-6)
    assert_same_bits(gradients["head.bias"], before[1])

    fa.clip_grad_norm_per_tensor_(gradients, 1.0, nonfinite="propagate")
    assert np.array_equal(gradients["head.bias"], [np.nan, 0.0], equal_nan=True)
    fa.clip_grad_norm_per_tensor_(gradients, 1.0, nonfinite="zero")
    assert not gradients["head.bias"].any()
    assert gradients["stem.weight"] == pytest.approx(0.5, rel=1e-5)


@every_isa
@every_norm
def test_powers_of_shards_add_up(norm_type, threads, rng):
    whole = rng.normal(size=100_000).astype(np.float32)
    shards = np.array_split(whole, 5)
    powers = [fa.norm_power(shard, norm_type, threads=threads) for shard in shards]
    for shard, power in zip(shards, powers, strict=True):
        assert power == pytest.approx(oracle.power([shard], norm_type), rel=1e-12)

    total = max(powers) if math.isinf(norm_type) else sum(powers) ** (1 / norm_type)
    expected = fa.get_total_norm(whole, norm_type)
    assert total == pytest.approx(expected, rel=1e-12)
    for shard in shards:
        fa.clip_grads_with_norm_(shard, 0.5, total)
    assert fa.get_total_norm(whole, norm_type) == pytest.approx(0.5, rel=1e-5)


def test_powers_at_the_limits():
    assert fa.norm_power([]) == 0.0
    assert fa.norm_power([None, np.zeros(3)], math.inf) == 0.0
    assert fa.norm_power([np.array([1e200])]) == math.inf
    assert fa.norm_power([np.array([1.0, -np.inf])]) == math.inf
    for norm_type in (1, 2, 3, math.inf):
        assert math.isnan(fa.norm_power([np.array([1.0, np.nan]), np.array([np.inf])], norm_type))
