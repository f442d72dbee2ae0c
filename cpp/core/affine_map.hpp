// The map from output pixels back to source coordinates, in float64.
#pragma once

#include <cstdint>

#include "core/inline.hpp"
#include "core/span.hpp"

namespace fa {

// source x = xx * x + (xy * y + x0), source y = yx * x + (yy * y + y0), in this order of rounding.
struct AffineMap {
  double xx, xy, x0;
  double yx, yy, y0;
  double reciprocal_xx, reciprocal_yx;  // 1 / xx and 1 / yx where those are not 0
};

FA_INLINE RowCoordinate source_x(const AffineMap& map, std::int64_t y, double shift) {
  return {map.xx, map.xy * static_cast<double>(y) + map.x0, shift, map.reciprocal_xx};
}

FA_INLINE RowCoordinate source_y(const AffineMap& map, std::int64_t y, double shift) {
  return {map.yx, map.yy * static_cast<double>(y) + map.y0, shift, map.reciprocal_yx};
}

}  // namespace fa
