// Where output pixels fall in the source: in fixed point, so that all ways to compute a row agree.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/fixed_line.hpp"
#include "core/inline.hpp"
#include "core/prefetch.hpp"
#include "core/warp_map.hpp"
#include "kernels/warp_kernels.hpp"

namespace fa::FA_ISA {
namespace {

// The points of a piece of an output row, of the pixels from `origin` on.
struct SourceRow {
  FixedLine x, y;    // of an affine map, counted from `origin`
  RowPoints points;  // of a projective map
  std::int64_t origin;
  bool is_projective;
};

// A row is walked in pieces of this length: a step is rounded to 2^-32, a point to 2^-23.
constexpr std::int64_t kPiece = 512;

// The steps of all rows of a map.
struct SourceSteps {
  std::int64_t x, y;
  double reciprocal_x, reciprocal_y;
};

FA_INLINE SourceSteps source_steps(const WarpMap& map) {
  if (is_projective(map)) return {};
  const std::int64_t x = to_fixed(map.affine.xx), y = to_fixed(map.affine.yx);
  return {x, y, 1.0 / static_cast<double>(x), 1.0 / static_cast<double>(y)};
}

// Where the pieces of the rows of an affine map begin.
FA_INLINE void go_to_row(const WarpMap& map, std::int64_t y, double shift, SourceRow& row) {
  const auto line = static_cast<double>(y), first = static_cast<double>(row.origin);
  const AffineMap& m = map.affine;
  row.x.start = to_fixed(m.xx * first + (m.xy * line + m.x0) + shift);
  row.y.start = to_fixed(m.yx * first + (m.yy * line + m.y0) + shift);
}

FA_INLINE SourceRow source_row(const WarpMap& map, const SourceSteps& steps, std::int64_t y,
                               std::int64_t origin, double shift) {
  SourceRow row;
  row.origin = origin;
  row.is_projective = is_projective(map);
  if (row.is_projective) {
    row.points = row_points(map, y, shift);
    return row;
  }
  row.x = {0, steps.x, steps.reciprocal_x};
  row.y = {0, steps.y, steps.reciprocal_y};
  go_to_row(map, y, shift, row);
  return row;
}

struct FixedPoint {
  std::int64_t x, y;
};

FA_INLINE double clamped(double value, double low, double high) {
  const double above = value > low ? value : low;
  return above < high ? above : high;
}

// Points near the horizon of a projective map lie anywhere, so they are drawn near.
FA_INLINE FixedPoint project(const RowPoints& points, std::int64_t x) {
  constexpr double kFarthest = 0x1p30;
  const Point point = point_at(points, x);
  return {to_fixed(clamped(point.x, -kFarthest, kFarthest)),
          to_fixed(clamped(point.y, -kFarthest, kFarthest))};
}

FA_INLINE FixedPoint point_of(const SourceRow& row, std::int64_t x) {
  if (row.is_projective) return project(row.points, x);
  return {at(row.x, x - row.origin), at(row.y, x - row.origin)};
}

// [left, right) x [top, bottom), in whole pixels.
struct CellArea {
  std::int64_t left, right, top, bottom;
};

FA_INLINE Span moved(Span span, std::int64_t by) { return {span.begin + by, span.end + by}; }

// The pixels of the piece, [origin, end), whose points lie in the area. Those of a projective map
// may lie beyond it by their rounding, unless they keep a distance from its sides.
FA_NOINLINE Span span_inside(const SourceRow& row, const CellArea& area, std::int64_t end,
                             double distance = 0.0) {
  if (row.is_projective) {
    const Area doubles{
        static_cast<double>(area.left) + distance, static_cast<double>(area.right) - distance,
        static_cast<double>(area.top) + distance, static_cast<double>(area.bottom) - distance};
    return clip(span_inside(row.points, doubles, end), Span{row.origin, end});
  }
  const std::int64_t width = end - row.origin;
  return moved(intersect(span_between(row.x, from_whole(area.left), from_whole(area.right), width),
                         span_between(row.y, from_whole(area.top), from_whole(area.bottom), width)),
               row.origin);
}

// Where w is positive.
FA_NOINLINE Span span_before_horizon_of(const RowPoints& points, Span piece) {
  return clip(span_before_horizon(points, piece.end), piece);
}

FA_INLINE Span span_before_horizon(const SourceRow& row, std::int64_t end) {
  const Span piece{row.origin, end};
  return row.is_projective ? span_before_horizon_of(row.points, piece) : piece;
}

// What lies around a point: the pixel at its whole part, and the fractions as multiples of 2^-32.
struct Cell {
  std::int64_t column, line;
  std::uint32_t right, down;
};

FA_INLINE Cell cell_at(const SourceRow& row, std::int64_t x) {
  const FixedPoint point = point_of(row, x);
  return {whole_part(point.x), whole_part(point.y), static_cast<std::uint32_t>(point.x),
          static_cast<std::uint32_t>(point.y)};
}

// Exact: the upper 24 bits.
FA_INLINE float fraction_of(std::uint32_t bits) {
  return static_cast<float>(static_cast<std::int32_t>(bits >> 8)) * 0x1p-24f;
}

// The cells that a kernel may read without asking: both ends belong to it.
struct CellLimits {
  std::int32_t left, right, top, bottom;
};

FA_INLINE CellLimits limits_of(const CellArea& area) {
  return {static_cast<std::int32_t>(area.left), static_cast<std::int32_t>(area.right - 1),
          static_cast<std::int32_t>(area.top), static_cast<std::int32_t>(area.bottom - 1)};
}

// What the walks along all rows of a band have in common.
struct BandWalk {
  SourceSteps steps;
  CellLimits limits;
  double shift;
};

// A span of one row, or of several rows of an affine map.
struct Stretch {
  SourceRow source;  // of the first row
  std::int64_t y, rows;
  Span span;
};

FA_INLINE void go_to_next_row(const WarpMap& map, const BandWalk& walk, Stretch& stretch) {
  ++stretch.y;
  if (--stretch.rows > 0) go_to_row(map, stretch.y, walk.shift, stretch.source);
}

FA_INLINE std::int32_t clamped(std::int32_t value, std::int32_t low, std::int32_t high) {
  const std::int32_t above = value > low ? value : low;
  return above < high ? above : high;
}

FA_INLINE bool crosses_rows(const WarpBand& band) {
  return band.map.affine.yx != 0.0 || is_projective(band.map);
}

// Whether a band's source is small, and so much of it wanted that it is read in order beforehand.
FA_INLINE bool is_read_whole(const WarpBand& band) {
  return band.source_width * band.pixel_bytes * band.source_height <= kSmallImageBytes &&
         (band.end - band.begin) * 4 >= band.source_height;
}

// Whether the walk along its rows asks for what the next ones need.
FA_INLINE bool is_read_in_parts(const WarpBand& band) {
  return band.scratch == nullptr && crosses_rows(band) && !is_projective(band.map) &&
         !is_read_whole(band);
}

constexpr std::int64_t kRun = 128;

// The cells of a run, computed together so that the compiler uses vectors.
struct RunCells {
  std::int32_t column[kRun], line[kRun];
  std::uint32_t right[kRun], down[kRun];
};

FA_INLINE std::int32_t upper_bits(std::int64_t fixed) {
  return static_cast<std::int32_t>(static_cast<std::uint64_t>(fixed) >> kFractionBits);
}

// The run of a stretch's first row that begins at x; returns its length.
FA_NOINLINE std::int64_t locate_run(const Stretch& stretch, const CellLimits& limits,
                                    std::int64_t x, RunCells& cells) {
  const std::int64_t left = stretch.span.end - x, count = left < kRun ? left : kRun;
  const SourceRow& source = stretch.source;
  std::int64_t xs[kRun], ys[kRun];
  if (source.is_projective) {
    for (std::int64_t i = 0; i < count; ++i) {
      const FixedPoint point = project(source.points, x + i);
      xs[i] = point.x;
      ys[i] = point.y;
    }
  } else {
    const FixedPoint first = point_of(source, x);
    for (std::int64_t i = 0; i < count; ++i) {
      xs[i] = first.x + source.x.step * i;
      ys[i] = first.y + source.y.step * i;
    }
  }
  for (std::int64_t i = 0; i < count; ++i) {
    cells.column[i] = clamped(upper_bits(xs[i]), limits.left, limits.right);
    cells.line[i] = clamped(upper_bits(ys[i]), limits.top, limits.bottom);
    cells.right[i] = static_cast<std::uint32_t>(xs[i]);
    cells.down[i] = static_cast<std::uint32_t>(ys[i]);
  }
  return count;
}

FA_INLINE const std::byte* pixel_of(const WarpBand& band, const RunCells& cells, std::int64_t i,
                                    std::int64_t pixel_bytes) {
  return band.source + cells.line[i] * band.source_stride + cells.column[i] * pixel_bytes;
}

// The pixel that the border rule shows at (column, line); the fill where that is outside.
FA_NOINLINE const std::byte* shown_pixel(const WarpBand& band, std::int64_t column,
                                         std::int64_t line) {
  const std::int64_t x = border_index(band.border, column, band.source_width);
  const std::int64_t y = border_index(band.border, line, band.source_height);
  const bool outside = x < 0 || y < 0;
  return outside ? band.fill : band.source + y * band.source_stride + x * band.pixel_bytes;
}

template <class T>
FA_INLINE const T* pixel_or_fill(const WarpBand& band, std::int64_t column, std::int64_t line) {
  return reinterpret_cast<const T*>(shown_pixel(band, column, line));
}

}  // namespace
}  // namespace fa::FA_ISA
