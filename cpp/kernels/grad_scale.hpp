// Changing gradients in place.
#pragma once

#include <span>

#include "core/tensor_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Each element times `factor`, in the element's own precision (float16 and bfloat16 in float32,
// rounded once).
void scale(std::span<const TensorView> tensors, double factor, Threads threads);

// The same with a factor for each tensor; one of 1 leaves the tensor as it is.
void scale_each(std::span<const TensorView> tensors, std::span<const double> factors,
                Threads threads);

// The same for one tensor, on this thread.
void scale_tensor(const TensorView& tensor, double factor);

// Each element moved into [-limit, limit]; NaN stays NaN. limit >= 0. Not for complex elements.
void clamp(std::span<const TensorView> tensors, double limit, Threads threads);

void set_to_zero(std::span<const TensorView> tensors, Threads threads);

}  // namespace fa
