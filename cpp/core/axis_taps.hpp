// Which inputs make up each output along one axis, and with what weights.
#pragma once

#include <cstdint>

namespace fa {

// Floats after the last of a row that its reader or writer may touch: pixels move as vectors.
constexpr std::int64_t kRowSlack = 4;

// Output i is the sum over k < count[i] of weights[i * stride + k] * input[first[i] + k].
struct AxisTaps {
  const std::int64_t* first;
  const std::int64_t* count;  // at least 1
  const float* weights;
  std::int64_t stride;
  std::int64_t even_count;  // what every count is; 0 where they differ
};

}  // namespace fa
