// float16 to float and back in plain loops, for instruction sets without a conversion of their own.
#pragma once

#include <cstdint>

#include "core/half.hpp"
#include "core/inline.hpp"

namespace fa::FA_ISA {

FA_INLINE void convert(const Half* FA_RESTRICT from, float* FA_RESTRICT to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = half_to_float(from[i]);
}

FA_INLINE void convert(const float* FA_RESTRICT from, Half* FA_RESTRICT to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = float_to_half(from[i]);
}

}  // namespace fa::FA_ISA
