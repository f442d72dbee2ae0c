// float to bfloat16, rounded to nearest even, and back; NaN stays NaN.
#pragma once

#include <cstdint>

#include "core/dtype.hpp"
#include "core/half.hpp"
#include "core/inline.hpp"

namespace fa {

FA_INLINE Bfloat16 float_to_bfloat16(float value) {
  const std::uint32_t bits = float_bits(value);
  const std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const std::uint32_t quiet = (bits >> 16) | 0x40u;  // rounding could carry a NaN into infinity
  const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return Bfloat16{static_cast<std::uint16_t>(is_nan ? quiet : rounded)};
}

FA_INLINE float bfloat16_to_float(Bfloat16 value) {
  return float_from_bits(std::uint32_t{value.bits} << 16);
}

}  // namespace fa
