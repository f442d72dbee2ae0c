// Nearest sampling along row spans, and with it every map that moves whole pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_rows.isa.hpp"

namespace fa::FA_ISA {
namespace {

// Moves the floor to the nearest pixel.
constexpr double kNearestShift = 0.5;

// kSize is what is known of a pixel before run time, or 0: its bytes, or its number of values.
template <int kSize>
FA_INLINE void copy_pixel(const std::byte* from, std::int64_t size, PixelRow<std::byte> row,
                          std::int64_t x) {
  std::memcpy(row.pixel<kSize>(x, size), from, static_cast<std::size_t>(kSize > 0 ? kSize : size));
}

template <int kSize, class T>
FA_INLINE void copy_pixel(const T* from, std::int64_t size, ValueRow row, std::int64_t x) {
  float* FA_RESTRICT to = row.pixel<kSize>(x, size);
  for (std::int64_t c = 0; c < (kSize > 0 ? kSize : size); ++c) {
    to[c * row.channel_step] = static_cast<float>(from[c]);
  }
}

template <int kSize, class T, class Row>
void nearest_interior(const WarpBand& band, const RowPoints& points, const Area& area, Span span,
                      std::int64_t size, Row row) {
  const std::int64_t pixel_bytes = (kSize > 0 ? kSize : size) * std::int64_t{sizeof(T)};
  RunPositions positions;
  for (std::int64_t x = span.begin; x < span.end; x += kRun) {
    const std::int64_t count = span.end - x < kRun ? span.end - x : kRun;
    locate_run(points, kNearestShift, area, x, count, positions);
    for (std::int64_t i = 0; i < count; ++i) {
      copy_pixel<kSize>(reinterpret_cast<const T*>(pixel_of(band, positions, i, pixel_bytes)), size,
                        row, x + i);
    }
  }
}

// A row that runs along a source row pixel by pixel, to the right (1) or to the left (-1).
FA_INLINE bool runs_along(const RowPoints& points, double direction) {
  return !points.is_projective && points.x.slope == direction && points.y.slope == 0.0;
}

template <class T>
FA_INLINE const T* source_pixel(const WarpBand& band, const RowPoints& points, std::int64_t x) {
  const auto column = static_cast<std::int64_t>(at(points.x, x));
  const auto line = static_cast<std::int64_t>(at(points.y, x));
  return reinterpret_cast<const T*>(band.source + line * band.source_stride +
                                    column * band.pixel_bytes);
}

template <class T>
FA_INLINE void convert_one(const T* FA_RESTRICT from, float* FA_RESTRICT to, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

template <class T>
FA_INLINE void convert_three(const T* FA_RESTRICT from, float* FA_RESTRICT red,
                             float* FA_RESTRICT green, float* FA_RESTRICT blue,
                             std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    red[i] = static_cast<float>(from[3 * i]);
    green[i] = static_cast<float>(from[3 * i + 1]);
    blue[i] = static_cast<float>(from[3 * i + 2]);
  }
}

// The values from the last down to the first.
template <class T>
FA_INLINE void convert_backwards(const T* FA_RESTRICT from, float* FA_RESTRICT to,
                                 std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[count - 1 - i]);
}

template <class T>
FA_INLINE void convert_three_backwards(const T* from, ValueRow row, std::int64_t x,
                                       std::int64_t count) {
  float values[3][kRun];
  for (std::int64_t left = count; left > 0; left -= kRun) {
    const std::int64_t n = left < kRun ? left : kRun;
    convert_three(from + 3 * (count - left), values[0], values[1], values[2], n);
    for (std::int64_t c = 0; c < 3; ++c) {
      convert_backwards(values[c], row.first + c * row.channel_step + x + left - n, n);
    }
  }
}

// The pixels of a span whose points run along a source row, backwards if kStep is -1.
template <int kStep, class T>
void convert_along(const WarpBand& band, const RowPoints& points, Span span, ValueRow row) {
  const std::int64_t count = span.end - span.begin, channels = band.channels;
  const T* from = source_pixel<T>(band, points, kStep > 0 ? span.begin : span.end - 1);
  const std::int64_t known = known_channels(band, row);
  float* first = row.first + span.begin;
  if (known == 1 && kStep > 0) {
    convert_one(from, first, count);
  } else if (known == 1) {
    convert_backwards(from, first, count);
  } else if (known == 3 && kStep > 0) {
    convert_three(from, first, first + row.channel_step, first + 2 * row.channel_step, count);
  } else if (known == 3) {
    convert_three_backwards(from, row, span.begin, count);
  } else {
    const std::int64_t x = kStep > 0 ? span.begin : span.end - 1;
    for (std::int64_t i = 0; i < count; ++i) {
      copy_pixel<0>(from + i * channels, channels, row, x + kStep * i);
    }
  }
}

struct NearestBase {
  static constexpr double kShift = kNearestShift;

  static FA_INLINE Area interior(const WarpBand& band) {
    return {0.0, static_cast<double>(band.source_width), 0.0,
            static_cast<double>(band.source_height)};
  }
  static FA_INLINE Area touched(const WarpBand& band) { return interior(band); }
};

// Pixels of any dtype, as bytes.
struct NearestPixels : NearestBase {
  using Pixel = std::byte;
  using Row = PixelRow<std::byte>;

  static void sample_edge(const WarpBand& band, const RowPoints& points, Span span, Row row) {
    for (std::int64_t x = span.begin; x < span.end; ++x) {
      const Cell cell = cell_at(points, x);
      copy_pixel<0>(pixel_or_fill<std::byte>(band, cell.column, cell.line), band.pixel_bytes, row,
                    x);
    }
  }

  static FA_INLINE void sample_interior(const WarpBand& band, const RowPoints& points,
                                        const Area& area, Span span, Row row) {
    if (is_empty(span)) return;
    const std::int64_t bytes = band.pixel_bytes;
    if (runs_along(points, 1.0)) {
      std::memcpy(row.first + span.begin * bytes, source_pixel<std::byte>(band, points, span.begin),
                  static_cast<std::size_t>((span.end - span.begin) * bytes));
      return;
    }
    switch (bytes) {
      case 1:
        return nearest_interior<1, std::byte>(band, points, area, span, bytes, row);
      case 2:
        return nearest_interior<2, std::byte>(band, points, area, span, bytes, row);
      case 3:
        return nearest_interior<3, std::byte>(band, points, area, span, bytes, row);
      case 4:
        return nearest_interior<4, std::byte>(band, points, area, span, bytes, row);
      case 12:
        return nearest_interior<12, std::byte>(band, points, area, span, bytes, row);
      default:
        return nearest_interior<0, std::byte>(band, points, area, span, bytes, row);
    }
  }
};

template <class T>
struct NearestValues : NearestBase {
  using Pixel = T;
  using Row = ValueRow;

  static void sample_edge(const WarpBand& band, const RowPoints& points, Span span, Row row) {
    for (std::int64_t x = span.begin; x < span.end; ++x) {
      const Cell cell = cell_at(points, x);
      copy_pixel<0>(pixel_or_fill<T>(band, cell.column, cell.line), band.channels, row, x);
    }
  }

  static FA_INLINE void sample_interior(const WarpBand& band, const RowPoints& points,
                                        const Area& area, Span span, Row row) {
    if (is_empty(span)) return;
    if (runs_along(points, 1.0)) return convert_along<1, T>(band, points, span, row);
    if (runs_along(points, -1.0)) return convert_along<-1, T>(band, points, span, row);
    switch (known_channels(band, row)) {
      case 1:
        return nearest_interior<1, T>(band, points, area, span, 1, row);
      case 3:
        return nearest_interior<3, T>(band, points, area, span, 3, row);
      default:
        return nearest_interior<0, T>(band, points, area, span, band.channels, row);
    }
  }
};

}  // namespace
}  // namespace fa::FA_ISA
