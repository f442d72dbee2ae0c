// Bilinear sampling along row spans: the interior without border tests, the edges pixel by pixel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/fill.hpp"
#include "core/inline.hpp"
#include "core/prefetch.hpp"
#include "kernels/warp_fixed.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "simd/simd.hpp"

// simd.hpp says what there is: this header holds what needs a byte shuffle.
#if FA_HAS_BYTE_SHUFFLE
#include "kernels/warp_vectors.isa.hpp"
#endif

namespace fa::FA_ISA {
namespace {

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

template <class T>
FA_INLINE void mix_pixel(const Neighbours<T>& from, float right, float down, std::int64_t channels,
                         T* FA_RESTRICT pixel) {
  for (std::int64_t c = 0; c < channels; ++c) {
    store_rounded(blend(static_cast<float>(from.top_left[c]), static_cast<float>(from.top_right[c]),
                        static_cast<float>(from.bottom_left[c]),
                        static_cast<float>(from.bottom_right[c]), right, down),
                  pixel + c);
  }
}

// Vector loads of three channels read eight bytes for six, so the last column is left to the edge.
template <class T>
FA_INLINE std::int64_t spare_columns(std::int64_t channels) {
  return sizeof(T) == 1 && channels == 3 ? 1 : 0;
}

// All four pixels around every coordinate of the span, and spare_columns() more, lie in the source.
template <int kChannels, class T>
void sample_interior(const WarpBand& band, const RowCoordinate& along_x,
                     const RowCoordinate& along_y, Span span, T* FA_RESTRICT target) {
  const std::int64_t channels = kChannels > 0 ? kChannels : band.channels;
  RunPositions positions;
  for (std::int64_t x = span.begin; x < span.end; x += kRun) {
    const std::int64_t count = span.end - x < kRun ? span.end - x : kRun;
    locate_run(along_x, along_y, x, count, positions);
    T* run = target + x * channels;
    std::int64_t done = 0;
#if FA_HAS_BYTE_SHUFFLE
    if constexpr (kChannels > 0 && sizeof(T) == 1) {
      done = sample_vectors<kChannels>(band, positions, count, reinterpret_cast<std::byte*>(run));
    }
#endif
    for (; done < count; ++done) {
      mix_pixel(neighbours<T>(band, positions, done, channels), positions.right[done],
                positions.down[done], channels, run + done * channels);
    }
  }
}

template <class T>
void sample_edge(const WarpBand& band, const RowCoordinate& along_x, const RowCoordinate& along_y,
                 Span span, T* FA_RESTRICT target) {
  for (std::int64_t x = span.begin; x < span.end; ++x) {
    const double source_column = at(along_x, x);
    const double source_line = at(along_y, x);
    const std::int64_t column = floor_to_int(source_column);
    const std::int64_t line = floor_to_int(source_line);
    mix_pixel(Neighbours<T>{pixel_or_fill<T>(band, column, line),
                            pixel_or_fill<T>(band, column + 1, line),
                            pixel_or_fill<T>(band, column, line + 1),
                            pixel_or_fill<T>(band, column + 1, line + 1)},
              static_cast<float>(source_column - static_cast<double>(column)),
              static_cast<float>(source_line - static_cast<double>(line)), band.channels,
              target + x * band.channels);
  }
}

template <class T>
FA_INLINE void sample_interior_of(const WarpBand& band, const RowCoordinate& along_x,
                                  const RowCoordinate& along_y, Span span, T* target) {
  switch (band.channels) {
    case 1:
      return sample_interior<1>(band, along_x, along_y, span, target);
    case 3:
      return sample_interior<3>(band, along_x, along_y, span, target);
    case 4:
      return sample_interior<4>(band, along_x, along_y, span, target);
    default:
      return sample_interior<0>(band, along_x, along_y, span, target);
  }
}

// A rotated walk through memory waits for every line, so a small source is read in order first, if
// the rows of the target cross its rows and enough of them are wanted.
FA_INLINE void fetch_source(const WarpBand& band) {
  const std::int64_t row_bytes = band.source_width * band.pixel_bytes;
  const bool is_small = row_bytes * band.source_height <= kSmallImageBytes;
  const bool is_worth_it = (band.end - band.begin) * 4 >= band.source_height;
  if (!is_small || !is_worth_it || band.map.yx == 0.0) return;
  touch_rows(band.source, band.source_stride, band.source_height, row_bytes);
}

// A row is fill | edge | interior | edge | fill; the fill only with a constant border.
template <class T>
void warp_bilinear(const WarpBand& band) {
  const auto width = static_cast<double>(band.source_width);
  const auto height = static_cast<double>(band.source_height);
  const double last_column = width - 1.0 - static_cast<double>(spare_columns<T>(band.channels));
  FillPattern fill;
  make_pattern(fill, band.fill, band.pixel_bytes);
  fetch_source(band);
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    const RowCoordinate along_x = source_x(band.map, y, 0.0);
    const RowCoordinate along_y = source_y(band.map, y, 0.0);
    std::byte* row = band.target + y * band.target_stride;
    Span touched{0, band.target_width};
    if (band.border == Border::kConstant) {
      touched = intersect(span_between(along_x, -1.0, width, band.target_width),
                          span_between(along_y, -1.0, height, band.target_width));
      fill_pixels(row, touched.begin, fill);
      fill_pixels(row + touched.end * band.pixel_bytes, band.target_width - touched.end, fill);
    }
    Span interior = intersect(span_between(along_x, 0.0, last_column, band.target_width),
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
