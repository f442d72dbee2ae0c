// The map of a warp, affine or projective, and the points of one output row under it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/affine_map.hpp"
#include "core/inline.hpp"
#include "core/span.hpp"

namespace fa {

// Source x = affine x / w and source y = affine y / w, with w = wx * x + (wy * y + w0). An affine
// map has the last row 0, 0, 1 and is never divided. A point whose w is not positive lies outside
// everything.
struct WarpMap {
  AffineMap affine;
  double wx = 0.0, wy = 0.0, w0 = 1.0;
};

FA_INLINE bool is_projective(const WarpMap& map) { return map.wx != 0.0 || map.wy != 0.0; }

// A canvas that lay between the source and the result. Output pixels whose point falls outside it,
// that is outside [-0.5, width - 0.5) x [-0.5, height - 0.5) of its coordinates, show its fill
// instead of the source.
struct WarpCanvas {
  WarpMap map;  // output pixel -> point of this canvas
  std::int64_t height, width;
  const std::byte* fill;  // one pixel (of a planar image: one value per plane)
};

// The points of one output row, each moved by `shift` along both axes.
struct RowPoints {
  RowCoordinate x, y, w;  // x and y are still to be divided by w, if projective
  double shift;
  bool is_projective;
};

FA_INLINE RowPoints row_points(const WarpMap& map, std::int64_t y, double shift) {
  const bool divides = is_projective(map);
  const double before_division = divides ? 0.0 : shift;
  return {source_x(map.affine, y, before_division),
          source_y(map.affine, y, before_division),
          {map.wx, map.wy * static_cast<double>(y) + map.w0, 0.0, divides ? 1.0 / map.wx : 0.0},
          shift,
          divides};
}

struct Point {
  double x, y;
};

// w must be positive.
FA_INLINE Point point_at(const RowPoints& row, std::int64_t x) {
  if (!row.is_projective) return {at(row.x, x), at(row.y, x)};
  const double factor = 1.0 / at(row.w, x);
  return {at(row.x, x) * factor + row.shift, at(row.y, x) * factor + row.shift};
}

// [left, right) x [top, bottom)
struct Area {
  double left, right, top, bottom;
};

FA_INLINE Area canvas_area(const WarpCanvas& canvas) {
  return {-0.5, static_cast<double>(canvas.width) - 0.5, -0.5,
          static_cast<double>(canvas.height) - 0.5};
}

constexpr double kSmallest = 0x1p-1074;
constexpr double kLargest = 0x1.fffffffffffffp+1023;

// a - factor * b
FA_INLINE RowCoordinate difference(const RowCoordinate& a, double factor, const RowCoordinate& b) {
  const double slope = a.slope - factor * b.slope;
  return {slope, a.start - factor * b.start, 0.0, 1.0 / slope};
}

// Where w is positive.
FA_INLINE Span span_before_horizon(const RowPoints& row, std::int64_t width) {
  if (!row.is_projective) return Span{0, width};
  return span_between(row.w, kSmallest, kLargest, width);
}

// The x in [0, width) whose point lies in the area. Both bounds of a projective coordinate are
// tested before the division, low * w <= coordinate < high * w, which is linear in x; the quotient
// itself may lie beyond them by its rounding, so a kernel clamps it.
FA_INLINE Span span_inside(const RowPoints& row, const Area& area, std::int64_t width) {
  if (!row.is_projective) {
    return intersect(span_between(row.x, area.left, area.right, width),
                     span_between(row.y, area.top, area.bottom, width));
  }
  const RowCoordinate from_left = difference(row.x, area.left - row.shift, row.w);
  const RowCoordinate from_right = difference(row.x, area.right - row.shift, row.w);
  const RowCoordinate from_top = difference(row.y, area.top - row.shift, row.w);
  const RowCoordinate from_bottom = difference(row.y, area.bottom - row.shift, row.w);
  const Span columns = intersect(span_between(from_left, 0.0, kLargest, width),
                                 span_between(from_right, -kLargest, 0.0, width));
  const Span lines = intersect(span_between(from_top, 0.0, kLargest, width),
                               span_between(from_bottom, -kLargest, 0.0, width));
  return intersect(span_before_horizon(row, width), intersect(columns, lines));
}

}  // namespace fa
