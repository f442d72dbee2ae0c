// Two halves of 16 bytes side by side, each a group of pixels: one register where registers are
// that wide, else two. Only where FA_HAS_BYTE_SHUFFLE.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {

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

// The pair of 16-bit numbers at `low` in each place of the lower half, that at `high` in the upper.
FA_INLINE I16x16 repeat_pairs(const std::int32_t* low, const std::int32_t* high) {
  return {_mm256_blend_epi32(_mm256_set1_epi32(*low), _mm256_set1_epi32(*high), 0xf0)};
}

FA_INLINE I16x16 load_i16x16(const std::int32_t* pairs) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(pairs))};
}

FA_INLINE std::int32_t pair_at(const std::int16_t* from) {
  std::int32_t pair;
  std::memcpy(&pair, from, sizeof pair);
  return pair;
}

// The pairs at from + at[i].
FA_INLINE I16x16 gather_pairs(const std::int16_t* from, const std::int64_t* at) {
  return {_mm256_setr_epi32(pair_at(from + at[0]), pair_at(from + at[1]), pair_at(from + at[2]),
                            pair_at(from + at[3]), pair_at(from + at[4]), pair_at(from + at[5]),
                            pair_at(from + at[6]), pair_at(from + at[7]))};
}

// Each half by the same order of its 16 bytes.
FA_INLINE I16x16 shuffle_halves(I16x16 value, U8x16 order) {
  return {_mm256_shuffle_epi8(value.lanes, _mm256_broadcastsi128_si256(order.lanes))};
}

FA_INLINE I32x8 dot_pairs(I16x16 a, I16x16 b) { return {_mm256_madd_epi16(a.lanes, b.lanes)}; }
FA_INLINE I32x8 add(I32x8 a, I32x8 b) { return {_mm256_add_epi32(a.lanes, b.lanes)}; }

FA_INLINE F32x8 scaled_to_float(I32x8 value, float scale) {
  return {_mm256_mul_ps(_mm256_cvtepi32_ps(value.lanes), _mm256_set1_ps(scale))};
}

FA_INLINE void store(float* to, F32x8 value) { _mm256_storeu_ps(to, value.lanes); }

// Rounded half up; what is too large, negative or no number becomes negative or at most 255.
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
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                      _mm256_permutevar8x32_epi32(mixed, order));
}
FA_INLINE F32x4 low_half(F32x8 value) { return {_mm256_castps256_ps128(value.lanes)}; }
FA_INLINE F32x4 high_half(F32x8 value) { return {_mm256_extractf128_ps(value.lanes, 1)}; }

// Lane i of row j becomes lane j of row i, in each half.
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

#elif FA_HAS_BYTE_SHUFFLE

struct I16x16 {
  I16x8 low, high;
};
struct I32x8 {
  I32x4 low, high;
};
struct F32x8 {
  F32x4 low, high;
};

FA_INLINE I16x16 load_halves(const std::int16_t* low, const std::int16_t* high) {
  return {load_i16x8(low), load_i16x8(high)};
}

FA_INLINE I16x16 repeat_pairs(const std::int32_t* low, const std::int32_t* high) {
  return {repeat_pair(*low), repeat_pair(*high)};
}

FA_INLINE I16x16 load_i16x16(const std::int32_t* pairs) {
  return {load_i16x8(pairs), load_i16x8(pairs + 4)};
}

FA_INLINE I16x16 gather_pairs(const std::int16_t* from, const std::int64_t* at) {
  std::int16_t pairs[16];
  for (int i = 0; i < 8; ++i) std::memcpy(pairs + 2 * i, from + at[i], 4);
  return {load_i16x8(pairs), load_i16x8(pairs + 8)};
}

FA_INLINE I16x16 shuffle_halves(I16x16 value, U8x16 order) {
  return {shuffle_to_i16(as_bytes(value.low), order), shuffle_to_i16(as_bytes(value.high), order)};
}

FA_INLINE I32x8 dot_pairs(I16x16 a, I16x16 b) {
  return {dot_pairs(a.low, b.low), dot_pairs(a.high, b.high)};
}
FA_INLINE I32x8 add(I32x8 a, I32x8 b) { return {add(a.low, b.low), add(a.high, b.high)}; }

FA_INLINE F32x8 scaled_to_float(I32x8 value, float scale) {
  const F32x4 factor = broadcast_f32x4(scale);
  return {to_float(value.low) * factor, to_float(value.high) * factor};
}

FA_INLINE void store(float* to, F32x8 value) {
  store(to, value.low);
  store(to + 4, value.high);
}

FA_INLINE void store_levels(const float* from, std::uint8_t* to) {
  for (int i = 0; i < 2; ++i, from += 16, to += 16) {
    store(to, narrow(to_level(load_f32x4(from)), to_level(load_f32x4(from + 4)),
                     to_level(load_f32x4(from + 8)), to_level(load_f32x4(from + 12))));
  }
}

FA_INLINE F32x4 low_half(F32x8 value) { return value.low; }
FA_INLINE F32x4 high_half(F32x8 value) { return value.high; }

FA_INLINE void transpose_halves(I32x8 (&rows)[4]) {
  I32x4 low[4], high[4];
  for (int i = 0; i < 4; ++i) {
    low[i] = rows[i].low;
    high[i] = rows[i].high;
  }
  transpose(low);
  transpose(high);
  for (int i = 0; i < 4; ++i) rows[i] = {low[i], high[i]};
}

#endif

}  // namespace fa::FA_ISA
