// Four floats, the same in every instruction set: a pixel of three or four channels.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__GNUC__)
#include <arm_neon.h>
#endif

#include <cstdint>
#include <cstring>

#include "core/inline.hpp"

namespace fa::FA_ISA {

#if defined(__x86_64__) || defined(_M_X64)

struct F32x4 {
  __m128 lanes;
};

FA_INLINE F32x4 load_f32x4(const float* from) { return {_mm_loadu_ps(from)}; }
FA_INLINE F32x4 broadcast_f32x4(float value) { return {_mm_set1_ps(value)}; }
FA_INLINE void store(float* to, F32x4 value) { _mm_storeu_ps(to, value.lanes); }
FA_INLINE F32x4 operator+(F32x4 a, F32x4 b) { return {_mm_add_ps(a.lanes, b.lanes)}; }
FA_INLINE F32x4 operator-(F32x4 a, F32x4 b) { return {_mm_sub_ps(a.lanes, b.lanes)}; }
FA_INLINE F32x4 operator*(F32x4 a, F32x4 b) { return {_mm_mul_ps(a.lanes, b.lanes)}; }

// Four numbers side by side.
FA_INLINE F32x4 load_as_f32x4(const std::uint8_t* from) {
  std::int32_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  const __m128i zero = _mm_setzero_si128();
  const __m128i words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(bytes), zero);
  return {_mm_cvtepi32_ps(_mm_unpacklo_epi16(words, zero))};
}
FA_INLINE F32x4 load_as_f32x4(const std::uint16_t* from) {
  const __m128i words = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
  return {_mm_cvtepi32_ps(_mm_unpacklo_epi16(words, _mm_setzero_si128()))};
}
FA_INLINE F32x4 load_as_f32x4(const float* from) { return load_f32x4(from); }

// Lane i of row j becomes lane j of row i.
FA_INLINE void transpose(F32x4 (&rows)[4]) {
  const __m128 low01 = _mm_unpacklo_ps(rows[0].lanes, rows[1].lanes);
  const __m128 low23 = _mm_unpacklo_ps(rows[2].lanes, rows[3].lanes);
  const __m128 high01 = _mm_unpackhi_ps(rows[0].lanes, rows[1].lanes);
  const __m128 high23 = _mm_unpackhi_ps(rows[2].lanes, rows[3].lanes);
  rows[0].lanes = _mm_movelh_ps(low01, low23);
  rows[1].lanes = _mm_movehl_ps(low23, low01);
  rows[2].lanes = _mm_movelh_ps(high01, high23);
  rows[3].lanes = _mm_movehl_ps(high23, high01);
}

#elif defined(__aarch64__) && defined(__GNUC__)

struct F32x4 {
  float32x4_t lanes;
};

FA_INLINE F32x4 load_f32x4(const float* from) { return {vld1q_f32(from)}; }
FA_INLINE F32x4 broadcast_f32x4(float value) { return {vdupq_n_f32(value)}; }
FA_INLINE void store(float* to, F32x4 value) { vst1q_f32(to, value.lanes); }
FA_INLINE F32x4 operator+(F32x4 a, F32x4 b) { return {vaddq_f32(a.lanes, b.lanes)}; }
FA_INLINE F32x4 operator-(F32x4 a, F32x4 b) { return {vsubq_f32(a.lanes, b.lanes)}; }
FA_INLINE F32x4 operator*(F32x4 a, F32x4 b) { return {vmulq_f32(a.lanes, b.lanes)}; }

FA_INLINE F32x4 load_as_f32x4(const std::uint8_t* from) {
  std::uint32_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  const uint16x8_t words = vmovl_u8(vcreate_u8(bytes));
  return {vcvtq_f32_u32(vmovl_u16(vget_low_u16(words)))};
}
FA_INLINE F32x4 load_as_f32x4(const std::uint16_t* from) {
  return {vcvtq_f32_u32(vmovl_u16(vld1_u16(from)))};
}
FA_INLINE F32x4 load_as_f32x4(const float* from) { return load_f32x4(from); }

FA_INLINE void transpose(F32x4 (&rows)[4]) {
  const float32x4x2_t even = vzipq_f32(rows[0].lanes, rows[2].lanes);
  const float32x4x2_t odd = vzipq_f32(rows[1].lanes, rows[3].lanes);
  const float32x4x2_t low = vzipq_f32(even.val[0], odd.val[0]);
  const float32x4x2_t high = vzipq_f32(even.val[1], odd.val[1]);
  rows[0].lanes = low.val[0];
  rows[1].lanes = low.val[1];
  rows[2].lanes = high.val[0];
  rows[3].lanes = high.val[1];
}

#else

struct F32x4 {
  float lanes[4];
};

FA_INLINE F32x4 load_f32x4(const float* from) { return {{from[0], from[1], from[2], from[3]}}; }
FA_INLINE F32x4 broadcast_f32x4(float value) { return {{value, value, value, value}}; }
FA_INLINE void store(float* to, F32x4 value) {
  for (int i = 0; i < 4; ++i) to[i] = value.lanes[i];
}
FA_INLINE F32x4 operator+(F32x4 a, F32x4 b) {
  for (int i = 0; i < 4; ++i) a.lanes[i] += b.lanes[i];
  return a;
}
FA_INLINE F32x4 operator-(F32x4 a, F32x4 b) {
  for (int i = 0; i < 4; ++i) a.lanes[i] -= b.lanes[i];
  return a;
}
FA_INLINE F32x4 operator*(F32x4 a, F32x4 b) {
  for (int i = 0; i < 4; ++i) a.lanes[i] *= b.lanes[i];
  return a;
}

template <class T>
FA_INLINE F32x4 load_as_f32x4(const T* from) {
  return {{static_cast<float>(from[0]), static_cast<float>(from[1]), static_cast<float>(from[2]),
           static_cast<float>(from[3])}};
}

FA_INLINE void transpose(F32x4 (&rows)[4]) {
  for (int j = 0; j < 4; ++j) {
    for (int i = j + 1; i < 4; ++i) {
      const float kept = rows[j].lanes[i];
      rows[j].lanes[i] = rows[i].lanes[j];
      rows[i].lanes[j] = kept;
    }
  }
}

#endif

}  // namespace fa::FA_ISA
