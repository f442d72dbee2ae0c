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

// Whole numbers instead of floats: levels times kFixedLevel, weights times kFixedOne.
constexpr std::int32_t kFixedLevel = 128;
constexpr std::int32_t kFixedOne = 1 << 14;
// Numbers of 16 bits after the last of a row that its reader may touch.
constexpr std::int64_t kFixedSlack = 8;
// Sums of more taps are left to floats: every weight is rounded.
constexpr std::int64_t kMostFixedTaps = 8;

// Weights 2j and 2j + 1 of output i as the halves of pairs[i * count + j], the first one lower.
// They add up to kFixedOne.
struct FixedTaps {
  const std::int32_t* pairs;  // nullptr: none
  std::int64_t count;         // for each output
};

}  // namespace fa
