// NEON, which every 64-bit ARM processor has.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "simd/f32x4.hpp"
#include "simd/half_loops.hpp"
#include "simd/neon_halves.hpp"

#define FA_HAS_BYTE_SHUFFLE 1

namespace fa::FA_ISA {

struct U8x16 {
  uint8x16_t lanes;
};

FA_INLINE U8x16 load_u8x16(const void* from) {
  return {vld1q_u8(static_cast<const std::uint8_t*>(from))};
}

// Twelve bytes; the last quarter is zero.
FA_INLINE U8x16 load_twelve(const void* from) {
  std::uint32_t last;
  std::memcpy(&last, static_cast<const std::byte*>(from) + 8, sizeof last);
  const uint8x8_t low = vld1_u8(static_cast<const std::uint8_t*>(from));
  return {vcombine_u8(low, vcreate_u8(last))};
}

FA_INLINE void store(void* to, U8x16 value) {
  vst1q_u8(static_cast<std::uint8_t*>(to), value.lanes);
}

// result[i] = value[order[i]]; every order[i] < 16.
FA_INLINE U8x16 shuffle(U8x16 value, U8x16 order) { return {vqtbl1q_u8(value.lanes, order.lanes)}; }

// The bytes of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low(U8x16 a, U8x16 b) { return {vzip1q_u8(a.lanes, b.lanes)}; }
FA_INLINE U8x16 zip_high(U8x16 a, U8x16 b) { return {vzip2q_u8(a.lanes, b.lanes)}; }

// The 32-bit numbers of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low_u32(U8x16 a, U8x16 b) {
  return {vreinterpretq_u8_u32(
      vzip1q_u32(vreinterpretq_u32_u8(a.lanes), vreinterpretq_u32_u8(b.lanes)))};
}
FA_INLINE U8x16 zip_high_u32(U8x16 a, U8x16 b) {
  return {vreinterpretq_u8_u32(
      vzip2q_u32(vreinterpretq_u32_u8(a.lanes), vreinterpretq_u32_u8(b.lanes)))};
}

}  // namespace fa::FA_ISA
