// Sixteen numbers of 16 bits or eight of 32 as two halves of 16 bytes, each a group of pixels: one
// register where registers are that wide, else two. The same results in every instruction set;
// where FA_HAS_WIDE is 0, callers have plain loops.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "simd/f32x4.hpp"

#if defined(FA_ISA_avx2) || defined(FA_ISA_avx512)
#include <immintrin.h>
#endif

#if defined(__x86_64__) || defined(_M_X64) || (defined(__aarch64__) && defined(__GNUC__))
#define FA_HAS_WIDE 1
#else
#define FA_HAS_WIDE 0
#endif

namespace fa::FA_ISA {

#if FA_HAS_WIDE
FA_INLINE std::int32_t pair_at(const std::int16_t* from) {
  std::int32_t pair;
  std::memcpy(&pair, from, sizeof pair);
  return pair;
}
#endif

#if defined(FA_ISA_avx2) || defined(FA_ISA_avx512)

struct I16x16 {
  __m256i lanes;
};
struct I32x8 {
  __m256i lanes;
};
struct F32x8 {
  __m256 lanes;
};

// 16 bytes from each of two places.
FA_INLINE I16x16 load_halves(const std::int16_t* low, const std::int16_t* high) {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(low));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(high));
  return {_mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1)};
}

// In each half, numbers 0 to 3 each followed by the one `kStep` after it.
template <int kStep>
FA_INLINE I16x16 zip_with_later(I16x16 value) {
  return {_mm256_unpacklo_epi16(value.lanes, _mm256_srli_si256(value.lanes, 2 * kStep))};
}

// The pair of 16-bit numbers `low` in each place of the lower half, `high` in the upper.
FA_INLINE I16x16 repeat_pairs(std::int32_t low, std::int32_t high) {
  return {_mm256_blend_epi32(_mm256_set1_epi32(low), _mm256_set1_epi32(high), 0xf0)};
}

// Eight pairs from places of their own.
FA_INLINE I16x16 gather_pairs(const std::int32_t (&pairs)[8]) {
  return {_mm256_setr_epi32(pairs[0], pairs[1], pairs[2], pairs[3], pairs[4], pairs[5], pairs[6],
                            pairs[7])};
}

// result[i] = a[2i] * b[2i] + a[2i + 1] * b[2i + 1]
FA_INLINE I32x8 dot_pairs(I16x16 a, I16x16 b) { return {_mm256_madd_epi16(a.lanes, b.lanes)}; }
FA_INLINE I32x8 add(I32x8 a, I32x8 b) { return {_mm256_add_epi32(a.lanes, b.lanes)}; }

FA_INLINE F32x8 scaled_to_float(I32x8 value, float scale, float bias) {
  const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(value.lanes), _mm256_set1_ps(scale));
  return {_mm256_add_ps(product, _mm256_set1_ps(bias))};
}

FA_INLINE void store(float* to, F32x8 value) { _mm256_storeu_ps(to, value.lanes); }
FA_INLINE F32x4 low_half(F32x8 value) { return {_mm256_castps256_ps128(value.lanes)}; }
FA_INLINE F32x4 high_half(F32x8 value) { return {_mm256_extractf128_ps(value.lanes, 1)}; }

// In each half, lane i of row j becomes lane j of row i.
FA_INLINE void transpose_halves(I32x8 (&rows)[4]) {
  const __m256i low01 = _mm256_unpacklo_epi32(rows[0].lanes, rows[1].lanes);
  const __m256i low23 = _mm256_unpacklo_epi32(rows[2].lanes, rows[3].lanes);
  const __m256i high01 = _mm256_unpackhi_epi32(rows[0].lanes, rows[1].lanes);
  const __m256i high23 = _mm256_unpackhi_epi32(rows[2].lanes, rows[3].lanes);
  rows[0].lanes = _mm256_unpacklo_epi64(low01, low23);
  rows[1].lanes = _mm256_unpackhi_epi64(low01, low23);
  rows[2].lanes = _mm256_unpacklo_epi64(high01, high23);
  rows[3].lanes = _mm256_unpackhi_epi64(high01, high23);
}

// Rounded half up; what is negative or no number becomes negative or 0.
FA_INLINE __m256i to_levels(const float* from) {
  const __m256 inside = _mm256_min_ps(_mm256_set1_ps(255.0f), _mm256_loadu_ps(from));
  return _mm256_cvttps_epi32(_mm256_add_ps(inside, _mm256_set1_ps(0.5f)));
}

// 32 floats as bytes: clamped, rounded half up, NaN as 0.
FA_INLINE void store_levels(const float* from, std::uint8_t* to) {
  const __m256i low = _mm256_packs_epi32(to_levels(from), to_levels(from + 8));
  const __m256i high = _mm256_packs_epi32(to_levels(from + 16), to_levels(from + 24));
  // Packing works in each half: groups of four come out as 0 2 4 6 1 3 5 7.
  const __m256i mixed = _mm256_packus_epi16(low, high);
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permutevar8x32_epi32(mixed, order));
}

#elif defined(__x86_64__) || defined(_M_X64)

struct I16x16 {
  __m128i low, high;
};
struct I32x8 {
  __m128i low, high;
};
struct F32x8 {
  F32x4 low, high;
};

FA_INLINE I16x16 load_halves(const std::int16_t* low, const std::int16_t* high) {
  return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(low)),
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(high))};
}

template <int kStep>
FA_INLINE I16x16 zip_with_later(I16x16 value) {
  return {_mm_unpacklo_epi16(value.low, _mm_srli_si128(value.low, 2 * kStep)),
          _mm_unpacklo_epi16(value.high, _mm_srli_si128(value.high, 2 * kStep))};
}

FA_INLINE I16x16 repeat_pairs(std::int32_t low, std::int32_t high) {
  return {_mm_set1_epi32(low), _mm_set1_epi32(high)};
}

FA_INLINE I16x16 gather_pairs(const std::int32_t (&pairs)[8]) {
  return {_mm_setr_epi32(pairs[0], pairs[1], pairs[2], pairs[3]),
          _mm_setr_epi32(pairs[4], pairs[5], pairs[6], pairs[7])};
}

FA_INLINE I32x8 dot_pairs(I16x16 a, I16x16 b) {
  return {_mm_madd_epi16(a.low, b.low), _mm_madd_epi16(a.high, b.high)};
}
FA_INLINE I32x8 add(I32x8 a, I32x8 b) {
  return {_mm_add_epi32(a.low, b.low), _mm_add_epi32(a.high, b.high)};
}

FA_INLINE F32x8 scaled_to_float(I32x8 value, float scale, float bias) {
  const F32x4 factor = broadcast_f32x4(scale), more = broadcast_f32x4(bias);
  return {F32x4{_mm_cvtepi32_ps(value.low)} * factor + more,
          F32x4{_mm_cvtepi32_ps(value.high)} * factor + more};
}

FA_INLINE void transpose(__m128i& a, __m128i& b, __m128i& c, __m128i& d) {
  const __m128i low01 = _mm_unpacklo_epi32(a, b), low23 = _mm_unpacklo_epi32(c, d);
  const __m128i high01 = _mm_unpackhi_epi32(a, b), high23 = _mm_unpackhi_epi32(c, d);
  a = _mm_unpacklo_epi64(low01, low23);
  b = _mm_unpackhi_epi64(low01, low23);
  c = _mm_unpacklo_epi64(high01, high23);
  d = _mm_unpackhi_epi64(high01, high23);
}

FA_INLINE void transpose_halves(I32x8 (&rows)[4]) {
  transpose(rows[0].low, rows[1].low, rows[2].low, rows[3].low);
  transpose(rows[0].high, rows[1].high, rows[2].high, rows[3].high);
}

FA_INLINE __m128i to_levels(const float* from) {
  const __m128 inside = _mm_min_ps(_mm_set1_ps(255.0f), _mm_loadu_ps(from));
  return _mm_cvttps_epi32(_mm_add_ps(inside, _mm_set1_ps(0.5f)));
}

FA_INLINE void store_levels(const float* from, std::uint8_t* to) {
  for (int i = 0; i < 32; i += 16) {
    const __m128i low = _mm_packs_epi32(to_levels(from + i), to_levels(from + i + 4));
    const __m128i high = _mm_packs_epi32(to_levels(from + i + 8), to_levels(from + i + 12));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm_packus_epi16(low, high));
  }
}

#elif FA_HAS_WIDE

struct I16x16 {
  int16x8_t low, high;
};
struct I32x8 {
  int32x4_t low, high;
};
struct F32x8 {
  F32x4 low, high;
};

FA_INLINE I16x16 load_halves(const std::int16_t* low, const std::int16_t* high) {
  return {vld1q_s16(low), vld1q_s16(high)};
}

template <int kStep>
FA_INLINE I16x16 zip_with_later(I16x16 value) {
  return {vzip1q_s16(value.low, vextq_s16(value.low, value.low, kStep)),
          vzip1q_s16(value.high, vextq_s16(value.high, value.high, kStep))};
}

FA_INLINE I16x16 repeat_pairs(std::int32_t low, std::int32_t high) {
  return {vreinterpretq_s16_s32(vdupq_n_s32(low)), vreinterpretq_s16_s32(vdupq_n_s32(high))};
}

FA_INLINE I16x16 gather_pairs(const std::int32_t (&pairs)[8]) {
  return {vreinterpretq_s16_s32(vld1q_s32(pairs)), vreinterpretq_s16_s32(vld1q_s32(pairs + 4))};
}

FA_INLINE int32x4_t dot_pairs(int16x8_t a, int16x8_t b) {
  return vpaddq_s32(vmull_s16(vget_low_s16(a), vget_low_s16(b)), vmull_high_s16(a, b));
}
FA_INLINE I32x8 dot_pairs(I16x16 a, I16x16 b) {
  return {dot_pairs(a.low, b.low), dot_pairs(a.high, b.high)};
}
FA_INLINE I32x8 add(I32x8 a, I32x8 b) {
  return {vaddq_s32(a.low, b.low), vaddq_s32(a.high, b.high)};
}

FA_INLINE F32x8 scaled_to_float(I32x8 value, float scale, float bias) {
  const F32x4 factor = broadcast_f32x4(scale), more = broadcast_f32x4(bias);
  return {F32x4{vcvtq_f32_s32(value.low)} * factor + more,
          F32x4{vcvtq_f32_s32(value.high)} * factor + more};
}

FA_INLINE void transpose(int32x4_t& a, int32x4_t& b, int32x4_t& c, int32x4_t& d) {
  const int32x4x2_t even = vzipq_s32(a, c), odd = vzipq_s32(b, d);
  const int32x4x2_t low = vzipq_s32(even.val[0], odd.val[0]);
  const int32x4x2_t high = vzipq_s32(even.val[1], odd.val[1]);
  a = low.val[0];
  b = low.val[1];
  c = high.val[0];
  d = high.val[1];
}

FA_INLINE void transpose_halves(I32x8 (&rows)[4]) {
  transpose(rows[0].low, rows[1].low, rows[2].low, rows[3].low);
  transpose(rows[0].high, rows[1].high, rows[2].high, rows[3].high);
}

FA_INLINE int32x4_t to_levels(const float* from) {
  const float32x4_t inside = vminq_f32(vdupq_n_f32(255.0f), vld1q_f32(from));
  return vcvtq_s32_f32(vaddq_f32(inside, vdupq_n_f32(0.5f)));
}

FA_INLINE void store_levels(const float* from, std::uint8_t* to) {
  for (int i = 0; i < 32; i += 8) {
    const int16x4_t low = vqmovn_s32(to_levels(from + i));
    const int16x4_t high = vqmovn_s32(to_levels(from + i + 4));
    vst1_u8(to + i, vqmovun_s16(vcombine_s16(low, high)));
  }
}

#endif

#if FA_HAS_WIDE && !defined(FA_ISA_avx2) && !defined(FA_ISA_avx512)
FA_INLINE void store(float* to, F32x8 value) {
  store(to, value.low);
  store(to + 4, value.high);
}
FA_INLINE F32x4 low_half(F32x8 value) { return value.low; }
FA_INLINE F32x4 high_half(F32x8 value) { return value.high; }
#endif

}  // namespace fa::FA_ISA
