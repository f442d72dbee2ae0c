"""Gradient norms and clipping in float64 with exact sums, from the formulas of torch."""

import math

import numpy as np


def wide(gradient):
    """The elements as float64 or complex128."""
    array = np.asarray(gradient)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def magnitudes(gradients):
    """Absolute values of all elements of all arrays, as one float64 vector; None is skipped."""
    vectors = [np.abs(wide(g)).ravel() for g in gradients if g is not None]
    return np.concatenate([np.zeros(0), *vectors])


def total_norm(gradients, norm_type=2.0):
    """Divides by the largest magnitude first, so that no power overflows or vanishes."""
    values = magnitudes(gradients)
    largest = float(values.max(initial=0.0))
    if largest == 0.0 or math.isinf(norm_type) or not math.isfinite(largest):
        return largest
    powers = (values / largest) ** norm_type
    return largest * math.fsum(powers.tolist()) ** (1.0 / norm_type)


def clip_factor(max_norm, norm):
    """Factor of clip_grad_norm_; 1 when the norm lies below the threshold."""
    return min(1.0, max_norm / (norm + 1e-6))


def clipped(gradients, max_norm, norm_type=2.0):
    """New arrays, each element multiplied in float64 and rounded once to its dtype."""
    factor = clip_factor(max_norm, total_norm(gradients, norm_type))
    return [g if factor == 1.0 else (wide(g) * factor).astype(g.dtype) for g in gradients]


def clipped_values(gradient, clip_value):
    """NaN stays NaN, as in torch.clamp."""
    result = gradient.copy()
    result[gradient > clip_value] = clip_value
    result[gradient < -clip_value] = -clip_value
    return result


def power(gradients, norm_type=2.0):
    """The sum of the powers of the magnitudes; for infinity the largest of them."""
    values = magnitudes(gradients)
    if math.isinf(norm_type):
        return float(values.max(initial=0.0))
    return math.fsum((values**norm_type).tolist())


def unit_norms(array, unit_axis):
    """2-norms of the units in float64, of a shape that broadcasts against the array.

    Units of timm for axis 0, of optax for axis -1.
    """
    values = np.abs(wide(array))
    if values.ndim <= 1:
        axes = None
    elif unit_axis == 0:
        axes = tuple(range(1, values.ndim))
    elif values.squeeze().ndim <= 1:
        axes = None
    else:
        axes = (0,) if values.ndim in (2, 3) else tuple(range(values.ndim - 1))
    return np.sqrt(np.sum(np.square(values), axis=axes, keepdims=True))


def adaptively_clipped(gradient, parameter, clip_factor=0.01, eps=1e-3, unit_axis=0):
    """A new array, and how many units were scaled."""
    limit = np.maximum(unit_norms(parameter, unit_axis), eps) * clip_factor
    norm = unit_norms(gradient, unit_axis)
    factor = np.where(norm < limit, 1.0, limit / np.maximum(norm, 1e-6))
    scaled = wide(gradient) * factor
    keeps = np.broadcast_to(norm < limit, gradient.shape)
    result = np.where(keeps, gradient, scaled.astype(gradient.dtype))
    return result.reshape(gradient.shape), int(np.sum(norm >= limit)) if gradient.size else 0
