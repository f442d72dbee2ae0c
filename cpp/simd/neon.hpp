// NEON, which every 64-bit ARM processor has.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "core/half.hpp"
#include "core/inline.hpp"

namespace fa::FA_ISA {

constexpr bool kHasByteShuffle = true;

struct U8x16 {
  uint8x16_t lanes;
};

FA_INLINE U8x16 load_u8x16(const void* from) {
  return {vld1q_u8(static_cast<const std::uint8_t*>(from))};
}

FA_INLINE void store(void* to, U8x16 value) {
  vst1q_u8(static_cast<std::uint8_t*>(to), value.lanes);
}

// result[i] = value[order[i]]; every order[i] < 16.
FA_INLINE U8x16 shuffle(U8x16 value, U8x16 order) { return {vqtbl1q_u8(value.lanes, order.lanes)}; }

// The bytes of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low(U8x16 a, U8x16 b) { return {vzip1q_u8(a.lanes, b.lanes)}; }
FA_INLINE U8x16 zip_high(U8x16 a, U8x16 b) { return {vzip2q_u8(a.lanes, b.lanes)}; }

FA_INLINE void convert(const Half* FA_RESTRICT from, float* FA_RESTRICT to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = half_to_float(from[i]);
}

FA_INLINE void convert(const float* FA_RESTRICT from, Half* FA_RESTRICT to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = float_to_half(from[i]);
}

}  // namespace fa::FA_ISA
