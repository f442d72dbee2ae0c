"""Clipping as timm, optax and Opacus define it, against them where they are installed."""

import warnings

import numpy as np
import pytest

import fast_augment as fa
from helpers.peers import peer_module, timm_file

SHAPES = [(), (1,), (64,), (1, 9), (9, 1), (30, 50), (4, 5, 6), (16, 3, 7, 7), (3, 3, 8, 40)]
DEEPER = (2, 3, 3, 4, 5)


def arrays(rng, shapes, scale=1.0):
    return [np.asarray(scale * rng.standard_normal(shape), np.float32) for shape in shapes]


def assert_all_near(results, expected, rtol):
    for result, wanted in zip(results, expected, strict=True):
        assert np.allclose(result, np.asarray(wanted), rtol=rtol, atol=0)


def torch_parameters(weights, gradients):
    torch = peer_module("torch")
    parameters = [torch.nn.Parameter(torch.tensor(weight)) for weight in weights]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = torch.tensor(gradient)
    return parameters


@pytest.mark.parametrize("clip_factor", [0.01, 0.3, 1.1])
def test_units_as_timm_cuts_them(clip_factor, rng):
    shapes = [*SHAPES, DEEPER]
    weights, gradients = arrays(rng, shapes, 0.1), arrays(rng, shapes, 0.05)
    parameters = torch_parameters(weights, gradients)
    timm_file("utils/agc.py").adaptive_clip_grad(parameters, clip_factor)
    before = [gradient.copy() for gradient in gradients]

    clipped = fa.adaptive_clip_grad_(gradients, weights, clip_factor)

    assert clipped > 0
    assert_all_near(gradients, [parameter.grad for parameter in parameters], 2e-6)
    changed = [not np.array_equal(g, b) for g, b in zip(gradients, before, strict=True)]
    assert any(changed)


@pytest.mark.parametrize("clipping", [0.01, 0.3, 1.1])
def test_units_as_optax_cuts_them(clipping, rng):
    optax = peer_module("optax")
    weights, gradients = arrays(rng, SHAPES, 0.1), arrays(rng, SHAPES, 0.05)
    transform = optax.adaptive_grad_clip(clipping)
    expected, _ = transform.update(gradients, transform.init(weights), weights)

    assert fa.adaptive_clip_grad_(gradients, weights, clipping, unit_axis=-1) > 0
    assert_all_near(gradients, expected, 2e-6)


@pytest.mark.parametrize("share", [0.5, 2.0])
def test_the_global_norm_as_optax_clips_it(share, rng):
    """Without the 1e-6 that torch's formula adds to the norm."""
    optax = peer_module("optax")
    gradients = arrays(rng, SHAPES)
    norm = fa.get_total_norm(gradients)
    assert norm == pytest.approx(float(optax.tree.norm(gradients)), rel=1e-6)
    expected, _ = optax.clip_by_global_norm(share * norm).update(gradients, optax.EmptyState())

    fa.clip_grad_norm_(gradients, share * norm)

    assert_all_near(gradients, expected, 2e-6)


def opacus_sums(gradients, max_norm):
    """Sums of clipped per-sample gradients by Opacus's optimizer, without noise."""
    torch = peer_module("torch")
    parameters = torch_parameters([g[0] for g in gradients], [g[0] for g in gradients])
    for parameter, samples in zip(parameters, gradients, strict=True):
        parameter.grad_sample = torch.tensor(samples)
    optimizer = peer_module("Opacus").DPOptimizer(
        torch.optim.SGD(parameters, lr=0.1),
        noise_multiplier=0.0,
        max_grad_norm=max_norm,
        expected_batch_size=len(gradients[0]),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optimizer.clip_and_accumulate()
    return [parameter.summed_grad.numpy() for parameter in parameters]


@pytest.mark.parametrize("max_norm", [0.1, 20.0, 1e6])
def test_per_sample_sums_as_opacus_makes_them(max_norm, rng):
    count = 7
    gradients = arrays(rng, [(count, *shape) for shape in [(3, 5), (7,), (1,), (2, 3, 4, 5)]])
    expected = opacus_sums(gradients, max_norm)

    sums, norms = fa.clip_per_sample_grads_(gradients, max_norm)

    assert len(norms) == count
    for total, wanted in zip(sums, expected, strict=True):
        assert np.allclose(total, wanted, rtol=1e-5, atol=1e-6 * float(np.abs(wanted).max()))
