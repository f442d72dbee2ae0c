#include "kernels/affine_map.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fa {
namespace {

bool is_whole(double value, double tolerance) {
  return std::abs(value - std::nearbyint(value)) <= tolerance;
}

void snap(AffineMap& map) {
  double matrix[6] = {map.xx, map.xy, map.x0, map.yx, map.yy, map.y0};
  if (!snap_to_whole(matrix)) return;
  map.xx = matrix[0];
  map.xy = matrix[1];
  map.x0 = matrix[2];
  map.yx = matrix[3];
  map.yy = matrix[4];
  map.y0 = matrix[5];
}

constexpr double kRadiansPerDegree = std::numbers::pi / 180.0;

struct CosSin {
  double cosine, sine;
};

CosSin cos_sin(double degrees) {
  const double quarter_turns = std::nearbyint(degrees / 90.0);
  const double rest = (degrees - 90.0 * quarter_turns) * kRadiansPerDegree;
  const double cosine = std::cos(rest);
  const double sine = std::sin(rest);
  const double turn = quarter_turns - 4.0 * std::floor(quarter_turns / 4.0);
  if (turn == 0.0) return {cosine, sine};
  if (turn == 1.0) return {-sine, cosine};
  if (turn == 2.0) return {-cosine, -sine};
  return {sine, -cosine};
}

// The corners are the extremes of a linear map.
bool stays_near(const AffineMap& map, std::int64_t height, std::int64_t width) {
  const double right = static_cast<double>(width);
  const double bottom = static_cast<double>(height);
  const double reach_x = std::abs(map.xx) * right + std::abs(map.xy) * bottom + std::abs(map.x0);
  const double reach_y = std::abs(map.yx) * right + std::abs(map.yy) * bottom + std::abs(map.y0);
  return reach_x < kFarthestCoordinate && reach_y < kFarthestCoordinate;
}

// Nothing but the entries that count is known yet. False when the map goes too far.
bool finish(AffineMap& map, std::int64_t height, std::int64_t width) {
  if (!stays_near(map, height, width)) return false;
  snap(map);
  map.reciprocal_xx = 1.0 / map.xx;
  map.reciprocal_yx = 1.0 / map.yx;
  return true;
}

// By a power of two, so that products of three entries neither overflow nor are rounded anew.
void scale_to_one(const double matrix[9], double scaled[9]) {
  double largest = 0.0;
  for (int i = 0; i < 9; ++i) largest = std::max(largest, std::abs(matrix[i]));
  int exponent = 0;
  std::frexp(largest, &exponent);
  for (int i = 0; i < 9; ++i) scaled[i] = std::ldexp(matrix[i], -exponent);
}

void divide(AffineMap& map, double w) {
  for (double* entry : {&map.xx, &map.xy, &map.x0, &map.yx, &map.yy, &map.y0}) *entry /= w;
}

// How much w may change over the output, relative to w0, in a map that is taken as affine.
constexpr double kAffineWithin = 1e-12;

}  // namespace

std::optional<AffineMap> inverse_map(const double matrix[6], std::int64_t height,
                                     std::int64_t width) {
  const double a = matrix[0], b = matrix[1], c = matrix[2];
  const double d = matrix[3], e = matrix[4], f = matrix[5];
  const double determinant = a * e - b * d;
  const double reciprocal = 1.0 / determinant;
  AffineMap map{e * reciprocal,
                -b * reciprocal,
                (b * f - e * c) * reciprocal,
                -d * reciprocal,
                a * reciprocal,
                (d * c - a * f) * reciprocal,
                0.0,
                0.0};
  if (!std::isfinite(reciprocal) || !finish(map, height, width)) return std::nullopt;
  return map;
}

namespace {

// The inverse of a matrix with entries of at most 1, times a sign.
std::optional<WarpMap> scaled_inverse(const double entries[9], double sign, std::int64_t height,
                                      std::int64_t width) {
  const double a = entries[0], b = entries[1], c = entries[2];
  const double d = entries[3], e = entries[4], f = entries[5];
  const double g = entries[6], h = entries[7], i = entries[8];
  const double determinant = a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g);
  const double factor = sign / determinant;
  if (!std::isfinite(factor) || factor == 0.0) return std::nullopt;
  WarpMap map{
      {(e * i - f * h) * factor, (c * h - b * i) * factor, (b * f - c * e) * factor,
       (f * g - d * i) * factor, (a * i - c * g) * factor, (c * d - a * f) * factor, 0.0, 0.0},
      (d * h - e * g) * factor,
      (b * g - a * h) * factor,
      (a * e - b * d) * factor};
  const double most = std::abs(map.wx) * static_cast<double>(width) +
                      std::abs(map.wy) * static_cast<double>(height);
  if (most <= kAffineWithin * map.w0) {
    divide(map.affine, map.w0);
    map = WarpMap{map.affine};
    if (!finish(map.affine, height, width)) return std::nullopt;
    return map;
  }
  return is_projective(map) ? std::optional<WarpMap>(map) : std::nullopt;
}

bool is_affine(const double matrix[9]) { return matrix[6] == 0.0 && matrix[7] == 0.0; }

std::optional<WarpMap> inverse_affine(const double matrix[9], std::int64_t height,
                                      std::int64_t width) {
  double affine[6];
  for (int i = 0; i < 6; ++i) affine[i] = matrix[i] / matrix[8];
  const std::optional<AffineMap> map = inverse_map(affine, height, width);
  return map.has_value() ? std::optional<WarpMap>(WarpMap{*map}) : std::nullopt;
}

}  // namespace

bool snap_to_whole(double matrix[6]) {
  constexpr double kLinear = 1e-9;
  constexpr double kTranslation = 1e-6;
  for (int i = 0; i < 6; ++i) {
    if (!is_whole(matrix[i], i % 3 == 2 ? kTranslation : kLinear)) return false;
  }
  std::transform(matrix, matrix + 6, matrix, [](double entry) { return std::nearbyint(entry); });
  return true;
}

double weight_at_middle(const double matrix[9], std::int64_t height, std::int64_t width) {
  return matrix[6] * 0.5 * static_cast<double>(width - 1) +
         matrix[7] * 0.5 * static_cast<double>(height - 1) + matrix[8];
}

std::optional<WarpMap> inverse_perspective(const double matrix[9], std::int64_t source_height,
                                           std::int64_t source_width, std::int64_t height,
                                           std::int64_t width) {
  if (is_affine(matrix)) return inverse_affine(matrix, height, width);
  double entries[9];
  scale_to_one(matrix, entries);
  const double weight = weight_at_middle(entries, source_height, source_width);
  if (weight == 0.0) return std::nullopt;
  return scaled_inverse(entries, weight < 0.0 ? -1.0 : 1.0, height, width);
}

std::optional<WarpMap> inverse_of_seen(const double matrix[9], std::int64_t height,
                                       std::int64_t width) {
  if (is_affine(matrix)) return inverse_affine(matrix, height, width);
  double entries[9];
  scale_to_one(matrix, entries);
  return scaled_inverse(entries, 1.0, height, width);
}

void affine_matrix(const AffineParameters& p, double matrix[6]) {
  const auto [cosine, sine] = cos_sin(p.angle);
  const double shear_x = -std::tan(p.shear_x * kRadiansPerDegree);
  const double shear_y = -std::tan(p.shear_y * kRadiansPerDegree);
  // S(scale) Shear_y Shear_x
  const double xx = p.scale_x, xy = p.scale_x * shear_x;
  const double yx = p.scale_y * shear_y, yy = p.scale_y * (1.0 + shear_y * shear_x);
  // Adding zero turns a negative zero into a zero.
  const double a = cosine * xx + sine * yx + 0.0, b = cosine * xy + sine * yy + 0.0;
  const double d = cosine * yx - sine * xx + 0.0, e = cosine * yy - sine * xy + 0.0;
  matrix[0] = a;
  matrix[1] = b;
  matrix[2] = p.center_x + p.translate_x - (a * p.center_x + b * p.center_y);
  matrix[3] = d;
  matrix[4] = e;
  matrix[5] = p.center_y + p.translate_y - (d * p.center_x + e * p.center_y);
}

bool moves_whole_pixels(const AffineMap& map) {
  return is_whole(map.xx, 0.0) && is_whole(map.xy, 0.0) && is_whole(map.x0, 0.0) &&
         is_whole(map.yx, 0.0) && is_whole(map.yy, 0.0) && is_whole(map.y0, 0.0);
}

bool moves_whole_pixels(const WarpMap& map) {
  return !is_projective(map) && moves_whole_pixels(map.affine);
}

}  // namespace fa
