// NEON, which every 64-bit ARM processor has.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "simd/f32x4.hpp"
#include "simd/half_loops.hpp"

#define FA_HAS_BYTE_SHUFFLE 1

namespace fa::FA_ISA {

struct U8x16 {
  uint8x16_t lanes;
};

FA_INLINE U8x16 load_u8x16(const void* from) {
  return {vld1q_u8(static_cast<const std::uint8_t*>(from))};
}

// Eight bytes; the upper half is zero.
FA_INLINE U8x16 load_u8x8(const void* from) {
  return {vcombine_u8(vld1_u8(static_cast<const std::uint8_t*>(from)), vdup_n_u8(0))};
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

// Lanes of 16 and 32 bits: the fixed-point arithmetic of resampling.
struct I16x8 {
  int16x8_t lanes;
};
struct I32x4 {
  int32x4_t lanes;
};

constexpr std::uint8_t kZeroByte = 0x80;

// As shuffle(), where order[i] == kZeroByte gives 0; the bytes read as 16-bit numbers.
FA_INLINE I16x8 shuffle_to_i16(U8x16 value, U8x16 order) {
  return {vreinterpretq_s16_u8(vqtbl1q_u8(value.lanes, order.lanes))};
}

FA_INLINE I16x8 load_i16x8(const void* from) {
  return {vld1q_s16(static_cast<const std::int16_t*>(from))};
}

// The same two 16-bit numbers, four times.
FA_INLINE I16x8 repeat_pair(std::int32_t pair) {
  return {vreinterpretq_s16_s32(vdupq_n_s32(pair))};
}

FA_INLINE I32x4 repeat_i32(std::int32_t value) { return {vdupq_n_s32(value)}; }

// result[i] = a[2i] * b[2i] + a[2i + 1] * b[2i + 1]
FA_INLINE I32x4 dot_pairs(I16x8 a, I16x8 b) {
  const int32x4_t low = vmull_s16(vget_low_s16(a.lanes), vget_low_s16(b.lanes));
  return {vpaddq_s32(low, vmull_high_s16(a.lanes, b.lanes))};
}

FA_INLINE I32x4 add(I32x4 a, I32x4 b) { return {vaddq_s32(a.lanes, b.lanes)}; }

template <int kBits>
FA_INLINE I32x4 shift_right(I32x4 value) {
  return {vshrq_n_s32(value.lanes, kBits)};
}

FA_INLINE F32x4 to_float(I32x4 value) { return {vcvtq_f32_s32(value.lanes)}; }

// Sixteen 32-bit numbers as bytes, clamped to [0, 255].
FA_INLINE U8x16 narrow(I32x4 a, I32x4 b, I32x4 c, I32x4 d) {
  const int16x8_t low = vcombine_s16(vqmovn_s32(a.lanes), vqmovn_s32(b.lanes));
  const int16x8_t high = vcombine_s16(vqmovn_s32(c.lanes), vqmovn_s32(d.lanes));
  return {vcombine_u8(vqmovun_s16(low), vqmovun_s16(high))};
}

}  // namespace fa::FA_ISA
