// Views of gradients and parameters: elements in any order, since sums and scalings do not care.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.hpp"

namespace fa {

struct Axis {
  std::int64_t size;
  std::int64_t stride;  // bytes
};

// `size` elements of a gradient's dtype. rank == 0: one packed run. Else the axes, the last one
// innermost, with no axis of size 1.
struct TensorView {
  std::byte* data;
  std::int64_t size;
  DType dtype;
  std::int32_t rank;
  const Axis* axes;
};

}  // namespace fa
