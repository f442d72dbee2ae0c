// float <-> binary16 in plain integer steps, bit for bit what the F16C instructions give
// (round to nearest even, subnormals kept, NaN made quiet with the top of its payload).
#pragma once

#include <cstdint>
#include <cstring>

#include "core/dtype.hpp"
#include "core/inline.hpp"

namespace fa {

FA_INLINE std::uint32_t float_bits(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

FA_INLINE float float_from_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

FA_INLINE float half_to_float(Half half) {
  const std::uint32_t sign = (half.bits & 0x8000u) << 16;
  const std::uint32_t magnitude = half.bits & 0x7fffu;
  if (magnitude >= 0x7c00u) {  // infinity or NaN
    const std::uint32_t quiet = magnitude > 0x7c00u ? 0x00400000u : 0u;
    return float_from_bits(sign | 0x7f800000u | ((magnitude & 0x3ffu) << 13) | quiet);
  }
  if (magnitude >= 0x0400u) return float_from_bits(sign | ((magnitude << 13) + 0x38000000u));
  // Subnormal: the magnitude counts units of 2^-24, and the product is exact.
  const float value = static_cast<float>(magnitude) * 0x1p-24f;
  return float_from_bits(sign | float_bits(value));
}

FA_INLINE Half float_to_half(float value) {
  const std::uint32_t bits = float_bits(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  std::uint32_t result;
  if (magnitude > 0x7f800000u) {
    result = 0x7e00u | ((magnitude >> 13) & 0x3ffu);
  } else if (magnitude >= 0x47800000u) {  // 65536 and above
    result = 0x7c00u;
  } else if (magnitude < 0x38800000u) {  // below the smallest normal number
    // Adding 0.5 leaves the value, counted in units of 2^-24, rounded in the low bits of the sum.
    result = float_bits(float_from_bits(magnitude) + 0.5f) - 0x3f000000u;
  } else {
    const std::uint32_t round_to_even = 0xfffu + ((magnitude >> 13) & 1u);
    result = (magnitude - 0x38000000u + round_to_even) >> 13;
  }
  return Half{static_cast<std::uint16_t>(sign | result)};
}

}  // namespace fa
