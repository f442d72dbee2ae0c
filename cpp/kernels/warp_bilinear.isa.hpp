// Bilinear sampling along row spans: the interior without border tests, the edges pixel by pixel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/fill.hpp"
#include "core/inline.hpp"
#include "kernels/warp_kernels.hpp"

namespace fa::FA_ISA {
namespace {

FA_INLINE void store_rounded(float value, std::uint8_t* to) {
  *to = static_cast<std::uint8_t>(static_cast<std::int32_t>(value + 0.5f));
}

FA_INLINE void store_rounded(float value, std::uint16_t* to) {
  *to = static_cast<std::uint16_t>(static_cast<std::int32_t>(value + 0.5f));
}

FA_INLINE void store_rounded(float value, float* to) { *to = value; }

// The one formula of bilinear interpolation: along x in both rows, then along y.
FA_INLINE float blend(float top_left, float top_right, float bottom_left, float bottom_right,
                      float right, float down) {
  const float top = top_left + right * (top_right - top_left);
  const float bottom = bottom_left + right * (bottom_right - bottom_left);
  return top + down * (bottom - top);
}

// Positions of a run of pixels, computed together so that the compiler uses vectors.
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

// All four pixels around every coordinate of the span lie in the source.
template <class T, int kChannels>
void sample_interior(const WarpBand& band, const RowCoordinate& along_x,
                     const RowCoordinate& along_y, Span span, T* FA_RESTRICT target) {
  const std::int64_t channels = kChannels > 0 ? kChannels : band.channels;
  RunPositions positions;
  for (std::int64_t x = span.begin; x < span.end; x += kRun) {
    const std::int64_t count = span.end - x < kRun ? span.end - x : kRun;
    locate_run(along_x, along_y, x, count, positions);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::byte* line = band.source + positions.line[i] * band.source_stride +
                              positions.column[i] * channels * std::int64_t{sizeof(T)};
      const T* top = reinterpret_cast<const T*>(line);
      const T* bottom = reinterpret_cast<const T*>(line + band.source_stride);
      T* pixel = target + (x + i) * channels;
      for (std::int64_t c = 0; c < channels; ++c) {
        store_rounded(blend(static_cast<float>(top[c]), static_cast<float>(top[c + channels]),
                            static_cast<float>(bottom[c]), static_cast<float>(bottom[c + channels]),
                            positions.right[i], positions.down[i]),
                      pixel + c);
      }
    }
  }
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

template <class T>
void sample_edge(const WarpBand& band, const RowCoordinate& along_x, const RowCoordinate& along_y,
                 Span span, T* FA_RESTRICT target) {
  for (std::int64_t x = span.begin; x < span.end; ++x) {
    const double source_column = at(along_x, x);
    const double source_line = at(along_y, x);
    const std::int64_t column = floor_to_int(source_column);
    const std::int64_t line = floor_to_int(source_line);
    const float right = static_cast<float>(source_column - static_cast<double>(column));
    const float down = static_cast<float>(source_line - static_cast<double>(line));
    const T* top_left = pixel_or_fill<T>(band, column, line);
    const T* top_right = pixel_or_fill<T>(band, column + 1, line);
    const T* bottom_left = pixel_or_fill<T>(band, column, line + 1);
    const T* bottom_right = pixel_or_fill<T>(band, column + 1, line + 1);
    T* pixel = target + x * band.channels;
    for (std::int64_t c = 0; c < band.channels; ++c) {
      store_rounded(blend(static_cast<float>(top_left[c]), static_cast<float>(top_right[c]),
                          static_cast<float>(bottom_left[c]), static_cast<float>(bottom_right[c]),
                          right, down),
                    pixel + c);
    }
  }
}

template <class T>
FA_INLINE void sample_interior_of(const WarpBand& band, const RowCoordinate& along_x,
                                  const RowCoordinate& along_y, Span span, T* target) {
  switch (band.channels) {
    case 1:
      return sample_interior<T, 1>(band, along_x, along_y, span, target);
    case 3:
      return sample_interior<T, 3>(band, along_x, along_y, span, target);
    case 4:
      return sample_interior<T, 4>(band, along_x, along_y, span, target);
    default:
      return sample_interior<T, 0>(band, along_x, along_y, span, target);
  }
}

// A row is fill | edge | interior | edge | fill; the fill only with a constant border.
template <class T>
void warp_bilinear(const WarpBand& band) {
  const auto width = static_cast<double>(band.source_width);
  const auto height = static_cast<double>(band.source_height);
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    const RowCoordinate along_x = source_x(band.map, y, 0.0);
    const RowCoordinate along_y = source_y(band.map, y, 0.0);
    std::byte* row = band.target + y * band.target_stride;
    Span touched{0, band.target_width};
    if (band.border == Border::kConstant) {
      touched = intersect(span_between(along_x, -1.0, width, band.target_width),
                          span_between(along_y, -1.0, height, band.target_width));
      fill_pixels(row, touched.begin, band.fill, band.pixel_bytes);
      fill_pixels(row + touched.end * band.pixel_bytes, band.target_width - touched.end, band.fill,
                  band.pixel_bytes);
    }
    Span interior = intersect(span_between(along_x, 0.0, width - 1.0, band.target_width),
                              span_between(along_y, 0.0, height - 1.0, band.target_width));
    if (is_empty(interior)) interior = {touched.begin, touched.begin};
    T* target = reinterpret_cast<T*>(row);
    sample_edge(band, along_x, along_y, Span{touched.begin, interior.begin}, target);
    sample_interior_of(band, along_x, along_y, interior, target);
    sample_edge(band, along_x, along_y, Span{interior.end, touched.end}, target);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
