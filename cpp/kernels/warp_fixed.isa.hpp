// Bilinear sampling of uint8 in whole numbers: four weights that add up to 2^14. The rounding of
// the weights moves a result by less than 0.05.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"

namespace fa::FA_ISA {
namespace {

constexpr int kWeightBits = 14;
constexpr std::int32_t kOne = 1 << kWeightBits;
constexpr std::int32_t kHalf = kOne / 2;

struct FixedWeights {
  std::int32_t top_left, top_right, bottom_left, bottom_right;
};

FA_INLINE std::int32_t rounded_weight(float weight) {
  return static_cast<std::int32_t>(weight * static_cast<float>(kOne) + 0.5f);
}

// The top left weight takes what is left, so that a constant image stays constant; rounding may
// make it -1, which never takes a rounded sum out of [0, 255].
FA_INLINE FixedWeights fixed_weights(float right, float down) {
  const float both = right * down;
  const std::int32_t bottom_right = rounded_weight(both);
  const std::int32_t top_right = rounded_weight(right - both);
  const std::int32_t bottom_left = rounded_weight(down - both);
  return {kOne - top_right - bottom_left - bottom_right, top_right, bottom_left, bottom_right};
}

FA_INLINE void store_sum(std::int32_t sum, std::uint8_t* to) {
  *to = static_cast<std::uint8_t>((sum + kHalf) >> kWeightBits);
}

// Exact: a sum has less than 24 bits.
FA_INLINE float value_of_sum(std::int32_t sum) {
  return static_cast<float>(sum) * (1.0f / static_cast<float>(kOne));
}

FA_INLINE void store_sum(std::int32_t sum, float* to) { *to = value_of_sum(sum); }

}  // namespace
}  // namespace fa::FA_ISA
