// Where a run of output pixels falls in the source, computed together so that the compiler uses
// vectors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "core/warp_map.hpp"
#include "kernels/warp_kernels.hpp"

namespace fa::FA_ISA {
namespace {

constexpr std::int64_t kRun = 128;

struct RunPositions {
  std::int32_t column[kRun], line[kRun];
  float right[kRun], down[kRun];  // fractions in [0, 1)
};

FA_INLINE double clamped(double value, double low, double high) {
  const double above = value > low ? value : low;
  return above < high ? above : high;
}

// The last coordinate below an area's end, which is positive.
FA_INLINE double last_below(double end) { return end * (1.0 - 0x1p-53); }

FA_INLINE void locate(double column, double line, std::int32_t i, RunPositions& positions) {
  positions.column[i] = static_cast<std::int32_t>(column);
  positions.line[i] = static_cast<std::int32_t>(line);
  positions.right[i] = static_cast<float>(column - positions.column[i]);
  positions.down[i] = static_cast<float>(line - positions.line[i]);
}

// A shift of nothing costs nothing where it is a constant.
FA_INLINE double shifted(double value, double shift) {
  return shift == 0.0 ? value : value + shift;
}

// `shift` is that of the row. The area must hold the points of the run and nothing negative:
// truncation is then the floor.
FA_INLINE void locate_run(const RowPoints& row, double shift, const Area& area, std::int64_t x,
                          std::int64_t count, RunPositions& positions) {
  const double first = static_cast<double>(x);
  const auto n = static_cast<std::int32_t>(count);
  if (!row.is_projective) {
    for (std::int32_t i = 0; i < n; ++i) {
      const double index = first + static_cast<double>(i);
      locate(shifted(row.x.slope * index + row.x.start, shift),
             shifted(row.y.slope * index + row.y.start, shift), i, positions);
    }
    return;
  }
  const double last_column = last_below(area.right), last_line = last_below(area.bottom);
  for (std::int32_t i = 0; i < n; ++i) {
    const double index = first + static_cast<double>(i);
    const double factor = 1.0 / (row.w.slope * index + row.w.start);
    const double column = shifted((row.x.slope * index + row.x.start) * factor, shift);
    const double line = shifted((row.y.slope * index + row.y.start) * factor, shift);
    locate(clamped(column, area.left, last_column), clamped(line, area.top, last_line), i,
           positions);
  }
}

// A source coordinate as a whole number and a fraction in [0, 1). Points near the horizon of a
// projective map lie anywhere, so they are drawn near.
struct Cell {
  std::int64_t column, line;
  float right, down;
};

FA_INLINE std::int64_t floor_to_int(double value) {
  const auto truncated = static_cast<std::int64_t>(value);
  return truncated - (static_cast<double>(truncated) > value ? 1 : 0);
}

FA_INLINE Cell cell_at(const RowPoints& row, std::int64_t x) {
  constexpr double kFarthest = 0x1p30;
  const Point point = point_at(row, x);
  const double source_x = clamped(point.x, -kFarthest, kFarthest);
  const double source_y = clamped(point.y, -kFarthest, kFarthest);
  const std::int64_t column = floor_to_int(source_x), line = floor_to_int(source_y);
  return {column, line, static_cast<float>(source_x - static_cast<double>(column)),
          static_cast<float>(source_y - static_cast<double>(line))};
}

FA_INLINE const std::byte* pixel_of(const WarpBand& band, const RunPositions& positions,
                                    std::int64_t i, std::int64_t pixel_bytes) {
  return band.source + positions.line[i] * band.source_stride + positions.column[i] * pixel_bytes;
}

// The pixel that the border rule shows at (column, line); the fill where that is outside.
template <class T>
FA_INLINE const T* pixel_or_fill(const WarpBand& band, std::int64_t column, std::int64_t line) {
  const std::int64_t x = border_index(band.border, column, band.source_width);
  const std::int64_t y = border_index(band.border, line, band.source_height);
  const bool outside = x < 0 || y < 0;
  return reinterpret_cast<const T*>(
      outside ? band.fill : band.source + y * band.source_stride + x * band.pixel_bytes);
}

}  // namespace
}  // namespace fa::FA_ISA
