// Changing gradients in place.
#pragma once

#include <span>

#include "core/tensor_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Each element times `factor`, in the element's own precision (float16 in float32, rounded once).
void scale(std::span<const TensorView> tensors, double factor, Threads threads);

// Each element moved into [-limit, limit]; NaN stays NaN. limit >= 0.
void clamp(std::span<const TensorView> tensors, double limit, Threads threads);

// torch's clip factor. Its constant keeps the factor finite for a norm of 0.
inline double clip_factor(double max_norm, double norm) { return max_norm / (norm + 1e-6); }

void set_to_zero(std::span<const TensorView> tensors, Threads threads);

}  // namespace fa
