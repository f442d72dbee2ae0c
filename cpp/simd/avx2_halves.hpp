// AVX2 vectors of two halves of 16 bytes each: what a warp does to eight pixels, four in each half.
// No operation mixes the halves, so processors with shorter vectors can do them one by one.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"

namespace fa::FA_ISA {

struct U8x32 {
  __m256i lanes;
};
struct I16x16 {
  __m256i lanes;
};
struct I32x8 {
  __m256i lanes;
};
struct I64x4 {
  __m256i lanes;
};
struct F32x8 {
  __m256 lanes;
};

// --- load and store: the lower half first

FA_INLINE U8x32 load_halves(const void* low, const void* high) {
  return {_mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(low))),
      _mm_loadu_si128(static_cast<const __m128i*>(high)), 1)};
}

// Eight bytes of each, the same in both halves.
FA_INLINE U8x32 load_pair(const void* first, const void* second) {
  const __m256i a = _mm256_broadcastq_epi64(_mm_loadl_epi64(static_cast<const __m128i*>(first)));
  const __m256i b = _mm256_broadcastq_epi64(_mm_loadl_epi64(static_cast<const __m128i*>(second)));
  return {_mm256_blend_epi32(a, b, 0xcc)};
}

FA_INLINE U8x32 load_u8x32(const void* from) {
  return {_mm256_loadu_si256(static_cast<const __m256i*>(from))};
}

FA_INLINE I32x8 load_i32x8(const std::int32_t* from) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))};
}

// Two numbers, four times.
FA_INLINE I32x8 repeat_pair(const std::int32_t* from) {
  return {_mm256_broadcastq_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)))};
}

// The same sixteen bytes in both halves.
FA_INLINE U8x32 load_twice(const void* from) {
  return {_mm256_broadcastsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(from)))};
}

FA_INLINE F32x8 load_halves(const float* low, const float* high) {
  return {_mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(low)), _mm_loadu_ps(high), 1)};
}

FA_INLINE void store(void* to, U8x32 value) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), value.lanes);
}
FA_INLINE void store(std::int32_t* to, I32x8 value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value.lanes);
}
FA_INLINE void store(float* to, F32x8 value) { _mm256_storeu_ps(to, value.lanes); }

FA_INLINE void store_low_half(void* to, U8x32 value) {
  _mm_storeu_si128(static_cast<__m128i*>(to), _mm256_castsi256_si128(value.lanes));
}
FA_INLINE void store_high_half(void* to, U8x32 value) {
  _mm_storeu_si128(static_cast<__m128i*>(to), _mm256_extracti128_si256(value.lanes, 1));
}

// Twelve bytes.
FA_INLINE void store_most_of_high_half(void* to, U8x32 value) {
  const __m128i high = _mm256_extracti128_si256(value.lanes, 1);
  const std::int32_t last = _mm_extract_epi32(high, 2);
  _mm_storel_epi64(static_cast<__m128i*>(to), high);
  std::memcpy(static_cast<std::byte*>(to) + 8, &last, sizeof last);
}

// The first four, eight or twelve bytes of both halves side by side.
FA_INLINE void store_quarters(void* to, U8x32 value) {
  const std::uint32_t low =
      static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm256_castsi256_si128(value.lanes)));
  const std::uint32_t high =
      static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm256_extracti128_si256(value.lanes, 1)));
  const std::uint64_t both = low | std::uint64_t{high} << 32;
  std::memcpy(to, &both, sizeof both);
}
FA_INLINE void store_eighths(void* to, U8x32 value) {
  const __m256i both = _mm256_permute4x64_epi64(value.lanes, 0x08);
  _mm_storeu_si128(static_cast<__m128i*>(to), _mm256_castsi256_si128(both));
}
FA_INLINE void store_twelfths(void* to, U8x32 value) {
  const __m256i order = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7);
  const __m256i both = _mm256_permutevar8x32_epi32(value.lanes, order);
  _mm_storeu_si128(static_cast<__m128i*>(to), _mm256_castsi256_si128(both));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(static_cast<std::byte*>(to) + 16),
                   _mm256_extracti128_si256(both, 1));
}

// --- whole numbers

FA_INLINE I64x4 broadcast_i64x4(std::int64_t value) { return {_mm256_set1_epi64x(value)}; }

// Two numbers in each half.
FA_INLINE I64x4 load_i64x4(const std::int64_t* low, const std::int64_t* high) {
  return {load_halves(static_cast<const void*>(low), static_cast<const void*>(high)).lanes};
}

FA_INLINE I64x4 operator+(I64x4 a, I64x4 b) { return {_mm256_add_epi64(a.lanes, b.lanes)}; }

// Of four numbers of 64 bits, two of a and two of b in each half: their upper or lower 32 bits.
FA_INLINE I32x8 upper_bits(I64x4 a, I64x4 b) {
  return {_mm256_castps_si256(
      _mm256_shuffle_ps(_mm256_castsi256_ps(a.lanes), _mm256_castsi256_ps(b.lanes), 0xdd))};
}
FA_INLINE I32x8 lower_bits(I64x4 a, I64x4 b) {
  return {_mm256_castps_si256(
      _mm256_shuffle_ps(_mm256_castsi256_ps(a.lanes), _mm256_castsi256_ps(b.lanes), 0x88))};
}

FA_INLINE I32x8 broadcast_i32x8(std::int32_t value) { return {_mm256_set1_epi32(value)}; }
FA_INLINE I32x8 operator+(I32x8 a, I32x8 b) { return {_mm256_add_epi32(a.lanes, b.lanes)}; }
FA_INLINE I32x8 operator-(I32x8 a, I32x8 b) { return {_mm256_sub_epi32(a.lanes, b.lanes)}; }
FA_INLINE I32x8 operator*(I32x8 a, I32x8 b) { return {_mm256_mullo_epi32(a.lanes, b.lanes)}; }
FA_INLINE I32x8 operator&(I32x8 a, I32x8 b) { return {_mm256_and_si256(a.lanes, b.lanes)}; }
FA_INLINE I32x8 smaller(I32x8 a, I32x8 b) { return {_mm256_min_epi32(a.lanes, b.lanes)}; }
FA_INLINE I32x8 larger(I32x8 a, I32x8 b) { return {_mm256_max_epi32(a.lanes, b.lanes)}; }

template <int kBits>
FA_INLINE I32x8 shift_left(I32x8 value) {
  return {_mm256_slli_epi32(value.lanes, kBits)};
}
// Filled with the sign, or with zeros.
template <int kBits>
FA_INLINE I32x8 shift_right(I32x8 value) {
  return {_mm256_srai_epi32(value.lanes, kBits)};
}
template <int kBits>
FA_INLINE I32x8 shift_right_unsigned(I32x8 value) {
  return {_mm256_srli_epi32(value.lanes, kBits)};
}

FA_INLINE I16x16 as_i16(I32x8 value) { return {value.lanes}; }
FA_INLINE I32x8 as_i32(U8x32 value) { return {value.lanes}; }
FA_INLINE U8x32 as_bytes(I32x8 value) { return {value.lanes}; }

// result[i] = a[2i] * b[2i] + a[2i + 1] * b[2i + 1]
FA_INLINE I32x8 dot_pairs(I16x16 a, I16x16 b) { return {_mm256_madd_epi16(a.lanes, b.lanes)}; }

// Number k of each half, four times.
template <int k>
FA_INLINE I32x8 repeat(I32x8 value) {
  return {_mm256_shuffle_epi32(value.lanes, k * 0x55)};
}

// result[i] = (a[i] * b[i] + 2^14) >> 15
FA_INLINE I32x8 rounded_products(I16x16 a, I16x16 b) {
  return {_mm256_mulhrs_epi16(a.lanes, b.lanes)};
}

// --- bytes

constexpr std::uint8_t kZeroByte = 0x80;

// result[i] = value[order[i]] in each half, or 0 where order[i] is kZeroByte.
FA_INLINE U8x32 shuffle(U8x32 value, U8x32 order) {
  return {_mm256_shuffle_epi8(value.lanes, order.lanes)};
}
FA_INLINE I16x16 shuffle_to_i16(U8x32 value, U8x32 order) {
  return {_mm256_shuffle_epi8(value.lanes, order.lanes)};
}

// The upper eight bytes of the lower half change places with the lower ones of the upper half.
FA_INLINE U8x32 swap_middle(U8x32 value) { return {_mm256_permute4x64_epi64(value.lanes, 0xd8)}; }

// Numbers in [-32768, 32767], as bytes clamped to [0, 255]: in each half those of a, b, c and d.
FA_INLINE U8x32 narrow(I32x8 a, I32x8 b, I32x8 c, I32x8 d) {
  return {_mm256_packus_epi16(_mm256_packs_epi32(a.lanes, b.lanes),
                              _mm256_packs_epi32(c.lanes, d.lanes))};
}

// Numbers in [0, 65535], as 16-bit numbers: in each half those of a, then those of b.
FA_INLINE U8x32 narrow(I32x8 a, I32x8 b) { return {_mm256_packus_epi32(a.lanes, b.lanes)}; }

// --- floats

FA_INLINE F32x8 broadcast_f32x8(float value) { return {_mm256_set1_ps(value)}; }
// For formulas that serve a float as well as a vector of them.
FA_INLINE F32x8 number_like(F32x8, float value) { return broadcast_f32x8(value); }
FA_INLINE F32x8 operator+(F32x8 a, F32x8 b) { return {_mm256_add_ps(a.lanes, b.lanes)}; }
FA_INLINE F32x8 operator-(F32x8 a, F32x8 b) { return {_mm256_sub_ps(a.lanes, b.lanes)}; }
FA_INLINE F32x8 operator*(F32x8 a, F32x8 b) { return {_mm256_mul_ps(a.lanes, b.lanes)}; }

FA_INLINE F32x8 smaller(F32x8 a, F32x8 b) { return {_mm256_min_ps(a.lanes, b.lanes)}; }
FA_INLINE F32x8 larger(F32x8 a, F32x8 b) { return {_mm256_max_ps(a.lanes, b.lanes)}; }

FA_INLINE F32x8 to_float(I32x8 value) { return {_mm256_cvtepi32_ps(value.lanes)}; }
// Truncated.
FA_INLINE I32x8 to_int(F32x8 value) { return {_mm256_cvttps_epi32(value.lanes)}; }

template <int k>
FA_INLINE F32x8 repeat(F32x8 value) {
  return {_mm256_permute_ps(value.lanes, k * 0x55)};
}

// In each half the even, or the odd, numbers of a and then of b.
FA_INLINE F32x8 even_numbers(F32x8 a, F32x8 b) {
  return {_mm256_shuffle_ps(a.lanes, b.lanes, 0x88)};
}
FA_INLINE F32x8 odd_numbers(F32x8 a, F32x8 b) {
  return {_mm256_shuffle_ps(a.lanes, b.lanes, 0xdd)};
}

// In each half, number i of row j becomes number j of row i.
FA_INLINE void transpose(F32x8 (&rows)[4]) {
  const __m256 low01 = _mm256_unpacklo_ps(rows[0].lanes, rows[1].lanes);
  const __m256 low23 = _mm256_unpacklo_ps(rows[2].lanes, rows[3].lanes);
  const __m256 high01 = _mm256_unpackhi_ps(rows[0].lanes, rows[1].lanes);
  const __m256 high23 = _mm256_unpackhi_ps(rows[2].lanes, rows[3].lanes);
  rows[0].lanes = _mm256_shuffle_ps(low01, low23, 0x44);
  rows[1].lanes = _mm256_shuffle_ps(low01, low23, 0xee);
  rows[2].lanes = _mm256_shuffle_ps(high01, high23, 0x44);
  rows[3].lanes = _mm256_shuffle_ps(high01, high23, 0xee);
}

// Row j has channels 0 and 1 of pixels 2j and 2j + 1 in the lower half, channels 2 and 3 in the
// upper one; row i becomes channel i of eight pixels.
FA_INLINE void collect_channels(F32x8 (&rows)[4]) {
  const __m256d a = _mm256_castps_pd(rows[0].lanes), b = _mm256_castps_pd(rows[1].lanes);
  const __m256d c = _mm256_castps_pd(rows[2].lanes), d = _mm256_castps_pd(rows[3].lanes);
  const __m256d even_left = _mm256_unpacklo_pd(a, b), even_right = _mm256_unpacklo_pd(c, d);
  const __m256d odd_left = _mm256_unpackhi_pd(a, b), odd_right = _mm256_unpackhi_pd(c, d);
  rows[0].lanes = _mm256_castpd_ps(_mm256_permute2f128_pd(even_left, even_right, 0x20));
  rows[1].lanes = _mm256_castpd_ps(_mm256_permute2f128_pd(odd_left, odd_right, 0x20));
  rows[2].lanes = _mm256_castpd_ps(_mm256_permute2f128_pd(even_left, even_right, 0x31));
  rows[3].lanes = _mm256_castpd_ps(_mm256_permute2f128_pd(odd_left, odd_right, 0x31));
}

FA_INLINE F32x8 as_float(I32x8 value) { return {_mm256_castsi256_ps(value.lanes)}; }
FA_INLINE I32x8 as_i32(F32x8 value) { return {_mm256_castps_si256(value.lanes)}; }
FA_INLINE U8x32 as_bytes(F32x8 value) { return {_mm256_castps_si256(value.lanes)}; }

// --- pieces from eight places, four for each half

FA_INLINE __m128i join_quarters(std::uint32_t a, std::uint32_t b, std::uint32_t c,
                                std::uint32_t d) {
  const __m128i low =
      _mm_insert_epi32(_mm_cvtsi32_si128(static_cast<int>(a)), static_cast<int>(b), 1);
  const __m128i high =
      _mm_insert_epi32(_mm_cvtsi32_si128(static_cast<int>(c)), static_cast<int>(d), 1);
  return _mm_unpacklo_epi64(low, high);
}

template <class T>
FA_INLINE std::uint32_t piece_at(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// A T, up to 32 bits, from each place.
template <class T>
FA_INLINE I32x8 gather(const std::byte* base, const std::int32_t* offsets) {
  const __m128i low = join_quarters(piece_at<T>(base + offsets[0]), piece_at<T>(base + offsets[1]),
                                    piece_at<T>(base + offsets[2]), piece_at<T>(base + offsets[3]));
  const __m128i high =
      join_quarters(piece_at<T>(base + offsets[4]), piece_at<T>(base + offsets[5]),
                    piece_at<T>(base + offsets[6]), piece_at<T>(base + offsets[7]));
  return {_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1)};
}

FA_INLINE __m128 join_pairs(const std::byte* a, const std::byte* b) {
  const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(a));
  return _mm_loadh_pi(_mm_castsi128_ps(low), reinterpret_cast<const __m64*>(b));
}

// Two floats from each of two places for each half.
FA_INLINE F32x8 gather_pairs(const std::byte* low0, const std::byte* low1, const std::byte* high0,
                             const std::byte* high1) {
  return {_mm256_insertf128_ps(_mm256_castps128_ps256(join_pairs(low0, low1)),
                               join_pairs(high0, high1), 1)};
}

}  // namespace fa::FA_ISA
