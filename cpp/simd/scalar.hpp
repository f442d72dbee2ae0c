// Portable stand-in: plain loops that the compiler vectorises where it can.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "simd/half_loops.hpp"

#define FA_HAS_BYTE_SHUFFLE 0

namespace fa::FA_ISA {

struct U8x16 {
  std::uint8_t lanes[16];
};

FA_INLINE U8x16 load_u8x16(const void* from) {
  U8x16 result;
  std::memcpy(result.lanes, from, sizeof result.lanes);
  return result;
}

FA_INLINE void store(void* to, U8x16 value) { std::memcpy(to, value.lanes, sizeof value.lanes); }

// result[i] = value[order[i]]; every order[i] < 16.
FA_INLINE U8x16 shuffle(U8x16 value, U8x16 order) {
  U8x16 result;
  for (int i = 0; i < 16; ++i) result.lanes[i] = value.lanes[order.lanes[i]];
  return result;
}

// The bytes of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low(U8x16 a, U8x16 b) {
  U8x16 result;
  for (int i = 0; i < 8; ++i) {
    result.lanes[2 * i] = a.lanes[i];
    result.lanes[2 * i + 1] = b.lanes[i];
  }
  return result;
}

FA_INLINE U8x16 zip_high(U8x16 a, U8x16 b) {
  U8x16 result;
  for (int i = 0; i < 8; ++i) {
    result.lanes[2 * i] = a.lanes[8 + i];
    result.lanes[2 * i + 1] = b.lanes[8 + i];
  }
  return result;
}

// The 32-bit numbers of a and b by turns: those of the first halves, or of the second halves.
FA_INLINE U8x16 zip_low_u32(U8x16 a, U8x16 b) {
  U8x16 result;
  for (int i = 0; i < 16; ++i) result.lanes[i] = (i / 4 % 2 == 0 ? a : b).lanes[i / 8 * 4 + i % 4];
  return result;
}
FA_INLINE U8x16 zip_high_u32(U8x16 a, U8x16 b) {
  U8x16 result;
  for (int i = 0; i < 16; ++i) {
    result.lanes[i] = (i / 4 % 2 == 0 ? a : b).lanes[8 + i / 8 * 4 + i % 4];
  }
  return result;
}

}  // namespace fa::FA_ISA
