// Bicubic sampling along row spans: sixteen pixels around every coordinate. uint8 is mixed along x
// in whole numbers and then along y in float32, all else along y and then along x in float32.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_cubic.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_rows.isa.hpp"
#include "simd/simd.hpp"

#if FA_HAS_BYTE_SHUFFLE
#include "kernels/warp_cubic_eight.isa.hpp"
#else
#include "kernels/warp_cubic_run.isa.hpp"
#endif

namespace fa::FA_ISA {
namespace {

// Any number of channels.
template <class T, class Row>
FA_INLINE void sample_run_of_any(const WarpBand& band, const RunCells& cells, std::int64_t count,
                                 Row row, std::int64_t x) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::byte* middle = pixel_of(band, cells, i, band.pixel_bytes);
    CubicTaps<T> taps;
    for (int k = 0; k < 16; ++k) {
      taps.pixels[k / 4][k % 4] = reinterpret_cast<const T*>(
          middle + (k / 4 - 1) * band.source_stride + (k % 4 - 1) * band.pixel_bytes);
    }
    mix_taps(taps, fraction_of(cells.right[i]), fraction_of(cells.down[i]), band.channels,
             row.template pixel<0>(x + i, band.channels), row.channel_step);
  }
}

// In runs: any number of channels (0), or one known before.
template <int kChannels, class T, class Row>
FA_NOINLINE void mix_cubic_runs(const WarpBand& band, const BandWalk& walk, Stretch stretch, Row) {
  RunCells cells;
  for (; stretch.rows > 0; go_to_next_row(band.map, walk, stretch)) {
    const Row row = row_of(band, stretch.y, Row{});
    for (std::int64_t x = stretch.span.begin; x < stretch.span.end; x += kRun) {
      const std::int64_t count = locate_run(stretch, walk.limits, x, cells);
#if !FA_HAS_BYTE_SHUFFLE
      if constexpr (kChannels > 0) {
        sample_run<kChannels, T>(band, cells, count, row, x);
        continue;
      }
#endif
      sample_run_of_any<T>(band, cells, count, row, x);
    }
  }
}

// T is the dtype of the source.
template <class T, class TargetRow>
struct Bicubic : BandSampler {
  using BandSampler::BandSampler;
  using Pixel = T;
  using Row = TargetRow;
  static constexpr double kShift = 0.0;
  static constexpr std::int64_t kBefore = 1, kAfter = 2;

  // Vector loads read sixteen bytes for one line of a pixel's sixteen, or for a half of it.
  static FA_INLINE std::int64_t spare_columns(const WarpBand& band) {
    return band.channels == 3 ? 2 : sizeof(T) == 2 && band.channels == 1 ? 4 : 0;
  }
  static FA_INLINE bool wants_twins(const WarpBand&) { return false; }
  static FA_INLINE bool keeps_fill(const WarpBand& band) {
    return sizeof(T) < sizeof(float) || is_plain(band.fill, band.channels);
  }

  static FA_NOINLINE void sample_edge(const WarpBand& band, const SourceRow& source, Span span,
                                      Row row) {
    for (std::int64_t x = span.begin; x < span.end; ++x) {
      const Cell cell = cell_at(source, x);
      CubicTaps<T> taps;
      for (int k = 0; k < 16; ++k) {
        taps.pixels[k / 4][k % 4] =
            pixel_or_fill<T>(band, cell.column + k % 4 - 1, cell.line + k / 4 - 1);
      }
      mix_taps(taps, fraction_of(cell.right), fraction_of(cell.down), band.channels,
               row.template pixel<0>(x, band.channels), row.channel_step);
    }
  }

  template <int kChannels>
  FA_NOINLINE void sample_known(const WarpBand& band, const Stretch& stretch) const {
#if FA_HAS_BYTE_SHUFFLE
    using Block = typename CubicBlockOf<kChannels, T>::Type;
    sample_eights<kChannels, Block>(band, walk, steps, stretch, Row{});
#else
    mix_cubic_runs<kChannels, T>(band, walk, stretch, Row{});
#endif
  }

  FA_INLINE void sample_interior(const WarpBand& band, const Stretch& stretch) const {
    switch (in_eights ? known_channels(band, row_of(band, stretch.y, Row{})) : 0) {
      case 1:
        return sample_known<1>(band, stretch);
      case 3:
        return sample_known<3>(band, stretch);
      case 4:
        return sample_known<4>(band, stretch);
      default:
        return mix_cubic_runs<0, T>(band, walk, stretch, Row{});
    }
  }
};

}  // namespace
}  // namespace fa::FA_ISA
