// AVX2 and F16C.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/half.hpp"
#include "core/inline.hpp"
#include "simd/avx2_halves.hpp"
#include "simd/f32x4.hpp"

#define FA_HAS_BYTE_SHUFFLE 1

namespace fa::FA_ISA {

struct U8x16 {
  __m128i lanes;
};

FA_INLINE U8x16 load_u8x16(const void* from) {
  return {_mm_loadu_si128(static_cast<const __m128i*>(from))};
}

// Twelve bytes; the last quarter is zero.
FA_INLINE U8x16 load_twelve(const void* from) {
  std::int32_t last;
  std::memcpy(&last, static_cast<const std::byte*>(from) + 8, sizeof last);
  return {_mm_insert_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(from)), last, 2)};
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
