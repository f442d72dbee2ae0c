"""Clipping and a step of an optimizer: what a training loop does after each backward pass.

The norm is twice the threshold, so every call clips. torch leaves the clipped gradients behind, so
its threshold falls a little from call to call; the others only read the gradients.
"""

import itertools
import math
from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import peers
from harness import IN_PLACE, Contender, Workload, races
from oracles import optim as oracle
from peers import torch
from test_gradients import SHAPES as ALL_SHAPES
from test_gradients import dot_norm, thresholds

# Of the largest change: roundings of float32, and torch's norm in float32.
EXACT, FLOAT32 = 1e-4, 3e-2
OPTIONS = {
    "AdamW": {"lr": 0.05, "weight_decay": 0.01},
    "SGD": {"lr": 0.5, "momentum": 0.9},
}


SHAPES = {name: ALL_SHAPES[name] for name in ("ResNet-18", "2000x256", "GPT-2")}


def inputs_of(model):
    def inputs():
        generator = np.random.default_rng(6)
        gradients = [generator.standard_normal(s, dtype=np.float32) for s in SHAPES[model]]
        params = [generator.standard_normal(s, dtype=np.float32) for s in SHAPES[model]]
        norm = math.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in gradients))
        return SimpleNamespace(gradients=gradients, params=params, norm=norm, max_norm=norm / 2)

    return inputs


def first_step(name):
    """Build `expected`: the norm, the parameters after one step, and where they started."""

    def expected(job):
        factor = job.max_norm / (job.norm + 1e-6)
        after = []
        for param, gradient in zip(job.params, job.gradients, strict=True):
            if name == "SGD":
                slow = oracle.Sgd(param, **OPTIONS[name])
            else:
                slow = oracle.Adam(param, decoupled=True, **OPTIONS[name])
            after.append(slow.step(factor * gradient.astype(np.float64)).astype(np.float32))
        return job.norm, after, [param.copy() for param in job.params]

    return expected


def error_of_step(result, expected):
    """Largest difference of a parameter, in units of the largest change."""
    norm, params = result
    expected_norm, expected_params, start = expected
    pairs = list(zip(params, expected_params, strict=True))
    change = max(float(np.abs(e - s).max()) for e, s in zip(expected_params, start, strict=True))
    error = max(float(np.abs(p - e).max()) for p, e in pairs) / change
    return max(error, abs(float(norm) / expected_norm - 1))


def ours(name, **settings):
    def make(job, _out):
        params = [p.copy() for p in job.params]
        optimizer = getattr(fa.optim, name)(
            params, max_grad_norm=job.max_norm, **OPTIONS[name], **settings
        )
        return lambda: (optimizer.step(job.gradients), params)

    return make


def ours_with_norm(name):
    """Step by a norm that a NormAccumulator summed up beforehand, as during a backward pass."""

    def make(job, _out):
        params, accumulator = [p.copy() for p in job.params], fa.NormAccumulator()
        for gradient in job.gradients:
            accumulator.add(gradient)
        optimizer = getattr(fa.optim, name)(params, max_grad_norm=job.max_norm, **OPTIONS[name])
        return lambda: (optimizer.step(job.gradients, accumulator.norm()), params)

    return make


def numpy_sgd(params, gradients, factor, state, options):
    """In place, with one buffer for temporaries."""
    for param, gradient, buffer, scratch in zip(params, gradients, *state[:2], strict=True):
        np.multiply(gradient, factor, out=scratch)
        buffer *= np.float32(options["momentum"])
        buffer += scratch
        np.multiply(buffer, np.float32(options["lr"]), out=scratch)
        param -= scratch


def numpy_adamw(params, gradients, factor, state, options):
    """In place, with two buffers for temporaries."""
    state[4] += 1
    lr, (beta1, beta2) = options["lr"], (np.float32(0.9), np.float32(0.999))
    step_size = np.float32(lr / (1 - 0.9 ** state[4]))
    root_scale = np.float32(1 / math.sqrt(1 - 0.999 ** state[4]))
    kept = np.float32(1 - lr * options["weight_decay"])
    for param, gradient, mean, square, one, two in zip(params, gradients, *state[:4], strict=True):
        np.multiply(gradient, factor, out=one)
        mean *= beta1
        np.multiply(one, 1 - beta1, out=two)
        mean += two
        square *= beta2
        np.multiply(one, one, out=two)
        two *= 1 - beta2
        square += two
        np.sqrt(square, out=two)
        two *= root_scale
        two += np.float32(1e-8)
        np.divide(mean, two, out=two)
        two *= step_size
        param *= kept
        param -= two


def numpy_step(name):
    step = {"SGD": numpy_sgd, "AdamW": numpy_adamw}[name]

    def make(job, _out):
        params = [p.copy() for p in job.params]
        state = [[np.zeros_like(p) for p in params] for _ in range(4)] + [0]

        def call():
            norm = dot_norm(job.gradients)
            factor = np.float32(min(1, job.max_norm / (norm + 1e-6)))
            step(params, job.gradients, factor, state, OPTIONS[name])
            return norm, params

        return call

    return make


def torch_step(name, **how):
    def make(job, _out):
        params = [torch.nn.Parameter(torch.from_numpy(p.copy())) for p in job.params]
        for param, gradient in zip(params, job.gradients, strict=True):
            param.grad = torch.from_numpy(gradient.copy())
        optimizer = getattr(torch.optim, name)(params, **OPTIONS[name], **how)
        limits, arrays = thresholds(job), [param.detach().numpy() for param in params]

        def call():
            norm = torch.nn.utils.clip_grad_norm_(params, next(limits))
            optimizer.step()
            return norm, arrays

        return call

    return make


def contenders_of(name):
    def contender(library, make, tolerance=FLOAT32):
        return Contender(library, IN_PLACE, make, tolerance=tolerance)

    result = [
        contender("fast_augment", ours(name), EXACT),
        contender("fast_augment norm known", ours_with_norm(name), EXACT),
        contender("numpy", numpy_step(name)),
    ]
    if torch:
        result += [
            contender("torch fused", torch_step(name, fused=True)),
            contender("torch foreach", torch_step(name, foreach=True)),
        ]
    return result


def step_workload(name, model, **options):
    return Workload(
        name=f"clip and {name} {model}",
        inputs=inputs_of(model),
        expected=first_step(name),
        contenders=contenders_of(name),
        difference=error_of_step,
        **options,
    )


BOTH = (1, peers.ALL_THREADS)


@races(
    *itertools.chain.from_iterable(
        (
            step_workload(name, "ResNet-18", threads=BOTH),
            step_workload(name, "2000x256", time_share=0.5),
            step_workload(name, "GPT-2", threads=BOTH, only_full=True),
        )
        for name in OPTIONS
    )
)
def test_step(entry, run):
    run(entry)


def sample_gradients():
    """Gradients of 64 samples for a small network."""
    generator = np.random.default_rng(7)
    shapes = [(64, 16, 1, 8, 8), (64, 16), (64, 32, 16, 4, 4), (64, 32), (64, 32, 512), (64, 32)]
    gradients = [generator.standard_normal(s, dtype=np.float32) for s in shapes]
    return SimpleNamespace(gradients=gradients, max_norm=100.0)


def numpy_per_sample(job, _out):
    def call():
        squares = sum(
            np.einsum("ij,ij->i", f, f) for f in (g.reshape(64, -1) for g in job.gradients)
        )
        norms = np.sqrt(squares)
        factors = np.minimum(1, job.max_norm / (norms + 1e-6)).astype(np.float32)
        return [np.tensordot(factors, g, axes=1) for g in job.gradients], norms

    return call


def torch_per_sample(job, _out):
    tensors = [torch.from_numpy(g) for g in job.gradients]

    def call():
        norms = torch.stack([t.reshape(64, -1).norm(2, dim=-1) for t in tensors], 1).norm(2, dim=1)
        factors = (job.max_norm / (norms + 1e-6)).clamp(max=1.0)
        return [torch.einsum("i,i...", factors, t).numpy() for t in tensors], norms.numpy()

    return call


def error_of_sums(result, expected):
    (sums, norms), (expected_sums, expected_norms) = result, expected
    errors = [
        float(np.abs(total - wanted).max()) / float(np.abs(wanted).max())
        for total, wanted in zip([*sums, norms], [*expected_sums, expected_norms], strict=True)
    ]
    return max(errors)


def per_sample_workload():
    def our_call(job, _out):
        return lambda: fa.clip_per_sample_grads_(job.gradients, job.max_norm)

    contenders = [
        Contender("fast_augment", IN_PLACE, our_call, tolerance=1e-6),
        Contender("numpy", IN_PLACE, numpy_per_sample, tolerance=1e-4),
    ]
    if torch:
        contenders += [Contender("torch", IN_PLACE, torch_per_sample, tolerance=1e-4)]
    return Workload(
        name="clip_per_sample_grads_ 64 samples",
        inputs=sample_gradients,
        expected=lambda job: oracle.private_sums(job.gradients, job.max_norm),
        contenders=contenders,
        difference=error_of_sums,
        threads=BOTH,
        time_share=0.5,
    )


@races(per_sample_workload())
def test_per_sample(entry, run):
    run(entry)
