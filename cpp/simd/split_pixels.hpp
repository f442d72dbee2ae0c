// Pixels of three bytes apart into their channels, as floats. Where FA_HAS_SPLIT_PIXELS is 0, plain
// loops do it.
#pragma once

#include <cstdint>

#include "core/inline.hpp"

#if defined(FA_ISA_avx2) || defined(FA_ISA_avx512)
#include <immintrin.h>
#define FA_HAS_SPLIT_PIXELS 1
#elif defined(__aarch64__) && defined(__GNUC__)
#include <arm_neon.h>
#define FA_HAS_SPLIT_PIXELS 1
#else
#define FA_HAS_SPLIT_PIXELS 0
#endif

namespace fa::FA_ISA {

// How many pixels split_pixels() takes at once.
constexpr std::int64_t kPixelsAtOnce = 16;

#if defined(FA_ISA_avx2) || defined(FA_ISA_avx512)

// Byte 3 * i + channel of three vectors in a row, for each i: where it is in this vector.
FA_INLINE __m128i bytes_of_channel(int channel, int vector) {
  alignas(16) std::int8_t order[16];
  for (int i = 0; i < 16; ++i) {
    const int place = 3 * i + channel - 16 * vector;
    order[i] = static_cast<std::int8_t>(place >= 0 && place < 16 ? place : -1);
  }
  return _mm_load_si128(reinterpret_cast<const __m128i*>(order));
}

struct ThreeVectors {
  __m128i vectors[3];
};

FA_INLINE ThreeVectors load_pixels(const std::uint8_t* from) {
  const auto* vectors = reinterpret_cast<const __m128i*>(from);
  return {{_mm_loadu_si128(vectors), _mm_loadu_si128(vectors + 1), _mm_loadu_si128(vectors + 2)}};
}

FA_INLINE void store_channel(const ThreeVectors& pixels, int channel, float scale, float bias,
                             float* to) {
  __m128i bytes = _mm_shuffle_epi8(pixels.vectors[0], bytes_of_channel(channel, 0));
  for (int i = 1; i < 3; ++i) {
    const __m128i more = _mm_shuffle_epi8(pixels.vectors[i], bytes_of_channel(channel, i));
    bytes = _mm_or_si128(bytes, more);
  }
  const __m256 low = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
  const __m256 high = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_srli_si128(bytes, 8)));
  const __m256 factor = _mm256_set1_ps(scale), more = _mm256_set1_ps(bias);
  _mm256_storeu_ps(to, _mm256_add_ps(_mm256_mul_ps(low, factor), more));
  _mm256_storeu_ps(to + 8, _mm256_add_ps(_mm256_mul_ps(high, factor), more));
}

#elif FA_HAS_SPLIT_PIXELS

struct ThreeVectors {
  uint8x16x3_t channels;
};

FA_INLINE ThreeVectors load_pixels(const std::uint8_t* from) { return {vld3q_u8(from)}; }

FA_INLINE void store_four(uint16x4_t levels, float scale, float bias, float* to) {
  const float32x4_t values = vcvtq_f32_u32(vmovl_u16(levels));
  vst1q_f32(to, vaddq_f32(vmulq_n_f32(values, scale), vdupq_n_f32(bias)));
}

FA_INLINE void store_channel(const ThreeVectors& pixels, int channel, float scale, float bias,
                             float* to) {
  const uint8x16_t bytes = pixels.channels.val[channel];
  const uint16x8_t low = vmovl_u8(vget_low_u8(bytes)), high = vmovl_u8(vget_high_u8(bytes));
  store_four(vget_low_u16(low), scale, bias, to);
  store_four(vget_high_u16(low), scale, bias, to + 4);
  store_four(vget_low_u16(high), scale, bias, to + 8);
  store_four(vget_high_u16(high), scale, bias, to + 12);
}

#endif

#if FA_HAS_SPLIT_PIXELS
// The channels of `count` pixels times scale[c] plus bias[c], at least kPixelsAtOnce of them.
FA_INLINE void split_pixels(const std::uint8_t* from, std::int64_t count, const float* scale,
                            const float* bias, float* const (&to)[3]) {
  for (std::int64_t at = 0; at < count; at += kPixelsAtOnce) {
    // The last ones may have been done in part before.
    const std::int64_t x = at + kPixelsAtOnce <= count ? at : count - kPixelsAtOnce;
    const ThreeVectors pixels = load_pixels(from + 3 * x);
    for (int c = 0; c < 3; ++c) store_channel(pixels, c, scale[c], bias[c], to[c] + x);
  }
}
#endif

}  // namespace fa::FA_ISA
