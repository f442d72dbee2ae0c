// Weighted sums along a row of floats. Pixels of three and four channels are one vector each.
#pragma once

#include <cstdint>

#include "core/inline.hpp"
#include "kernels/resample_kernels.hpp"
#include "simd/f32x4.hpp"

namespace fa::FA_ISA {
namespace {

// Taps are added up in runs of this many, and the runs in turn: a long sum loses less that way. The
// order is the same in every variant.
constexpr std::int64_t kRun = 8;

template <int kChannels>
FA_INLINE F32x4 sum_run(const float* from, const float* weights, std::int64_t count) {
  F32x4 sum = broadcast_f32x4(weights[0]) * load_f32x4(from);
  for (std::int64_t k = 1; k < count; ++k) {
    sum = sum + broadcast_f32x4(weights[k]) * load_f32x4(from + k * kChannels);
  }
  return sum;
}

// kTaps > 0: that many for every output, at most a run.
template <int kChannels, int kTaps>
FA_INLINE F32x4 sum_pixels(const float* from, const float* weights, std::int64_t count) {
  static_assert(kTaps <= kRun);
  if (kTaps > 0) return sum_run<kChannels>(from, weights, kTaps);
  F32x4 sum = sum_run<kChannels>(from, weights, count < kRun ? count : kRun);
  for (std::int64_t k = kRun; k < count; k += kRun) {
    const std::int64_t run = count - k < kRun ? count - k : kRun;
    sum = sum + sum_run<kChannels>(from + k * kChannels, weights + k, run);
  }
  return sum;
}

// The same for one channel of `step` in each pixel.
FA_INLINE float sum_values(const float* from, std::int64_t step, const float* weights,
                           std::int64_t count) {
  float sum = 0.0f;
  for (std::int64_t k = 0; k < count; k += kRun) {
    const std::int64_t end = count - k < kRun ? count : k + kRun;
    float run = weights[k] * from[k * step];
    for (std::int64_t i = k + 1; i < end; ++i) run += weights[i] * from[i * step];
    // Not 0 + run, which would lose the sign of a zero.
    sum = k == 0 ? run : sum + run;
  }
  return sum;
}

// Three or four channels. With three, the fourth lane is the next pixel's and is written over. The
// taps are copied: for all the compiler knows, a write to the target could change the band.
template <int kChannels, int kTaps, bool kIsPlanar>
void mix_vector_columns(const ResampleBand& band, const float* source, float* target) {
  const AxisTaps taps = band.columns;
  const std::int64_t width = band.width;
  const std::int64_t channel_stride = band.channel_stride;
  for (std::int64_t x = 0; x < width; ++x) {
    const F32x4 pixel = sum_pixels<kChannels, kTaps>(source + taps.first[x] * kChannels,
                                                     taps.weights + x * taps.stride, taps.count[x]);
    if (!kIsPlanar) {
      store(target + x * kChannels, pixel);
    } else {
      float values[4];
      store(values, pixel);
      for (int c = 0; c < kChannels; ++c) target[c * channel_stride + x] = values[c];
    }
  }
}

template <int kChannels, int kTaps>
FA_INLINE void mix_vectors(const ResampleBand& band, const float* source, float* target) {
  if (band.channel_stride == 0) {
    return mix_vector_columns<kChannels, kTaps, false>(band, source, target);
  }
  mix_vector_columns<kChannels, kTaps, true>(band, source, target);
}

// One channel, or (0) any number.
template <int kChannels, int kTaps>
void mix_scalars(const ResampleBand& band, const float* source, float* target) {
  const AxisTaps columns = band.columns;
  const std::int64_t width = band.width;
  const std::int64_t channels = kChannels > 0 ? kChannels : band.channels;
  const std::int64_t pixel_step = band.channel_stride == 0 ? channels : 1;
  const std::int64_t channel_step = band.channel_stride == 0 ? 1 : band.channel_stride;
  for (std::int64_t x = 0; x < width; ++x) {
    const float* weights = columns.weights + x * columns.stride;
    const std::int64_t taps = kTaps > 0 ? kTaps : columns.count[x];
    for (std::int64_t c = 0; c < channels; ++c) {
      const float* from = source + columns.first[x] * channels + c;
      target[c * channel_step + x * pixel_step] = sum_values(from, channels, weights, taps);
    }
  }
}

// Four rows of one channel, given as vectors of the four values of a column.
template <int kTaps>
FA_INLINE void mix_four_rows_by(const ResampleBand& band, const float* columns, float* target) {
  const AxisTaps taps = band.columns;
  const std::int64_t width = band.width;
  const std::int64_t row_stride = band.row_stride;
  for (std::int64_t x = 0; x < width; x += 4) {
    F32x4 pixels[4];
    const std::int64_t count = width - x < 4 ? width - x : 4;
    for (std::int64_t i = 0; i < 4; ++i) {
      // After the last column, that one again: what it writes is slack.
      const std::int64_t at = x + (i < count ? i : count - 1);
      pixels[i] = sum_pixels<4, kTaps>(columns + taps.first[at] * 4,
                                       taps.weights + at * taps.stride, taps.count[at]);
    }
    transpose(pixels);
    for (std::int64_t i = 0; i < 4; ++i) store(target + i * row_stride + x, pixels[i]);
  }
}

FA_INLINE void mix_four_rows(const ResampleBand& band, const float* columns, float* target) {
  switch (band.columns.even_count) {
    case 2:
      return mix_four_rows_by<2>(band, columns, target);
    case 3:
      return mix_four_rows_by<3>(band, columns, target);
    case 4:
      return mix_four_rows_by<4>(band, columns, target);
    case 5:
      return mix_four_rows_by<5>(band, columns, target);
    default:
      return mix_four_rows_by<0>(band, columns, target);
  }
}

// Four rows of `count` floats, `stride` apart, to vectors of the four values of a column.
FA_INLINE void gather_columns(const float* rows, std::int64_t stride, std::int64_t count,
                              float* FA_RESTRICT columns) {
  for (std::int64_t x = 0; x < count; x += 4) {
    F32x4 values[4];
    for (std::int64_t i = 0; i < 4; ++i) values[i] = load_f32x4(rows + i * stride + x);
    transpose(values);
    for (std::int64_t i = 0; i < 4; ++i) store(columns + (x + i) * 4, values[i]);
  }
}

template <int kTaps>
FA_INLINE void mix_columns_by(const ResampleBand& band, const float* source, float* target) {
  switch (band.channels) {
    case 1:
      return mix_scalars<1, kTaps>(band, source, target);
    case 3:
      return mix_vectors<3, kTaps>(band, source, target);
    case 4:
      return mix_vectors<4, kTaps>(band, source, target);
    default:
      return mix_scalars<0, kTaps>(band, source, target);
  }
}

FA_INLINE void mix_columns(const ResampleBand& band, const float* source, float* target) {
  switch (band.columns.even_count) {
    case 1:
      return mix_columns_by<1>(band, source, target);
    case 2:
      return mix_columns_by<2>(band, source, target);
    case 3:
      return mix_columns_by<3>(band, source, target);
    case 4:
      return mix_columns_by<4>(band, source, target);
    case 5:
      return mix_columns_by<5>(band, source, target);
    case 6:
      return mix_columns_by<6>(band, source, target);
    default:
      return mix_columns_by<0>(band, source, target);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
