// Bicubic sampling along row spans, by Keys' kernel with a = -0.75: sixteen pixels around every
// coordinate, mixed along y and then along x in float32.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_rows.isa.hpp"
#include "simd/f32x4.hpp"

namespace fa::FA_ISA {
namespace {

// Of the four pixels in a row or column; the second one, at or before the coordinate, takes what
// is left, so that a constant image stays constant.
template <class V>
struct CubicWeights {
  V before, after, beyond;
};

FA_INLINE CubicWeights<float> cubic_weights(float t) {
  const float rest = 1.0f - t;
  return {-0.75f * t * rest * rest, t * (0.75f + t * (1.5f - 1.25f * t)), -0.75f * t * t * rest};
}

// The weights of a run along one axis, computed together so that the compiler uses vectors.
struct RunCubicWeights {
  float before[kRun], after[kRun], beyond[kRun];
};

FA_INLINE void weigh_cubic_run(const std::uint32_t* fractions, std::int64_t count,
                               RunCubicWeights& weights) {
  for (std::int64_t i = 0; i < count; ++i) {
    const CubicWeights<float> w = cubic_weights(fraction_of(fractions[i]));
    weights.before[i] = w.before;
    weights.after[i] = w.after;
    weights.beyond[i] = w.beyond;
  }
}

FA_INLINE CubicWeights<float> weights_at(const RunCubicWeights& run, std::int64_t i) {
  return {run.before[i], run.after[i], run.beyond[i]};
}

FA_INLINE CubicWeights<F32x4> repeated_weights_at(const RunCubicWeights& run, std::int64_t i) {
  return {broadcast_f32x4(run.before[i]), broadcast_f32x4(run.after[i]),
          broadcast_f32x4(run.beyond[i])};
}

// The one formula of bicubic interpolation.
template <class V>
FA_INLINE V mix_four(V before, V here, V after, V beyond, const CubicWeights<V>& weights) {
  return here + weights.before * (before - here) + weights.after * (after - here) +
         weights.beyond * (beyond - here);
}

FA_INLINE float inside(float value, float top) {
  const float above = value > 0.0f ? value : 0.0f;
  return above < top ? above : top;
}

FA_INLINE void store_clamped(float value, std::uint8_t* to) {
  *to = static_cast<std::uint8_t>(static_cast<std::int32_t>(inside(value, 255.0f) + 0.5f));
}

FA_INLINE void store_clamped(float value, std::uint16_t* to) {
  *to = static_cast<std::uint16_t>(static_cast<std::int32_t>(inside(value, 65535.0f) + 0.5f));
}

FA_INLINE void store_clamped(float value, float* to) { *to = value; }

// Pixel [j][i] stands in line j and column i of the four by four.
template <class T>
struct CubicTaps {
  const T* pixels[4][4];
};

template <class T, class Value>
FA_INLINE void mix_taps(const CubicTaps<T>& taps, float right, float down, std::int64_t channels,
                        Value* FA_RESTRICT to, std::int64_t step) {
  const CubicWeights<float> along_x = cubic_weights(right), along_y = cubic_weights(down);
  for (std::int64_t c = 0; c < channels; ++c) {
    float columns[4];
    for (int i = 0; i < 4; ++i) {
      columns[i] = mix_four(static_cast<float>(taps.pixels[0][i][c]),
                            static_cast<float>(taps.pixels[1][i][c]),
                            static_cast<float>(taps.pixels[2][i][c]),
                            static_cast<float>(taps.pixels[3][i][c]), along_y);
    }
    store_clamped(mix_four(columns[0], columns[1], columns[2], columns[3], along_x), to + c * step);
  }
}

// Four values side by side in each of four lines, mixed along y. `first` is in the first line.
template <class T>
FA_INLINE F32x4 mix_lines(const std::byte* first, std::int64_t stride,
                          const CubicWeights<F32x4>& along_y) {
  return mix_four(load_as_f32x4(reinterpret_cast<const T*>(first)),
                  load_as_f32x4(reinterpret_cast<const T*>(first + stride)),
                  load_as_f32x4(reinterpret_cast<const T*>(first + 2 * stride)),
                  load_as_f32x4(reinterpret_cast<const T*>(first + 3 * stride)), along_y);
}

// Stores the values of pixel i of a run, of one, three or four channels, and more up to four.
// `first` is the upper left one of its sixteen.
template <int kChannels, class T>
FA_INLINE void mix_vectors(const std::byte* first, std::int64_t stride,
                           const RunCubicWeights& run_x, const RunCubicWeights& run_y,
                           std::int64_t i, float* FA_RESTRICT to) {
  constexpr std::int64_t kBytes = kChannels * std::int64_t{sizeof(T)};
  const CubicWeights<F32x4> along_y = repeated_weights_at(run_y, i);
  const F32x4 left = mix_lines<T>(first, stride, along_y);
  if constexpr (kChannels == 1) {
    float columns[4];
    store(columns, left);
    *to = mix_four(columns[0], columns[1], columns[2], columns[3], weights_at(run_x, i));
  } else {
    store(to, mix_four(left, mix_lines<T>(first + kBytes, stride, along_y),
                       mix_lines<T>(first + 2 * kBytes, stride, along_y),
                       mix_lines<T>(first + 3 * kBytes, stride, along_y),
                       repeated_weights_at(run_x, i)));
  }
}

template <int kChannels, class T>
FA_INLINE void store_run(const float* FA_RESTRICT values, std::int64_t count, PixelRow<T> row,
                         std::int64_t x) {
  T* FA_RESTRICT to = row.template pixel<kChannels>(x, kChannels);
  for (std::int64_t i = 0; i < count * kChannels; ++i) store_clamped(values[i], to + i);
}

template <int kChannels>
FA_INLINE void store_run(const float* FA_RESTRICT values, std::int64_t count, ValueRow row,
                         std::int64_t x) {
  for (int c = 0; c < kChannels; ++c) {
    float* FA_RESTRICT to = row.first + c * row.channel_step + x;
    for (std::int64_t i = 0; i < count; ++i) to[i] = values[i * kChannels + c];
  }
}

template <int kChannels, class T, class Row>
FA_INLINE void sample_run(const WarpBand& band, const RunCells& cells, std::int64_t count, Row row,
                          std::int64_t x) {
  constexpr std::int64_t kBytes = kChannels * std::int64_t{sizeof(T)};
  float values[kRun * kChannels + 3];
  RunCubicWeights along_x, along_y;
  weigh_cubic_run(cells.right, count, along_x);
  weigh_cubic_run(cells.down, count, along_y);
  for (std::int64_t i = 0; i < count; ++i) {
    mix_vectors<kChannels, T>(pixel_of(band, cells, i, kBytes) - band.source_stride - kBytes,
                              band.source_stride, along_x, along_y, i, values + i * kChannels);
  }
  store_run<kChannels>(values, count, row, x);
}

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

template <int kChannels, class T, class Row>
FA_NOINLINE void bicubic_interior(const WarpBand& band, const BandWalk& walk, Stretch stretch,
                                  Row) {
  RunCells cells;
  for (; stretch.rows > 0; go_to_next_row(band.map, walk, stretch)) {
    const Row row = row_of(band, stretch.y, Row{});
    for (std::int64_t x = stretch.span.begin; x < stretch.span.end; x += kRun) {
      const std::int64_t count = locate_run(stretch, walk.limits, x, cells);
      if constexpr (kChannels > 0) {
        sample_run<kChannels, T>(band, cells, count, row, x);
      } else {
        sample_run_of_any<T>(band, cells, count, row, x);
      }
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

  // Vector loads read a fourth of three channels, so the last column is left to the edge.
  static FA_INLINE std::int64_t spare_columns(const WarpBand& band) {
    return band.channels == 3 ? 1 : 0;
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

  FA_INLINE void sample_interior(const WarpBand& band, const Stretch& stretch) const {
    switch (known_channels(band, row_of(band, stretch.y, Row{}))) {
      case 1:
        return bicubic_interior<1, T>(band, walk, stretch, Row{});
      case 3:
        return bicubic_interior<3, T>(band, walk, stretch, Row{});
      case 4:
        return bicubic_interior<4, T>(band, walk, stretch, Row{});
      default:
        return bicubic_interior<0, T>(band, walk, stretch, Row{});
    }
  }
};

}  // namespace
}  // namespace fa::FA_ISA
