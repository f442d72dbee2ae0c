// Where a run of output pixels falls in the source, computed together so that the compiler uses
// vectors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "core/span.hpp"
#include "kernels/warp_kernels.hpp"

namespace fa::FA_ISA {
namespace {

constexpr std::int64_t kRun = 128;

struct RunPositions {
  std::int32_t column[kRun], line[kRun];
  float right[kRun], down[kRun];  // fractions in [0, 1)
};

// Coordinates in the run must be at least 0: truncation is then the floor.
FA_INLINE void locate_run(const RowCoordinate& along_x, const RowCoordinate& along_y,
                          std::int64_t x, std::int64_t count, RunPositions& positions) {
  const double first = static_cast<double>(x);
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(count); ++i) {
    const double index = first + static_cast<double>(i);
    const double column = along_x.slope * index + along_x.start;
    const double line = along_y.slope * index + along_y.start;
    positions.column[i] = static_cast<std::int32_t>(column);
    positions.line[i] = static_cast<std::int32_t>(line);
    positions.right[i] = static_cast<float>(column - positions.column[i]);
    positions.down[i] = static_cast<float>(line - positions.line[i]);
  }
}

// The four pixels around a coordinate: `channels` values each.
template <class T>
struct Neighbours {
  const T* top_left;
  const T* top_right;
  const T* bottom_left;
  const T* bottom_right;
};

FA_INLINE const std::byte* top_left_of(const WarpBand& band, const RunPositions& positions,
                                       std::int64_t i, std::int64_t pixel_bytes) {
  return band.source + positions.line[i] * band.source_stride + positions.column[i] * pixel_bytes;
}

// Those of pixel i of a run inside the source.
template <class T>
FA_INLINE Neighbours<T> neighbours(const WarpBand& band, const RunPositions& positions,
                                   std::int64_t i, std::int64_t channels) {
  const std::byte* top = top_left_of(band, positions, i, channels * std::int64_t{sizeof(T)});
  const T* upper = reinterpret_cast<const T*>(top);
  const T* lower = reinterpret_cast<const T*>(top + band.source_stride);
  return {upper, upper + channels, lower, lower + channels};
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

FA_INLINE std::int64_t floor_to_int(double value) {
  const auto truncated = static_cast<std::int64_t>(value);
  return truncated - (static_cast<double>(truncated) > value ? 1 : 0);
}

}  // namespace
}  // namespace fa::FA_ISA
