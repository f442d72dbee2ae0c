// SSE2, which every x86-64 processor has; it lacks a byte shuffle.
#pragma once

#include <emmintrin.h>

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "simd/half_loops.hpp"

#define FA_HAS_BYTE_SHUFFLE 0

namespace fa::FA_ISA {

struct U8x16 {
  __m128i lanes;
};

FA_INLINE U8x16 load_u8x16(const void* from) {
  return {_mm_loadu_si128(static_cast<const __m128i*>(from))};
}

FA_INLINE void store(void* to, U8x16 value) {
  _mm_storeu_si128(static_cast<__m128i*>(to), value.lanes);
}

// result[i] = value[order[i]]; every order[i] < 16. Slow here: ask FA_HAS_BYTE_SHUFFLE first.
FA_INLINE U8x16 shuffle(U8x16 value, U8x16 order) {
  alignas(16) std::uint8_t values[16], positions[16], result[16];
  store(values, value);
  store(positions, order);
  for (int i = 0; i < 16; ++i) result[i] = values[positions[i]];
  return load_u8x16(result);
}

// The bytes of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low(U8x16 a, U8x16 b) { return {_mm_unpacklo_epi8(a.lanes, b.lanes)}; }
FA_INLINE U8x16 zip_high(U8x16 a, U8x16 b) { return {_mm_unpackhi_epi8(a.lanes, b.lanes)}; }

// The 32-bit numbers of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low_u32(U8x16 a, U8x16 b) { return {_mm_unpacklo_epi32(a.lanes, b.lanes)}; }
FA_INLINE U8x16 zip_high_u32(U8x16 a, U8x16 b) { return {_mm_unpackhi_epi32(a.lanes, b.lanes)}; }

}  // namespace fa::FA_ISA
