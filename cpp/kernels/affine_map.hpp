// Making the map of a warp out of the user's matrix.
#pragma once

#include <cstdint>
#include <optional>

#include "core/affine_map.hpp"
#include "core/warp_map.hpp"

namespace fa {

// No output pixel of a map may lie further from the source's origin than this, so that coordinates
// fit 32-bit integers.
constexpr double kFarthestCoordinate = 1 << 30;

// Entries that rounding left within 1e-9 (translation: 1e-6) of whole numbers become whole when all
// are: such a map moves whole pixels. Whether they did.
bool snap_to_whole(double matrix[6]);

// The inverse of a 2x3 matrix (input to output coordinates), snapped to whole numbers. Nothing when
// the matrix is singular, not finite, or sends an output of this size too far.
std::optional<AffineMap> inverse_map(const double matrix[6], std::int64_t height,
                                     std::int64_t width);

// The inverse of a 3x3 matrix (input to output coordinates), with the sign that makes w positive
// where the middle of the source, of source_height x source_width pixels, comes to stand: of the
// two sides of the horizon the one that shows the middle is seen. Where w changes by less than
// 1e-12 of itself over the whole output the map is affine, and finished as inverse_map() does.
// Nothing when the matrix is singular, not finite, sends the middle to infinity, or is affine and
// goes too far.
std::optional<WarpMap> inverse_perspective(const double matrix[9], std::int64_t source_height,
                                           std::int64_t source_width, std::int64_t height,
                                           std::int64_t width);

// w of the middle of an image of this size.
double weight_at_middle(const double matrix[9], std::int64_t height, std::int64_t width);

// The same inverse for a product of matrices each of which has a positive w where its plane is
// seen: what is seen through all of them has a positive w again.
std::optional<WarpMap> inverse_of_seen(const double matrix[9], std::int64_t height,
                                       std::int64_t width);

// What a matrix is made of: shear, scale, rotate about a centre, then shift.
struct AffineParameters {
  double angle;  // degrees, counter-clockwise as seen on the screen
  double translate_x, translate_y;
  double scale_x, scale_y;
  double shear_x, shear_y;  // degrees
  double center_x, center_y;
};

// T(center) T(translate) R(angle) S(scale) Shear_y Shear_x T(-center), input to output coordinates.
// Multiples of 90 degrees give exact zeros and ones.
void affine_matrix(const AffineParameters& parameters, double matrix[6]);

// Whether every entry is a whole number, so that every output pixel is one source pixel.
bool moves_whole_pixels(const AffineMap& map);
bool moves_whole_pixels(const WarpMap& map);

}  // namespace fa
