"""Tensors of one element each: what a clipping call costs beside its kernel."""

import functools

import fast_augment as fa
from harness import IN_PLACE, Contender, Workload, races
from peers import torch
from test_gradients import SHAPES, dot_norm, gradients_of, numpy_clip, torch_parameters

EXACT, FLOAT32 = 1e-12, 1e-5


def relative_error(norm, expected):
    return abs(float(norm) / expected - 1)


def call_of(clip):
    """Contender that calls ``clip(gradients, max_norm)``, with nothing around it."""
    return lambda job, _out: functools.partial(clip, job.gradients, job.max_norm)


def registered(job, _out):
    return fa.GradientClipper(job.gradients, job.max_norm)


def registered_tensors(job, _out):
    tensors = [torch.from_numpy(gradient) for gradient in job.gradients]
    return fa.GradientClipper(tensors, job.max_norm)


def torch_call(job, _out):
    parameters = torch_parameters(job.gradients)
    return functools.partial(torch.nn.utils.clip_grad_norm_, parameters, job.max_norm)


def contender(library, make, tolerance):
    return Contender(library, IN_PLACE, make, tolerance=tolerance)


def call_workload(model):
    contenders = [
        contender("fast_augment", call_of(fa.clip_grad_norm_), EXACT),
        contender("fast_augment registered", registered, EXACT),
        contender("numpy dot", call_of(numpy_clip(dot_norm)), FLOAT32),
    ]
    if torch:
        contenders += [
            contender("fast_augment registered torch tensors", registered_tensors, EXACT),
            contender("torch", torch_call, FLOAT32),
        ]
    return Workload(
        name=f"clip_grad_norm_ {len(SHAPES[model])} tensors of 1",
        inputs=gradients_of(model, "noop"),
        expected=lambda job: job.norm,
        contenders=contenders,
        difference=relative_error,
        time_share=0.3,
    )


@races(call_workload("62x1"), call_workload("2046x1"))
def test_call(entry, run):
    run(entry)
