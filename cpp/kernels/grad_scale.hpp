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

void set_to_zero(std::span<const TensorView> tensors, Threads threads);

}  // namespace fa
