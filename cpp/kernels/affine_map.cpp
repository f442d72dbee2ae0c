#include "kernels/affine_map.hpp"

#include <cmath>

namespace fa {
namespace {

bool is_whole(double value, double tolerance) {
  return std::abs(value - std::nearbyint(value)) <= tolerance;
}

AffineMap snap_to_whole(const AffineMap& map) {
  constexpr double kLinear = 1e-9;
  constexpr double kTranslation = 1e-6;
  const bool whole = is_whole(map.xx, kLinear) && is_whole(map.xy, kLinear) &&
                     is_whole(map.yx, kLinear) && is_whole(map.yy, kLinear) &&
                     is_whole(map.x0, kTranslation) && is_whole(map.y0, kTranslation);
  if (!whole) return map;
  return {std::nearbyint(map.xx), std::nearbyint(map.xy), std::nearbyint(map.x0),
          std::nearbyint(map.yx), std::nearbyint(map.yy), std::nearbyint(map.y0)};
}

// The corners are the extremes of a linear map.
bool stays_near(const AffineMap& map, std::int64_t height, std::int64_t width) {
  const double right = static_cast<double>(width);
  const double bottom = static_cast<double>(height);
  const double reach_x = std::abs(map.xx) * right + std::abs(map.xy) * bottom + std::abs(map.x0);
  const double reach_y = std::abs(map.yx) * right + std::abs(map.yy) * bottom + std::abs(map.y0);
  return reach_x < kFarthestCoordinate && reach_y < kFarthestCoordinate;
}

}  // namespace

std::optional<AffineMap> inverse_map(const double matrix[6], std::int64_t height,
                                     std::int64_t width) {
  const double a = matrix[0], b = matrix[1], c = matrix[2];
  const double d = matrix[3], e = matrix[4], f = matrix[5];
  const double determinant = a * e - b * d;
  const double reciprocal = 1.0 / determinant;
  const AffineMap exact{e * reciprocal,  -b * reciprocal, (b * f - e * c) * reciprocal,
                        -d * reciprocal, a * reciprocal,  (d * c - a * f) * reciprocal};
  if (!std::isfinite(reciprocal) || !stays_near(exact, height, width)) return std::nullopt;
  return snap_to_whole(exact);
}

bool moves_whole_pixels(const AffineMap& map) {
  return is_whole(map.xx, 0.0) && is_whole(map.xy, 0.0) && is_whole(map.x0, 0.0) &&
         is_whole(map.yx, 0.0) && is_whole(map.yy, 0.0) && is_whole(map.y0, 0.0);
}

}  // namespace fa
