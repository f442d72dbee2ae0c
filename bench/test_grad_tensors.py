"""Clipping each gradient by its own norm, and each unit by the norm of its weights."""

import math

import numpy as np

import fast_augment as fa
from harness import Workload, races
from test_gradients import contender, gradients_of


def each_norm(job):
    """Return the norm of each tensor, and half of the median norm as the limit."""
    norms = [float(np.linalg.norm(g.astype(np.float64))) for g in job.gradients]
    return norms, 0.5 * float(np.median(norms))


def error_of_gradients(result, expected):
    """Largest relative difference, which rounding explains up to the tolerance."""
    worst = 0.0
    for gradient, wanted in zip(result, expected, strict=True):
        scale = np.maximum(np.abs(wanted), 1e-30)
        worst = max(worst, float(np.max(np.abs(gradient - wanted) / scale)))
    return worst


def per_tensor_workload(model):
    """Repeated calls find gradients at the limit, and scale them by almost 1 all the same."""

    def clip_each(job, _out):
        gradients, limit = [g.copy() for g in job.gradients], each_norm(job)[1]

        def call():
            fa.clip_grad_norm_per_tensor_(gradients, limit)
            return gradients

        return call

    def numpy_each(job, _out):
        gradients, limit = [g.copy() for g in job.gradients], each_norm(job)[1]

        def call():
            for gradient in gradients:
                flat = gradient.ravel()
                factor = limit / (math.sqrt(np.dot(flat, flat)) + 1e-6)
                if factor < 1:
                    gradient *= factor
            return gradients

        return call

    def expected(job):
        norms, limit = each_norm(job)
        pairs = zip(job.gradients, norms, strict=True)
        return [g * min(1.0, limit / (norm + 1e-6)) for g, norm in pairs]

    return Workload(
        name=f"clip_grad_norm_per_tensor_ {model}",
        inputs=gradients_of(model, "scale"),
        expected=expected,
        contenders=[
            contender("fast_augment", clip_each, 1e-6),
            contender("numpy", numpy_each),
        ],
        difference=error_of_gradients,
    )


@races(per_tensor_workload("ResNet-18"), per_tensor_workload("2000x256"))
def test_clip_grad_norm_per_tensor(entry, run):
    run(entry)


def unit_norms(array):
    axes = tuple(range(1, array.ndim)) if array.ndim > 1 else None
    return np.sqrt(np.sum(np.square(array), axis=axes, keepdims=True))


def adaptive_workload(model):
    """Units of the first axis; the parameters are the gradients, so that every unit is scaled."""

    def parameters_of(job):
        return [g.copy() for g in job.gradients]

    def numpy_adaptive(gradient, parameter, factor=0.01):
        limit = np.maximum(unit_norms(parameter), 1e-3) * factor
        norm = unit_norms(gradient)
        gradient *= np.where(norm < limit, 1, limit / np.maximum(norm, 1e-6))

    def clip(job, _out):
        gradients, parameters = parameters_of(job), parameters_of(job)

        def call():
            fa.adaptive_clip_grad_(gradients, parameters)
            return gradients

        return call

    def numpy_clip_adaptively(job, _out):
        gradients, parameters = parameters_of(job), parameters_of(job)

        def call():
            for gradient, parameter in zip(gradients, parameters, strict=True):
                numpy_adaptive(gradient, parameter)
            return gradients

        return call

    return Workload(
        name=f"adaptive_clip_grad_ {model}",
        inputs=gradients_of(model, "scale"),
        expected=lambda job: [g * 0.01 for g in job.gradients],
        contenders=[
            contender("fast_augment", clip, 1e-6),
            contender("numpy", numpy_clip_adaptively),
        ],
        difference=error_of_gradients,
    )


@races(adaptive_workload("ResNet-18"), adaptive_workload("2000x256"))
def test_adaptive_clip_grad(entry, run):
    run(entry)
