"""Norms and clipping of gradients, in place.

Clipping twice is not clipping again, so contenders that scale get a threshold that falls a little
from call to call: every call scales, and no array fades to zero.
"""

import itertools
import math
from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import peers
from harness import IN_PLACE, Contender, Workload, races
from peers import numba, torch

if numba:
    import numba_loops

FALL = 0.9999
# Relative error allowed to the norm: float64 sums, and float32 sums of up to 100 million squares
# by NumPy and by torch.
EXACT, FLOAT32, TORCH = 1e-12, 3e-3, 3e-2
# Tensors below this many elements are not worth numba's threads.
PARALLEL_FROM = 1 << 16


def resnet18_shapes():
    """Shapes of the 62 parameters of a ResNet-18 with 1000 classes."""
    shapes = [(64, 3, 7, 7), (64,), (64,)]
    before = 64
    for width in (64, 128, 256, 512):
        for block_input in (before, width):
            shapes += [(width, block_input, 3, 3), (width,), (width,)]
            shapes += [(width, width, 3, 3), (width,), (width,)]
            if block_input != width:
                shapes += [(width, block_input, 1, 1), (width,), (width,)]
        before = width
    return [*shapes, (1000, 512), (1000,)]


def gpt2_small_shapes():
    """Shapes of the 148 parameters of the 124 million of GPT-2."""
    width = 768
    shapes = [(50257, width), (1024, width)]
    for _ in range(12):
        shapes += [(width,), (width,), (width, 3 * width), (3 * width,), (width, width), (width,)]
        shapes += [(width,), (width,), (width, 4 * width), (4 * width,), (4 * width, width)]
        shapes += [(width,)]
    return [*shapes, (width,), (width,)]


SHAPES = {
    "ResNet-18": resnet18_shapes(),
    "2000x256": [(256,)] * 2000,
    "100M": [(100_000_000,)],
    "GPT-2": gpt2_small_shapes(),
    # Next to no work: what a call costs, and what its kernel does.
    "62x1": [(1,)] * 62,
    "2046x1": [(1,)] * 2046,
}


def gradients_of(model, variant):
    """Build inputs; "scale" halves the norm, "noop" has a threshold that is not reached."""

    def inputs():
        generator = np.random.default_rng(5)
        gradients = [generator.standard_normal(s, dtype=np.float32) for s in SHAPES[model]]
        squares = (np.sum(np.square(g, dtype=np.float64)) for g in gradients)
        norm = math.sqrt(sum(squares))
        factor = 0.5 if variant == "scale" else 2.0
        return SimpleNamespace(gradients=gradients, norm=norm, max_norm=factor * norm)

    return inputs


def expected_clip(job):
    factor = min(1.0, job.max_norm / (job.norm + 1e-6))
    return job.norm, [g * factor for g in job.gradients]


def error_of_norm(result, expected):
    """Relative error of the norm, which every norm function returns; infinite if arrays differ.

    Arrays may differ as much as a wrong norm makes them, and by two roundings to float32.
    """
    norm, gradients = result
    expected_norm, expected_gradients = expected
    error = abs(float(norm) / expected_norm - 1)
    for gradient, wanted in zip(gradients, expected_gradients, strict=True):
        if not np.allclose(gradient, wanted, rtol=1.1 * error + 3e-7, atol=0):
            return math.inf
    return error


def thresholds(job):
    return (job.max_norm * FALL**step for step in itertools.count())


def in_place(clip):
    """Contender that calls ``clip(gradients, max_norm)`` on arrays of its own."""

    def make(job, _out):
        gradients, limits = [g.copy() for g in job.gradients], thresholds(job)
        return lambda: (clip(gradients, next(limits)), gradients)

    return make


def norm_of(measure):
    """Contender that calls ``measure(gradients)``."""
    return lambda job, _out: lambda: (measure(job.gradients), job.gradients)


def with_norm(clip):
    """Contender that calls ``clip(gradients, max_norm, total_norm)``."""

    def make(job, _out):
        gradients, limits = [g.copy() for g in job.gradients], thresholds(job)

        def call():
            clip(gradients, next(limits), job.norm)
            return job.norm, gradients

        return call

    return make


def dot_norm(gradients):
    total = 0.0
    for gradient in gradients:
        flat = gradient.ravel()
        total += float(np.dot(flat, flat))
    return math.sqrt(total)


def linalg_norm(gradients):
    return float(np.linalg.norm([np.linalg.norm(gradient) for gradient in gradients]))


def numpy_scale(gradients, max_norm, norm):
    factor = max_norm / (norm + 1e-6)
    if factor < 1:
        for gradient in gradients:
            gradient *= factor


def numpy_clip(measure):
    def clip(gradients, max_norm):
        norm = measure(gradients)
        numpy_scale(gradients, max_norm, norm)
        return norm

    return clip


def uses_threads(job, gradient):
    return job.threads > 1 and gradient.size >= PARALLEL_FROM


def numba_clip(job, _out):
    """One compiled call per tensor, with threads where the tensor is large."""
    flats, limits = [g.flatten() for g in job.gradients], thresholds(job)
    gradients = [f.reshape(g.shape) for f, g in zip(flats, job.gradients, strict=True)]
    large = [f for f in flats if uses_threads(job, f)]
    small = [f for f in flats if not uses_threads(job, f)]

    def call():
        total = 0.0
        for flat in small:
            total += numba_loops.sum_of_squares(flat)
        for flat in large:
            total += numba_loops.parallel_sum_of_squares(flat)
        norm = math.sqrt(total)
        factor = next(limits) / (norm + 1e-6)
        if factor < 1:
            for flat in small:
                numba_loops.scale_in_place(flat, np.float32(factor))
            for flat in large:
                numba_loops.parallel_scale_in_place(flat, np.float32(factor))
        return norm, gradients

    return call


def torch_parameters(gradients):
    parameters = []
    for gradient in gradients:
        parameter = torch.nn.Parameter(torch.empty(gradient.shape))
        parameter.grad = torch.from_numpy(gradient)
        parameters.append(parameter)
    return parameters


def torch_clip(foreach):
    def make(job, _out):
        gradients, limits = [g.copy() for g in job.gradients], thresholds(job)
        parameters = torch_parameters(gradients)
        clip = torch.nn.utils.clip_grad_norm_
        return lambda: (clip(parameters, next(limits), foreach=foreach), gradients)

    return make


def torch_clip_value(job, _out):
    gradients = [g.copy() for g in job.gradients]
    parameters = torch_parameters(gradients)

    def call():
        torch.nn.utils.clip_grad_value_(parameters, 0.5)
        return job.norm, gradients

    return call


def registered(job, _out):
    """Call a GradientClipper that looked at the arrays once."""
    gradients, limits = [g.copy() for g in job.gradients], thresholds(job)
    clipper = fa.GradientClipper(gradients, job.max_norm)
    return lambda: (clipper(next(limits)), gradients)


def of_torch(register, parameters):
    """Clip tensors of torch, or parameters with gradients, by a clipper or by the function."""

    def make(job, _out):
        gradients, limits = [g.copy() for g in job.gradients], thresholds(job)
        tensors = torch_parameters(gradients)
        if not parameters:
            tensors = [parameter.grad for parameter in tensors]
        if register:
            clipper = fa.GradientClipper(tensors, job.max_norm)
            return lambda: (clipper(next(limits)), gradients)
        return lambda: (fa.clip_grad_norm_(tensors, next(limits)), gradients)

    return make


def accumulated(job, _out):
    """Add gradient after gradient, as a backward pass does."""
    accumulator = fa.NormAccumulator()

    def call():
        accumulator.reset()
        for gradient in job.gradients:
            accumulator.add(gradient)
        return accumulator.norm(), job.gradients

    return call


def contender(library, make, tolerance=FLOAT32):
    return Contender(library, IN_PLACE, make, tolerance=tolerance)


def clip_contenders():
    result = [
        contender("fast_augment", in_place(fa.clip_grad_norm_), EXACT),
        contender("fast_augment registered", registered, EXACT),
        contender("numpy dot", in_place(numpy_clip(dot_norm))),
        contender("numpy linalg.norm", in_place(numpy_clip(linalg_norm))),
    ]
    if numba:
        result += [contender("numba", numba_clip, EXACT)]
    if torch:
        result += [
            contender("fast_augment torch tensors", of_torch(False, False), EXACT),
            contender("fast_augment registered torch tensors", of_torch(True, False), EXACT),
            contender("fast_augment registered torch parameters", of_torch(True, True), EXACT),
            contender("torch", torch_clip(foreach=False), TORCH),
            contender("torch foreach", torch_clip(foreach=True), TORCH),
        ]
    return result


def clip_workload(model, variant, **options):
    return Workload(
        name=f"clip_grad_norm_ {model} {variant}",
        inputs=gradients_of(model, variant),
        expected=expected_clip,
        contenders=clip_contenders(),
        difference=error_of_norm,
        **options,
    )


@races(
    clip_workload("ResNet-18", "scale", threads=(1, peers.ALL_THREADS)),
    clip_workload("ResNet-18", "noop", threads=(1, peers.ALL_THREADS)),
    clip_workload("2000x256", "scale"),
    clip_workload("2000x256", "noop"),
    clip_workload("100M", "scale", only_full=True),
    clip_workload("100M", "noop", only_full=True),
    clip_workload("GPT-2", "scale", only_full=True),
    clip_workload("GPT-2", "noop", only_full=True),
)
def test_clip_grad_norm(entry, run):
    run(entry)


def other_workload(function, model, expected, contenders, **options):
    return Workload(
        name=f"{function} {model}",
        inputs=gradients_of(model, "scale"),
        expected=expected,
        contenders=contenders,
        difference=error_of_norm,
        **options,
    )


def read_once(job, _out):
    """Read all elements and do next to nothing: the speed of memory."""
    flats = [g.reshape(-1) for g in job.gradients]
    read = numba_loops.parallel_sum if job.threads > 1 else numba_loops.plain_sum

    def call():
        for flat in flats:
            read(flat)
        return job.norm, job.gradients

    return call


def norm_workload(model, **options):
    contenders = [
        contender("fast_augment", norm_of(fa.get_total_norm), EXACT),
        contender("fast_augment accumulated", accumulated, EXACT),
        contender("numpy dot", norm_of(dot_norm)),
        contender("numpy linalg.norm", norm_of(linalg_norm)),
    ]
    if numba:
        contenders += [Contender("read", IN_PLACE, read_once, reference=True)]
    return other_workload(
        "get_total_norm", model, lambda job: (job.norm, job.gradients), contenders, **options
    )


@races(
    norm_workload("ResNet-18"),
    norm_workload("2000x256"),
    norm_workload("100M", only_full=True),
)
def test_get_total_norm(entry, run):
    run(entry)


def with_norm_workload(model):
    contenders = [
        contender("fast_augment", with_norm(fa.clip_grads_with_norm_)),
        contender("numpy", with_norm(numpy_scale)),
    ]
    return other_workload("clip_grads_with_norm_", model, expected_clip, contenders)


@races(with_norm_workload("ResNet-18"), with_norm_workload("2000x256"))
def test_clip_grads_with_norm(entry, run):
    run(entry)


def value_workload(model):
    """Clipping to one half touches most of the elements; repeating it costs the same."""

    def clip_with(clip):
        return lambda gradients, _max_norm, _norm: clip(gradients, 0.5)

    def numpy_clip_value(gradients, value):
        for gradient in gradients:
            np.clip(gradient, -value, value, out=gradient)

    contenders = [
        contender("fast_augment", with_norm(clip_with(fa.clip_grad_value_))),
        contender("numpy", with_norm(clip_with(numpy_clip_value))),
    ]
    if torch:
        contenders += [contender("torch", torch_clip_value)]

    def expected(job):
        return job.norm, [np.clip(g, -0.5, 0.5) for g in job.gradients]

    return other_workload("clip_grad_value_", model, expected, contenders)


@races(value_workload("ResNet-18"), value_workload("2000x256"))
def test_clip_grad_value(entry, run):
    run(entry)
