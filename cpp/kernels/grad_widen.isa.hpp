// Gradients kept in 16 bits, widened to float in pieces.
#pragma once

#include <cstdint>

#include "core/bfloat16.hpp"
#include "core/inline.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {

FA_INLINE void widen(const Half* from, float* to, std::int64_t n) { convert(from, to, n); }

FA_INLINE void widen(const Bfloat16* FA_RESTRICT from, float* FA_RESTRICT to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = bfloat16_to_float(from[i]);
}

// Calls body(values, first, count) with float or double values: all of them, or pieces of those
// that must be widened.
template <class G, class Body>
FA_INLINE void for_wide_pieces(const std::byte* values, std::int64_t n, Body body) {
  const G* from = reinterpret_cast<const G*>(values);
  if constexpr (sizeof(G) == sizeof(Half)) {
    constexpr std::int64_t kPiece = 512;
    float wide[kPiece];
    for (std::int64_t i = 0; i < n; i += kPiece) {
      const std::int64_t count = n - i < kPiece ? n - i : kPiece;
      widen(from + i, wide, count);
      body(static_cast<const float*>(wide), i, count);
    }
  } else {
    body(from, std::int64_t{0}, n);
  }
}

}  // namespace fa::FA_ISA
