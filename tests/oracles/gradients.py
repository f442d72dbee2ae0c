"""Gradient norms and clipping in float64 with exact sums, from the formulas of torch."""

import math

import numpy as np


def magnitudes(gradients):
    """Absolute values of all elements of all arrays, as one float64 vector; None is skipped."""
    vectors = [np.abs(np.asarray(g).astype(np.float64)).ravel() for g in gradients if g is not None]
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
    return [
        g if factor == 1.0 else (g.astype(np.float64) * factor).astype(g.dtype) for g in gradients
    ]


def clipped_values(gradient, clip_value):
    """NaN stays NaN, as in torch.clamp."""
    result = gradient.copy()
    result[gradient > clip_value] = clip_value
    result[gradient < -clip_value] = -clip_value
    return result
