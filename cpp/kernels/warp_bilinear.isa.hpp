// Bilinear sampling along row spans: the interior without border tests, the edges pixel by pixel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_fixed.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_rows.isa.hpp"
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

// The four pixels around a coordinate: `channels` values each.
template <class T>
struct Neighbours {
  const T* top_left;
  const T* top_right;
  const T* bottom_left;
  const T* bottom_right;
};

template <class T, class Value>
FA_INLINE void mix_pixel(const Neighbours<T>& from, float right, float down, std::int64_t channels,
                         Value* FA_RESTRICT to, std::int64_t step) {
  for (std::int64_t c = 0; c < channels; ++c) {
    store_rounded(blend(static_cast<float>(from.top_left[c]), static_cast<float>(from.top_right[c]),
                        static_cast<float>(from.bottom_left[c]),
                        static_cast<float>(from.bottom_right[c]), right, down),
                  to + c * step);
  }
}

template <class Value>
FA_INLINE void mix_pixel(const Neighbours<std::uint8_t>& from, float right, float down,
                         std::int64_t channels, Value* FA_RESTRICT to, std::int64_t step) {
  const FixedWeights weights = fixed_weights(right, down);
  for (std::int64_t c = 0; c < channels; ++c) {
    store_sum(from.top_left[c] * weights.top_left + from.top_right[c] * weights.top_right +
                  from.bottom_left[c] * weights.bottom_left +
                  from.bottom_right[c] * weights.bottom_right,
              to + c * step);
  }
}

template <int kChannels, class T, class Row>
void bilinear_interior(const WarpBand& band, const RowPoints& points, const Area& area, Span span,
                       Row row) {
  const std::int64_t channels = kChannels > 0 ? kChannels : band.channels;
  RunPositions positions;
  for (std::int64_t x = span.begin; x < span.end; x += kRun) {
    const std::int64_t count = span.end - x < kRun ? span.end - x : kRun;
    locate_run(points, 0.0, area, x, count, positions);
    std::int64_t done = 0;
#if FA_HAS_BYTE_SHUFFLE
    if constexpr (kChannels > 0 && sizeof(T) == 1) {
      done = sample_vectors<kChannels>(band, positions, count, row, x);
    }
#endif
    for (; done < count; ++done) {
      const std::byte* top = pixel_of(band, positions, done, channels * std::int64_t{sizeof(T)});
      const T* upper = reinterpret_cast<const T*>(top);
      const T* lower = reinterpret_cast<const T*>(top + band.source_stride);
      mix_pixel(Neighbours<T>{upper, upper + channels, lower, lower + channels},
                positions.right[done], positions.down[done], channels,
                row.template pixel<kChannels>(x + done, channels), row.channel_step);
    }
  }
}

// T is the dtype of the source.
template <class T, class TargetRow>
struct Bilinear {
  using Pixel = T;
  using Row = TargetRow;
  static constexpr double kShift = 0.0;

  static FA_INLINE Area touched(const WarpBand& band) {
    return {-1.0, static_cast<double>(band.source_width), -1.0,
            static_cast<double>(band.source_height)};
  }

  // Vector loads of three channels read eight bytes for six, so the last column is left to the
  // edge.
  static FA_INLINE Area interior(const WarpBand& band) {
    const std::int64_t spare_columns = sizeof(T) == 1 && band.channels == 3 ? 1 : 0;
    return {0.0, static_cast<double>(band.source_width - 1 - spare_columns), 0.0,
            static_cast<double>(band.source_height - 1)};
  }

  static void sample_edge(const WarpBand& band, const RowPoints& points, Span span, Row row) {
    for (std::int64_t x = span.begin; x < span.end; ++x) {
      const Cell cell = cell_at(points, x);
      mix_pixel(Neighbours<T>{pixel_or_fill<T>(band, cell.column, cell.line),
                              pixel_or_fill<T>(band, cell.column + 1, cell.line),
                              pixel_or_fill<T>(band, cell.column, cell.line + 1),
                              pixel_or_fill<T>(band, cell.column + 1, cell.line + 1)},
                cell.right, cell.down, band.channels, row.template pixel<0>(x, band.channels),
                row.channel_step);
    }
  }

  static FA_INLINE void sample_interior(const WarpBand& band, const RowPoints& points,
                                        const Area& area, Span span, Row row) {
    switch (known_channels(band, row)) {
      case 1:
        return bilinear_interior<1, T>(band, points, area, span, row);
      case 3:
        return bilinear_interior<3, T>(band, points, area, span, row);
      case 4:
        return bilinear_interior<4, T>(band, points, area, span, row);
      default:
        return bilinear_interior<0, T>(band, points, area, span, row);
    }
  }
};

}  // namespace
}  // namespace fa::FA_ISA
