// Bilinear sampling along row spans: the interior without border tests, the edges pixel by pixel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_blend.isa.hpp"
#include "kernels/warp_fixed.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_rows.isa.hpp"
#include "simd/simd.hpp"

// simd.hpp says what there is: these headers hold what needs a byte shuffle.
#if FA_HAS_BYTE_SHUFFLE
#include "kernels/warp_floats.isa.hpp"
#include "kernels/warp_vectors.isa.hpp"
#endif

namespace fa::FA_ISA {
namespace {

FA_INLINE void store_rounded(float value, std::uint16_t* to) {
  *to = static_cast<std::uint16_t>(static_cast<std::int32_t>(value + 0.5f));
}

FA_INLINE void store_rounded(float value, float* to) { *to = value; }

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
FA_INLINE void mix_pixel(const Neighbours<std::uint8_t>& from, std::uint32_t right,
                         std::uint32_t down, std::int64_t channels, Value* FA_RESTRICT to,
                         std::int64_t step) {
  const FixedWeights weights = fixed_weights(right, down);
  for (std::int64_t c = 0; c < channels; ++c) {
    store_sum(from.top_left[c] * weights.top_left + from.top_right[c] * weights.top_right +
                  from.bottom_left[c] * weights.bottom_left +
                  from.bottom_right[c] * weights.bottom_right,
              to + c * step);
  }
}

// Fractions as mix_pixel() takes them.
template <class T>
FA_INLINE float mixed_fraction(std::uint32_t bits, const T*) {
  return fraction_of(bits);
}

FA_INLINE std::uint32_t mixed_fraction(std::uint32_t bits, const std::uint8_t*) { return bits; }

// In plain loops: any number of channels (0), or one known before.
template <int kChannels, class T, class Row>
FA_NOINLINE void mix_pixels(const WarpBand& band, const BandWalk& walk, Stretch stretch, Row) {
  const std::int64_t channels = kChannels > 0 ? kChannels : band.channels;
  constexpr const T* kType = nullptr;
  decltype(mixed_fraction(0, kType)) right[kRun], down[kRun];
  RunCells cells;
  for (; stretch.rows > 0; go_to_next_row(band.map, walk, stretch)) {
    const Row row = row_of(band, stretch.y, Row{});
    for (std::int64_t x = stretch.span.begin; x < stretch.span.end; x += kRun) {
      const std::int64_t count = locate_run(stretch, walk.limits, x, cells);
      for (std::int64_t i = 0; i < count; ++i) {
        right[i] = mixed_fraction(cells.right[i], kType);
        down[i] = mixed_fraction(cells.down[i], kType);
      }
      for (std::int64_t i = 0; i < count; ++i) {
        const std::byte* top = pixel_of(band, cells, i, channels * std::int64_t{sizeof(T)});
        const T* upper = reinterpret_cast<const T*>(top);
        const T* lower = reinterpret_cast<const T*>(top + band.source_stride);
        mix_pixel(Neighbours<T>{upper, upper + channels, lower, lower + channels}, right[i],
                  down[i], channels, row.template pixel<kChannels>(x + i, channels),
                  row.channel_step);
      }
    }
  }
}

// T is the dtype of the source.
template <class T, class TargetRow>
struct Bilinear : BandSampler {
  using BandSampler::BandSampler;
  using Pixel = T;
  using Row = TargetRow;
  static constexpr double kShift = 0.0;
  static constexpr std::int64_t kBefore = 0, kAfter = 1;

  // Vector loads of three channels read a pixel and a part of the next one, so the last column is
  // left to the edge.
  static FA_INLINE std::int64_t spare_columns(const WarpBand& band) {
    return band.channels == 3 ? 1 : 0;
  }

  static FA_INLINE bool wants_twins(const WarpBand& band) {
    return FA_HAS_BYTE_SHUFFLE != 0 && band.pixel_bytes == 1;
  }

  // Of a NaN or an infinity nothing would be left, and -0 would become 0.
  static FA_INLINE bool keeps_fill(const WarpBand& band) {
    return sizeof(T) < sizeof(float) || is_plain(band.fill, band.channels);
  }

  static FA_NOINLINE void sample_edge(const WarpBand& band, const SourceRow& source, Span span,
                                      Row row) {
    constexpr const T* kType = nullptr;
    for (std::int64_t x = span.begin; x < span.end; ++x) {
      const Cell cell = cell_at(source, x);
      mix_pixel(Neighbours<T>{pixel_or_fill<T>(band, cell.column, cell.line),
                              pixel_or_fill<T>(band, cell.column + 1, cell.line),
                              pixel_or_fill<T>(band, cell.column, cell.line + 1),
                              pixel_or_fill<T>(band, cell.column + 1, cell.line + 1)},
                mixed_fraction(cell.right, kType), mixed_fraction(cell.down, kType), band.channels,
                row.template pixel<0>(x, band.channels), row.channel_step);
    }
  }

#if FA_HAS_BYTE_SHUFFLE
  template <int kChannels, class Block>
  FA_INLINE void sample_as(const WarpBand& band, const Stretch& stretch) const {
    sample_eights<kChannels, Block>(band, walk, steps, stretch, Row{});
  }

  template <int kChannels>
  FA_NOINLINE void sample_known(const WarpBand& band, const Stretch& stretch) const {
    if constexpr (sizeof(T) > 1 && kChannels == 1) {
      sample_as<1, FloatGrayBlock<T>>(band, stretch);
    } else if constexpr (sizeof(T) > 1) {
      sample_as<kChannels, FloatColorBlock<kChannels, T>>(band, stretch);
    } else if constexpr (kChannels > 1) {
      sample_as<kChannels, ColorBlock<kChannels>>(band, stretch);
    } else if (band.scratch != nullptr) {
      sample_as<1, TwinBlock>(band, stretch);
    } else {
      sample_as<1, GrayBlock>(band, stretch);
    }
  }
#else
  template <int kChannels>
  FA_INLINE void sample_known(const WarpBand& band, const Stretch& stretch) const {
    mix_pixels<kChannels, T>(band, walk, stretch, Row{});
  }
#endif

  FA_INLINE void sample_interior(const WarpBand& band, const Stretch& stretch) const {
    switch (in_eights ? known_channels(band, row_of(band, stretch.y, Row{})) : 0) {
      case 1:
        return sample_known<1>(band, stretch);
      case 3:
        return sample_known<3>(band, stretch);
      case 4:
        return sample_known<4>(band, stretch);
      default:
        return mix_pixels<0, T>(band, walk, stretch, Row{});
    }
  }
};

}  // namespace
}  // namespace fa::FA_ISA
