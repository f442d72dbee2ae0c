// Bilinear sampling of uint8 in whole numbers: four weights that add up to 2^14. The rounding of
// the weights moves a result by less than 0.05.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"

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
// make it -1, which never takes a sum out of [0, 255].
FA_INLINE FixedWeights fixed_weights(float right, float down) {
  const float both = right * down;
  const std::int32_t bottom_right = rounded_weight(both);
  const std::int32_t top_right = rounded_weight(right - both);
  const std::int32_t bottom_left = rounded_weight(down - both);
  return {kOne - top_right - bottom_left - bottom_right, top_right, bottom_left, bottom_right};
}

FA_INLINE void mix_pixel(const Neighbours<std::uint8_t>& from, float right, float down,
                         std::int64_t channels, std::uint8_t* FA_RESTRICT pixel) {
  const FixedWeights weights = fixed_weights(right, down);
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int32_t sum =
        from.top_left[c] * weights.top_left + from.top_right[c] * weights.top_right +
        from.bottom_left[c] * weights.bottom_left + from.bottom_right[c] * weights.bottom_right;
    pixel[c] = static_cast<std::uint8_t>((sum + kHalf) >> kWeightBits);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
