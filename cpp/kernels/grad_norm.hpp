// The norm of a list of tensors as if they were one vector.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/tensor_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// The p-norm, p > 0 or infinity, accumulated in float64 over fixed blocks: the same bits for any
// number of threads and instruction set. Finite elements give a finite norm wherever a float64 can
// hold it; NaN if an element is NaN, else infinity if one is infinite. An empty list has norm 0.
double total_norm(std::span<const TensorView> tensors, double p, Threads threads);

struct NonFiniteElement {
  std::int64_t tensor;  // position in the list
  std::int64_t index;   // of the element, in the order of the tensor's axes
  double value;
};

// The first element that is NaN or infinite.
std::optional<NonFiniteElement> find_nonfinite(std::span<const TensorView> tensors);

}  // namespace fa
