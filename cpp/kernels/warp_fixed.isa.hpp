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

// The upper bits of a multiple of 2^-32.
constexpr int kDroppedBits = 32 - kWeightBits;

// One product is rounded and the rest follows from it, so that no weight is negative and a constant
// image stays constant.
FA_INLINE FixedWeights fixed_weights(std::uint32_t right_bits, std::uint32_t down_bits) {
  const auto right = static_cast<std::int32_t>(right_bits >> kDroppedBits);
  const auto down = static_cast<std::int32_t>(down_bits >> kDroppedBits);
  const std::int32_t both = (right * down + kHalf) >> kWeightBits;
  return {kOne - right - (down - both), right - both, down - both, both};
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
