// Elementary functions of float32 without a branch, for loops that the compiler vectorises. Only
// operations that IEEE 754 rounds, in a fixed order: the same bits on every machine. The
// coefficients are ours, fitted for the least relative error.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/inline.hpp"

namespace fa::FA_ISA {

FA_INLINE std::uint32_t bits_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

FA_INLINE float float_of(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// The natural logarithm of a normal positive number: relative error below 2e-7.
FA_INLINE float log_of(float x) {
  // x = 2^exponent * mantissa, with the mantissa between the square roots of 1/2 and 2.
  constexpr std::uint32_t kRootOfHalf = 0x3f3504f3;
  const std::uint32_t offset = bits_of(x) - kRootOfHalf;
  const std::int32_t exponent = static_cast<std::int32_t>(offset) >> 23;
  const float mantissa = float_of((offset & 0x007fffff) + kRootOfHalf);
  // log((1 + s) / (1 - s)) = 2 s + s^3 * polynomial(s^2)
  const float s = (mantissa - 1.0f) / (mantissa + 1.0f);
  const float square = s * s;
  const float polynomial = (0.29871729f * square + 0.399775416f) * square + 0.666667759f;
  constexpr float kLog2 = 0.693147181f;
  return static_cast<float>(exponent) * kLog2 + (s * square * polynomial + (s + s));
}

struct CosSin {
  float cosine, sine;
};

// Of an angle of `turn` / 2^32 of a full turn: error below 1.5e-7.
FA_INLINE CosSin cos_sin_of_turn(std::uint32_t turn) {
  // The nearest quarter turn, and what is missing from it: at most an eighth of a turn.
  const std::uint32_t quarter = (turn + 0x20000000u) >> 30;
  const auto rest = static_cast<std::int32_t>(turn - (quarter << 30));
  const float x = static_cast<float>(rest) * 1.46291808e-9f;  // 2 pi / 2^32
  const float square = x * x;
  const float sine =
      ((-0.000195172994f * square + 0.008332178f) * square - 0.166666552f) * square * x + x;
  const float cosine =
      ((2.44384519e-05f * square - 0.00138873677f) * square + 0.0416666456f) * (square * square) +
      (1.0f - 0.5f * square);
  const bool is_odd = (quarter & 1) != 0;
  const std::uint32_t cosine_bits = bits_of(is_odd ? sine : cosine);
  const std::uint32_t sine_bits = bits_of(is_odd ? cosine : sine);
  return {float_of(cosine_bits ^ ((quarter + 1) & 2) << 30),
          float_of(sine_bits ^ (quarter & 2) << 30)};
}

}  // namespace fa::FA_ISA
