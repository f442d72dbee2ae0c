// NEON vectors of two halves of 16 bytes each: see avx2_halves.hpp for what each operation does.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"

namespace fa::FA_ISA {

struct U8x32 {
  uint8x16_t low, high;
};
struct I16x16 {
  int16x8_t low, high;
};
struct I32x8 {
  int32x4_t low, high;
};
struct I64x4 {
  int64x2_t low, high;
};
struct F32x8 {
  float32x4_t low, high;
};

// --- load and store

FA_INLINE uint8x16_t load_half(const void* from) {
  return vld1q_u8(static_cast<const std::uint8_t*>(from));
}

FA_INLINE U8x32 load_halves(const void* low, const void* high) {
  return {load_half(low), load_half(high)};
}

FA_INLINE U8x32 load_pair(const void* first, const void* second) {
  const uint8x16_t both = vcombine_u8(vld1_u8(static_cast<const std::uint8_t*>(first)),
                                      vld1_u8(static_cast<const std::uint8_t*>(second)));
  return {both, both};
}

FA_INLINE U8x32 load_u8x32(const void* from) {
  return load_halves(from, static_cast<const std::byte*>(from) + 16);
}

FA_INLINE I32x8 load_i32x8(const std::int32_t* from) {
  return {vld1q_s32(from), vld1q_s32(from + 4)};
}

FA_INLINE I32x8 repeat_pair(const std::int32_t* from) {
  const int32x2_t pair = vld1_s32(from);
  return {vcombine_s32(pair, pair), vcombine_s32(pair, pair)};
}

FA_INLINE U8x32 load_twice(const void* from) { return load_halves(from, from); }

FA_INLINE F32x8 load_halves(const float* low, const float* high) {
  return {vld1q_f32(low), vld1q_f32(high)};
}

FA_INLINE void store_low_half(void* to, U8x32 value) {
  vst1q_u8(static_cast<std::uint8_t*>(to), value.low);
}
FA_INLINE void store_high_half(void* to, U8x32 value) {
  vst1q_u8(static_cast<std::uint8_t*>(to), value.high);
}
FA_INLINE void store(void* to, U8x32 value) {
  store_low_half(to, value);
  store_high_half(static_cast<std::byte*>(to) + 16, value);
}
FA_INLINE void store(std::int32_t* to, I32x8 value) {
  vst1q_s32(to, value.low);
  vst1q_s32(to + 4, value.high);
}
FA_INLINE void store(float* to, F32x8 value) {
  vst1q_f32(to, value.low);
  vst1q_f32(to + 4, value.high);
}

FA_INLINE void store_twelve(void* to, uint8x16_t half) {
  const uint32x4_t words = vreinterpretq_u32_u8(half);
  const std::uint32_t last = vgetq_lane_u32(words, 2);
  vst1_u8(static_cast<std::uint8_t*>(to), vget_low_u8(half));
  std::memcpy(static_cast<std::byte*>(to) + 8, &last, sizeof last);
}
FA_INLINE void store_most_of_high_half(void* to, U8x32 value) { store_twelve(to, value.high); }

FA_INLINE void store_quarters(void* to, U8x32 value) {
  const uint32x4_t low = vreinterpretq_u32_u8(value.low);
  const uint32x4_t both = vzip1q_u32(low, vreinterpretq_u32_u8(value.high));
  vst1_u8(static_cast<std::uint8_t*>(to), vreinterpret_u8_u32(vget_low_u32(both)));
}
FA_INLINE void store_eighths(void* to, U8x32 value) {
  vst1q_u8(static_cast<std::uint8_t*>(to),
           vcombine_u8(vget_low_u8(value.low), vget_low_u8(value.high)));
}
FA_INLINE void store_twelfths(void* to, U8x32 value) {
  vst1q_u8(static_cast<std::uint8_t*>(to), value.low);
  store_twelve(static_cast<std::byte*>(to) + 12, value.high);
}

// --- whole numbers

FA_INLINE I64x4 broadcast_i64x4(std::int64_t value) {
  return {vdupq_n_s64(value), vdupq_n_s64(value)};
}
FA_INLINE I64x4 load_i64x4(const std::int64_t* low, const std::int64_t* high) {
  return {vld1q_s64(low), vld1q_s64(high)};
}
FA_INLINE I64x4 operator+(I64x4 a, I64x4 b) {
  return {vaddq_s64(a.low, b.low), vaddq_s64(a.high, b.high)};
}

FA_INLINE int32x4_t upper_bits(int64x2_t a, int64x2_t b) {
  return vuzp2q_s32(vreinterpretq_s32_s64(a), vreinterpretq_s32_s64(b));
}
FA_INLINE int32x4_t lower_bits(int64x2_t a, int64x2_t b) {
  return vuzp1q_s32(vreinterpretq_s32_s64(a), vreinterpretq_s32_s64(b));
}
FA_INLINE I32x8 upper_bits(I64x4 a, I64x4 b) {
  return {upper_bits(a.low, b.low), upper_bits(a.high, b.high)};
}
FA_INLINE I32x8 lower_bits(I64x4 a, I64x4 b) {
  return {lower_bits(a.low, b.low), lower_bits(a.high, b.high)};
}

FA_INLINE I32x8 broadcast_i32x8(std::int32_t value) {
  return {vdupq_n_s32(value), vdupq_n_s32(value)};
}
FA_INLINE I32x8 operator+(I32x8 a, I32x8 b) {
  return {vaddq_s32(a.low, b.low), vaddq_s32(a.high, b.high)};
}
FA_INLINE I32x8 operator-(I32x8 a, I32x8 b) {
  return {vsubq_s32(a.low, b.low), vsubq_s32(a.high, b.high)};
}
FA_INLINE I32x8 operator*(I32x8 a, I32x8 b) {
  return {vmulq_s32(a.low, b.low), vmulq_s32(a.high, b.high)};
}
FA_INLINE I32x8 operator&(I32x8 a, I32x8 b) {
  return {vandq_s32(a.low, b.low), vandq_s32(a.high, b.high)};
}
FA_INLINE I32x8 smaller(I32x8 a, I32x8 b) {
  return {vminq_s32(a.low, b.low), vminq_s32(a.high, b.high)};
}
FA_INLINE I32x8 larger(I32x8 a, I32x8 b) {
  return {vmaxq_s32(a.low, b.low), vmaxq_s32(a.high, b.high)};
}

template <int kBits>
FA_INLINE I32x8 shift_left(I32x8 value) {
  return {vshlq_n_s32(value.low, kBits), vshlq_n_s32(value.high, kBits)};
}
template <int kBits>
FA_INLINE I32x8 shift_right(I32x8 value) {
  return {vshrq_n_s32(value.low, kBits), vshrq_n_s32(value.high, kBits)};
}
template <int kBits>
FA_INLINE int32x4_t shift_right_unsigned(int32x4_t value) {
  return vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(value), kBits));
}
template <int kBits>
FA_INLINE I32x8 shift_right_unsigned(I32x8 value) {
  return {shift_right_unsigned<kBits>(value.low), shift_right_unsigned<kBits>(value.high)};
}

FA_INLINE I16x16 as_i16(I32x8 value) {
  return {vreinterpretq_s16_s32(value.low), vreinterpretq_s16_s32(value.high)};
}
FA_INLINE I32x8 as_i32(U8x32 value) {
  return {vreinterpretq_s32_u8(value.low), vreinterpretq_s32_u8(value.high)};
}
FA_INLINE U8x32 as_bytes(I32x8 value) {
  return {vreinterpretq_u8_s32(value.low), vreinterpretq_u8_s32(value.high)};
}

FA_INLINE int32x4_t dot_pairs(int16x8_t a, int16x8_t b) {
  const int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
  return vpaddq_s32(low, vmull_high_s16(a, b));
}
FA_INLINE I32x8 dot_pairs(I16x16 a, I16x16 b) {
  return {dot_pairs(a.low, b.low), dot_pairs(a.high, b.high)};
}

template <int k>
FA_INLINE I32x8 repeat(I32x8 value) {
  return {vdupq_laneq_s32(value.low, k), vdupq_laneq_s32(value.high, k)};
}

FA_INLINE I32x8 rounded_products(I16x16 a, I16x16 b) {
  return {vreinterpretq_s32_s16(vqrdmulhq_s16(a.low, b.low)),
          vreinterpretq_s32_s16(vqrdmulhq_s16(a.high, b.high))};
}

// --- bytes

constexpr std::uint8_t kZeroByte = 0x80;

FA_INLINE U8x32 shuffle(U8x32 value, U8x32 order) {
  return {vqtbl1q_u8(value.low, order.low), vqtbl1q_u8(value.high, order.high)};
}
FA_INLINE I16x16 shuffle_to_i16(U8x32 value, U8x32 order) {
  const U8x32 bytes = shuffle(value, order);
  return {vreinterpretq_s16_u8(bytes.low), vreinterpretq_s16_u8(bytes.high)};
}

FA_INLINE U8x32 swap_middle(U8x32 value) {
  return {vcombine_u8(vget_low_u8(value.low), vget_low_u8(value.high)),
          vcombine_u8(vget_high_u8(value.low), vget_high_u8(value.high))};
}

FA_INLINE uint8x16_t narrow(int32x4_t a, int32x4_t b, int32x4_t c, int32x4_t d) {
  const int16x8_t first = vcombine_s16(vqmovn_s32(a), vqmovn_s32(b));
  const int16x8_t last = vcombine_s16(vqmovn_s32(c), vqmovn_s32(d));
  return vcombine_u8(vqmovun_s16(first), vqmovun_s16(last));
}
FA_INLINE U8x32 narrow(I32x8 a, I32x8 b, I32x8 c, I32x8 d) {
  return {narrow(a.low, b.low, c.low, d.low), narrow(a.high, b.high, c.high, d.high)};
}

FA_INLINE uint8x16_t narrow(int32x4_t a, int32x4_t b) {
  return vreinterpretq_u8_u16(vcombine_u16(vqmovun_s32(a), vqmovun_s32(b)));
}
FA_INLINE U8x32 narrow(I32x8 a, I32x8 b) { return {narrow(a.low, b.low), narrow(a.high, b.high)}; }

// --- floats

FA_INLINE F32x8 broadcast_f32x8(float value) { return {vdupq_n_f32(value), vdupq_n_f32(value)}; }
// For formulas that serve a float as well as a vector of them.
FA_INLINE F32x8 number_like(F32x8, float value) { return broadcast_f32x8(value); }
FA_INLINE F32x8 operator+(F32x8 a, F32x8 b) {
  return {vaddq_f32(a.low, b.low), vaddq_f32(a.high, b.high)};
}
FA_INLINE F32x8 operator-(F32x8 a, F32x8 b) {
  return {vsubq_f32(a.low, b.low), vsubq_f32(a.high, b.high)};
}
FA_INLINE F32x8 operator*(F32x8 a, F32x8 b) {
  return {vmulq_f32(a.low, b.low), vmulq_f32(a.high, b.high)};
}

FA_INLINE F32x8 smaller(F32x8 a, F32x8 b) {
  return {vminq_f32(a.low, b.low), vminq_f32(a.high, b.high)};
}
FA_INLINE F32x8 larger(F32x8 a, F32x8 b) {
  return {vmaxq_f32(a.low, b.low), vmaxq_f32(a.high, b.high)};
}

FA_INLINE F32x8 to_float(I32x8 value) {
  return {vcvtq_f32_s32(value.low), vcvtq_f32_s32(value.high)};
}
FA_INLINE I32x8 to_int(F32x8 value) {
  return {vcvtq_s32_f32(value.low), vcvtq_s32_f32(value.high)};
}

template <int k>
FA_INLINE F32x8 repeat(F32x8 value) {
  return {vdupq_laneq_f32(value.low, k), vdupq_laneq_f32(value.high, k)};
}

FA_INLINE F32x8 even_numbers(F32x8 a, F32x8 b) {
  return {vuzp1q_f32(a.low, b.low), vuzp1q_f32(a.high, b.high)};
}
FA_INLINE F32x8 odd_numbers(F32x8 a, F32x8 b) {
  return {vuzp2q_f32(a.low, b.low), vuzp2q_f32(a.high, b.high)};
}

FA_INLINE void transpose(float32x4_t& a, float32x4_t& b, float32x4_t& c, float32x4_t& d) {
  const float32x4x2_t even = vzipq_f32(a, c), odd = vzipq_f32(b, d);
  const float32x4x2_t low = vzipq_f32(even.val[0], odd.val[0]);
  const float32x4x2_t high = vzipq_f32(even.val[1], odd.val[1]);
  a = low.val[0];
  b = low.val[1];
  c = high.val[0];
  d = high.val[1];
}
FA_INLINE void transpose(F32x8 (&rows)[4]) {
  transpose(rows[0].low, rows[1].low, rows[2].low, rows[3].low);
  transpose(rows[0].high, rows[1].high, rows[2].high, rows[3].high);
}

FA_INLINE float32x4_t low_pairs(float32x4_t a, float32x4_t b) {
  return vcombine_f32(vget_low_f32(a), vget_low_f32(b));
}
FA_INLINE float32x4_t high_pairs(float32x4_t a, float32x4_t b) {
  return vcombine_f32(vget_high_f32(a), vget_high_f32(b));
}
FA_INLINE void collect_channels(F32x8 (&rows)[4]) {
  const F32x8 a = rows[0], b = rows[1], c = rows[2], d = rows[3];
  rows[0] = {low_pairs(a.low, b.low), low_pairs(c.low, d.low)};
  rows[1] = {high_pairs(a.low, b.low), high_pairs(c.low, d.low)};
  rows[2] = {low_pairs(a.high, b.high), low_pairs(c.high, d.high)};
  rows[3] = {high_pairs(a.high, b.high), high_pairs(c.high, d.high)};
}

FA_INLINE F32x8 as_float(I32x8 value) {
  return {vreinterpretq_f32_s32(value.low), vreinterpretq_f32_s32(value.high)};
}
FA_INLINE I32x8 as_i32(F32x8 value) {
  return {vreinterpretq_s32_f32(value.low), vreinterpretq_s32_f32(value.high)};
}
FA_INLINE U8x32 as_bytes(F32x8 value) {
  return {vreinterpretq_u8_f32(value.low), vreinterpretq_u8_f32(value.high)};
}

// --- pieces from eight places

template <class T>
FA_INLINE std::int32_t piece_at(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return static_cast<std::int32_t>(value);
}

template <class T>
FA_INLINE I32x8 gather(const std::byte* base, const std::int32_t* offsets) {
  std::int32_t pieces[8];
  for (int i = 0; i < 8; ++i) pieces[i] = piece_at<T>(base + offsets[i]);
  return load_i32x8(pieces);
}

FA_INLINE float32x4_t join_pairs(const std::byte* a, const std::byte* b) {
  return vreinterpretq_f32_u8(vcombine_u8(vld1_u8(reinterpret_cast<const std::uint8_t*>(a)),
                                          vld1_u8(reinterpret_cast<const std::uint8_t*>(b))));
}
FA_INLINE F32x8 gather_pairs(const std::byte* low0, const std::byte* low1, const std::byte* high0,
                             const std::byte* high1) {
  return {join_pairs(low0, low1), join_pairs(high0, high1)};
}

}  // namespace fa::FA_ISA
