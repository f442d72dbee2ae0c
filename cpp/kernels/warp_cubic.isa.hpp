// The formulas of bicubic interpolation, by Keys' kernel with a = -0.75.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_fixed.isa.hpp"

namespace fa::FA_ISA {
namespace {

FA_INLINE float number_like(float, float value) { return value; }

// Of the four pixels in a row or column; the second one, at or before the coordinate, takes what
// is left, so that a constant image stays constant. V is a float or a vector of them.
template <class V>
struct CubicWeights {
  V before, after, beyond;
};

template <class V>
FA_INLINE CubicWeights<V> cubic_weights(V t) {
  const V rest = number_like(t, 1.0f) - t;
  const V rising = number_like(t, 1.5f) - number_like(t, 1.25f) * t;
  return {number_like(t, -0.75f) * t * rest * rest, t * (number_like(t, 0.75f) + t * rising),
          number_like(t, -0.75f) * t * t * rest};
}

template <class V>
FA_INLINE V mix_four(V before, V here, V after, V beyond, const CubicWeights<V>& weights) {
  return here + weights.before * (before - here) + weights.after * (after - here) +
         weights.beyond * (beyond - here);
}

// uint8 is mixed along x in whole numbers: four weights that add up to 2^14. Their rounding moves a
// result by less than 0.05.
struct FixedCubic {
  std::int32_t before, here, after, beyond;
};

// Keeps negative numbers out of the truncation.
constexpr std::int32_t kCubicBias = kOne;

FA_INLINE std::int32_t fixed_cubic_weight(float weight) {
  constexpr float kShift = static_cast<float>(kCubicBias) + 0.5f;
  return static_cast<std::int32_t>(weight * static_cast<float>(kOne) + kShift) - kCubicBias;
}

FA_INLINE FixedCubic fixed_cubic(const CubicWeights<float>& weights) {
  const std::int32_t before = fixed_cubic_weight(weights.before);
  const std::int32_t after = fixed_cubic_weight(weights.after);
  const std::int32_t beyond = fixed_cubic_weight(weights.beyond);
  return {before, kOne - before - after - beyond, after, beyond};
}

FA_INLINE float inside(float value, float top) {
  const float above = value > 0.0f ? value : 0.0f;
  return above < top ? above : top;
}

FA_INLINE void store_clamped(float value, std::uint8_t* to) {
  *to = static_cast<std::uint8_t>(static_cast<std::int32_t>(inside(value, 255.0f) + 0.5f));
}

FA_INLINE void store_clamped(float value, std::uint16_t* to) {
  *to = static_cast<std::uint16_t>(static_cast<std::int32_t>(inside(value, 65535.0f) + 0.5f));
}

FA_INLINE void store_clamped(float value, float* to) { *to = value; }

// Pixel [j][i] stands in line j and column i of the four by four.
template <class T>
struct CubicTaps {
  const T* pixels[4][4];
};

// Along y, then along x.
template <class T, class Value>
FA_INLINE void mix_taps(const CubicTaps<T>& taps, float right, float down, std::int64_t channels,
                        Value* FA_RESTRICT to, std::int64_t step) {
  const CubicWeights<float> along_x = cubic_weights(right), along_y = cubic_weights(down);
  for (std::int64_t c = 0; c < channels; ++c) {
    float columns[4];
    for (int i = 0; i < 4; ++i) {
      columns[i] = mix_four(static_cast<float>(taps.pixels[0][i][c]),
                            static_cast<float>(taps.pixels[1][i][c]),
                            static_cast<float>(taps.pixels[2][i][c]),
                            static_cast<float>(taps.pixels[3][i][c]), along_y);
    }
    store_clamped(mix_four(columns[0], columns[1], columns[2], columns[3], along_x), to + c * step);
  }
}

// Along x, then along y.
template <class Value>
FA_INLINE void mix_taps(const CubicTaps<std::uint8_t>& taps, float right, float down,
                        std::int64_t channels, Value* FA_RESTRICT to, std::int64_t step) {
  const FixedCubic along_x = fixed_cubic(cubic_weights(right));
  const CubicWeights<float> along_y = cubic_weights(down);
  for (std::int64_t c = 0; c < channels; ++c) {
    float lines[4];
    for (int j = 0; j < 4; ++j) {
      const std::uint8_t* const* line = taps.pixels[j];
      lines[j] = static_cast<float>(line[0][c] * along_x.before + line[1][c] * along_x.here +
                                    line[2][c] * along_x.after + line[3][c] * along_x.beyond);
    }
    const float sum = mix_four(lines[0], lines[1], lines[2], lines[3], along_y);
    store_clamped(sum * (1.0f / static_cast<float>(kOne)), to + c * step);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
