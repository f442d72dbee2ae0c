// The formula of bilinear interpolation in float32.
#pragma once

#include <cstdint>

#include "core/inline.hpp"

namespace fa::FA_ISA {
namespace {

// Along x in both rows, then along y. V is a float or a vector of them.
template <class V>
FA_INLINE V blend(V top_left, V top_right, V bottom_left, V bottom_right, V right, V down) {
  const V top = top_left + right * (top_right - top_left);
  const V bottom = bottom_left + right * (bottom_right - bottom_left);
  return top + down * (bottom - top);
}

}  // namespace
}  // namespace fa::FA_ISA
