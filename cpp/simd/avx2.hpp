// AVX2 and F16C.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "core/half.hpp"
#include "core/inline.hpp"
#include "simd/f32x4.hpp"

#define FA_HAS_BYTE_SHUFFLE 1

namespace fa::FA_ISA {

struct U8x16 {
  __m128i lanes;
};

FA_INLINE U8x16 load_u8x16(const void* from) {
  return {_mm_loadu_si128(static_cast<const __m128i*>(from))};
}

// Eight bytes; the upper half is zero.
FA_INLINE U8x16 load_u8x8(const void* from) {
  return {_mm_loadl_epi64(static_cast<const __m128i*>(from))};
}

FA_INLINE void store(void* to, U8x16 value) {
  _mm_storeu_si128(static_cast<__m128i*>(to), value.lanes);
}

// result[i] = value[order[i]]; every order[i] < 16.
FA_INLINE U8x16 shuffle(U8x16 value, U8x16 order) {
  return {_mm_shuffle_epi8(value.lanes, order.lanes)};
}

// The bytes of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low(U8x16 a, U8x16 b) { return {_mm_unpacklo_epi8(a.lanes, b.lanes)}; }
FA_INLINE U8x16 zip_high(U8x16 a, U8x16 b) { return {_mm_unpackhi_epi8(a.lanes, b.lanes)}; }

// The 32-bit numbers of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low_u32(U8x16 a, U8x16 b) { return {_mm_unpacklo_epi32(a.lanes, b.lanes)}; }
FA_INLINE U8x16 zip_high_u32(U8x16 a, U8x16 b) { return {_mm_unpackhi_epi32(a.lanes, b.lanes)}; }

// Lanes of 16 and 32 bits: the fixed-point arithmetic of resampling.
struct I16x8 {
  __m128i lanes;
};
struct I32x4 {
  __m128i lanes;
};

constexpr std::uint8_t kZeroByte = 0x80;

// As shuffle(), where order[i] == kZeroByte gives 0; the bytes read as 16-bit numbers.
FA_INLINE I16x8 shuffle_to_i16(U8x16 value, U8x16 order) {
  return {_mm_shuffle_epi8(value.lanes, order.lanes)};
}

FA_INLINE I16x8 load_i16x8(const void* from) {
  return {_mm_loadu_si128(static_cast<const __m128i*>(from))};
}

// The same two 16-bit numbers, four times.
FA_INLINE I16x8 repeat_pair(std::int32_t pair) { return {_mm_set1_epi32(pair)}; }

FA_INLINE I32x4 repeat_i32(std::int32_t value) { return {_mm_set1_epi32(value)}; }

// result[i] = a[2i] * b[2i] + a[2i + 1] * b[2i + 1]
FA_INLINE I32x4 dot_pairs(I16x8 a, I16x8 b) { return {_mm_madd_epi16(a.lanes, b.lanes)}; }

FA_INLINE I32x4 add(I32x4 a, I32x4 b) { return {_mm_add_epi32(a.lanes, b.lanes)}; }

template <int kBits>
FA_INLINE I32x4 shift_right(I32x4 value) {
  return {_mm_srai_epi32(value.lanes, kBits)};
}

FA_INLINE F32x4 to_float(I32x4 value) { return {_mm_cvtepi32_ps(value.lanes)}; }

// Sixteen 32-bit numbers as bytes, clamped to [0, 255].
FA_INLINE U8x16 narrow(I32x4 a, I32x4 b, I32x4 c, I32x4 d) {
  return {_mm_packus_epi16(_mm_packs_epi32(a.lanes, b.lanes), _mm_packs_epi32(c.lanes, d.lanes))};
}

FA_INLINE void convert(const Half* FA_RESTRICT from, float* FA_RESTRICT to, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    _mm256_storeu_ps(to + i, _mm256_cvtph_ps(halves));
  }
  for (; i < n; ++i) to[i] = half_to_float(from[i]);
}

FA_INLINE void convert(const float* FA_RESTRICT from, Half* FA_RESTRICT to, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m128i halves =
        _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), halves);
  }
  for (; i < n; ++i) to[i] = float_to_half(from[i]);
}

}  // namespace fa::FA_ISA
