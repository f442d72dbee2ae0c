// Weighted sums of bytes in whole numbers, where no weight is negative and the taps are few. Sums
// of whole numbers have no order, so every instruction set gives the same bits, and 16-bit lanes
// are twice as many as floats.
//
// Down the columns: levels times 2^7 in 16 bits, as the first tap plus weighted differences from
// it, which keeps a plain area exact. Along the row: weights of 14 bits that add up to one. The
// result is within 0.02 level for two taps and 0.1 for the most that are allowed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/resample_kernels.hpp"
#include "simd/wide.hpp"

namespace fa::FA_ISA {
namespace {

constexpr float kFromFixed = 1.0f / (kFixedLevel * kFixedOne);

// The product of a difference of levels times 2^7 with a weight of 15 bits, rounded: one
// instruction, which the compiler finds.
FA_INLINE std::int16_t weighted(std::int16_t difference, std::int16_t weight) {
  return static_cast<std::int16_t>(((difference * weight >> 14) + 1) >> 1);
}

FA_INLINE std::int16_t weight_of_15_bits(float weight) {
  const float scaled = weight * 32768.0f + 0.5f;
  return static_cast<std::int16_t>(scaled < 32767.0f ? scaled : 32767.0f);
}

// kTaps - 1 rows on top of the first, `rows[0]`; kStarts: instead of what is there.
template <int kTaps, bool kStarts>
FA_INLINE void add_fixed_rows(const std::byte* first, const std::byte* others, std::int64_t stride,
                              const float* weights, std::int64_t count,
                              std::int16_t* FA_RESTRICT sums) {
  const std::uint8_t* FA_RESTRICT base = reinterpret_cast<const std::uint8_t*>(first);
  const std::uint8_t* FA_RESTRICT row1 = reinterpret_cast<const std::uint8_t*>(others);
  const std::uint8_t* FA_RESTRICT row2 = row1 + (kTaps > 2 ? stride : 0);
  const std::uint8_t* FA_RESTRICT row3 = row1 + (kTaps > 3 ? 2 * stride : 0);
  const std::int16_t weight1 = kTaps > 1 ? weight_of_15_bits(weights[0]) : std::int16_t{0};
  const std::int16_t weight2 = kTaps > 2 ? weight_of_15_bits(weights[1]) : std::int16_t{0};
  const std::int16_t weight3 = kTaps > 3 ? weight_of_15_bits(weights[2]) : std::int16_t{0};
  for (std::int64_t i = 0; i < count; ++i) {
    const auto level = static_cast<std::int16_t>(base[i] * kFixedLevel);
    std::int16_t sum = kStarts ? level : sums[i];
    if (kTaps > 1) {
      const auto difference = static_cast<std::int16_t>(row1[i] * kFixedLevel - level);
      sum = static_cast<std::int16_t>(sum + weighted(difference, weight1));
    }
    if (kTaps > 2) {
      const auto difference = static_cast<std::int16_t>(row2[i] * kFixedLevel - level);
      sum = static_cast<std::int16_t>(sum + weighted(difference, weight2));
    }
    if (kTaps > 3) {
      const auto difference = static_cast<std::int16_t>(row3[i] * kFixedLevel - level);
      sum = static_cast<std::int16_t>(sum + weighted(difference, weight3));
    }
    sums[i] = sum;
  }
}

template <bool kStarts>
FA_INLINE void add_some_fixed_rows(const std::byte* first, const std::byte* others,
                                   std::int64_t stride, const float* weights, std::int64_t more,
                                   std::int64_t count, std::int16_t* sums) {
  switch (more) {
    case 0:
      return add_fixed_rows<1, kStarts>(first, others, stride, weights, count, sums);
    case 1:
      return add_fixed_rows<2, kStarts>(first, others, stride, weights, count, sums);
    case 2:
      return add_fixed_rows<3, kStarts>(first, others, stride, weights, count, sums);
    default:
      return add_fixed_rows<4, kStarts>(first, others, stride, weights, count, sums);
  }
}

// `count` values of output row y, still at the source's columns.
FA_INLINE void mix_fixed_rows(const ResampleBand& band, std::int64_t y, std::int64_t count,
                              std::int16_t* sums) {
  const std::int64_t stride = band.source_stride;
  const std::byte* first = band.source + band.rows.first[y] * stride;
  const float* weights = band.rows.weights + y * band.rows.stride;
  constexpr std::int64_t kMoreAtOnce = 3;
  const std::int64_t taps = band.rows.count[y];
  std::int64_t done = taps < kMoreAtOnce + 1 ? taps : kMoreAtOnce + 1;
  add_some_fixed_rows<true>(first, first + stride, stride, weights + 1, done - 1, count, sums);
  while (done < taps) {
    const std::int64_t more = taps - done < kMoreAtOnce ? taps - done : kMoreAtOnce;
    add_some_fixed_rows<false>(first, first + done * stride, stride, weights + done, more, count,
                               sums);
    done += more;
  }
}

// From a sum of whole numbers to the result. Powers of two change no bit of the product, so scaling
// here is the same as scaling the level.
struct ChannelFactors {
  float scale, bias;
};

FA_INLINE ChannelFactors factors_of(const ResampleBand& band, std::int64_t channel) {
  if (band.scale == nullptr) return {kFromFixed, 0.0f};
  return {kFromFixed * band.scale[channel], band.bias[channel]};
}

FA_INLINE std::int32_t weight_of_pair(std::int32_t pair, std::int64_t which) {
  return which == 0 ? static_cast<std::int16_t>(pair) : pair >> 16;
}

// All outputs of a row, one value at a time.
FA_INLINE void mix_fixed_values(const ResampleBand& band, const std::int16_t* row, float* target) {
  const std::int64_t channels = band.channels;
  const std::int64_t pixel_step = band.channel_stride == 0 ? channels : 1;
  const std::int64_t channel_step = band.channel_stride == 0 ? 1 : band.channel_stride;
  for (std::int64_t x = 0; x < band.width; ++x) {
    const std::int32_t* pairs = band.pairs + x * band.pair_count;
    const std::int16_t* from = row + band.columns.first[x] * channels;
    for (std::int64_t c = 0; c < channels; ++c) {
      std::int32_t sum = 0;
      for (std::int64_t k = 0; k < band.columns.even_count; ++k) {
        sum += weight_of_pair(pairs[k / 2], k % 2) * from[k * channels + c];
      }
      const ChannelFactors factors = factors_of(band, c);
      target[c * channel_step + x * pixel_step] =
          static_cast<float>(sum) * factors.scale + factors.bias;
    }
  }
}

#if FA_HAS_WIDE

struct FixedColumns {
  const std::int16_t* row;
  const std::int64_t* first;
  const std::int32_t* pairs;  // of weights
  std::int64_t channel_stride;
  ChannelFactors factors[4];
};

// Pixels x and x + 4, a half of sums of channels each.
template <int kChannels, int kPairs>
FA_INLINE I32x8 sum_of_pairs(const FixedColumns& columns, std::int64_t x) {
  const std::int16_t* low = columns.row + columns.first[x] * kChannels;
  const std::int16_t* high = columns.row + columns.first[x + 4] * kChannels;
  const std::int32_t* pairs = columns.pairs + x * kPairs;
  const std::int32_t* high_pairs = pairs + 4 * kPairs;
  I32x8 sum = dot_pairs(zip_with_later<kChannels>(load_halves(low, high)),
                        repeat_pairs(pairs[0], high_pairs[0]));
  for (int k = 1; k < kPairs; ++k) {
    const I16x16 values = load_halves(low + 2 * k * kChannels, high + 2 * k * kChannels);
    sum = add(sum,
              dot_pairs(zip_with_later<kChannels>(values), repeat_pairs(pairs[k], high_pairs[k])));
  }
  return sum;
}

// Eight pixels of three or four channels. Interleaved pixels are written in ascending order: the
// fourth float of one of three channels is the next one's first.
template <int kChannels, int kPairs, bool kIsPlanar>
FA_INLINE void mix_eight_pixels(const FixedColumns& columns, std::int64_t x, float* target) {
  I32x8 sums[4];
  for (int i = 0; i < 4; ++i) sums[i] = sum_of_pairs<kChannels, kPairs>(columns, x + i);
  if (kIsPlanar) {
    transpose_halves(sums);
    for (int c = 0; c < kChannels; ++c) {
      const ChannelFactors& factors = columns.factors[c];
      store(target + c * columns.channel_stride + x,
            scaled_to_float(sums[c], factors.scale, factors.bias));
    }
    return;
  }
  F32x8 pixels[4];
  for (int i = 0; i < 4; ++i) pixels[i] = scaled_to_float(sums[i], kFromFixed, 0.0f);
  float* to = target + x * kChannels;
  for (int i = 0; i < 4; ++i) store(to + i * kChannels, low_half(pixels[i]));
  for (int i = 0; i < 4; ++i) store(to + (4 + i) * kChannels, high_half(pixels[i]));
}

// Eight values of one channel.
template <int kPairs>
FA_INLINE void mix_eight_values(const FixedColumns& columns, std::int64_t x, float* target) {
  I32x8 sum{};
  for (int k = 0; k < kPairs; ++k) {
    std::int32_t values[8], weights[8];
    for (int i = 0; i < 8; ++i) {
      values[i] = pair_at(columns.row + columns.first[x + i] + 2 * k);
      weights[i] = columns.pairs[(x + i) * kPairs + k];
    }
    sum = add(sum, dot_pairs(gather_pairs(values), gather_pairs(weights)));
  }
  const ChannelFactors& factors = columns.factors[0];
  store(target + x, scaled_to_float(sum, factors.scale, factors.bias));
}

template <int kChannels, int kPairs, bool kIsPlanar>
void mix_fixed_pixels(const ResampleBand& band, const std::int16_t* row, float* target) {
  FixedColumns columns{row, band.columns.first, band.pairs, band.channel_stride, {}};
  for (int c = 0; c < kChannels; ++c) columns.factors[c] = factors_of(band, c);
  const std::int64_t width = band.width;
  for (std::int64_t at = 0; at < width; at += 8) {
    // The last eight may have been made in part before.
    const std::int64_t x = at + 8 <= width ? at : width - 8;
    if constexpr (kChannels == 1) {
      mix_eight_values<kPairs>(columns, x, target);
    } else {
      mix_eight_pixels<kChannels, kPairs, kIsPlanar>(columns, x, target);
    }
  }
}

template <int kChannels, int kPairs>
FA_INLINE void mix_fixed_by(const ResampleBand& band, const std::int16_t* row, float* target) {
  if (kChannels > 1 && band.channel_stride == 0) {
    return mix_fixed_pixels<kChannels, kPairs, false>(band, row, target);
  }
  mix_fixed_pixels<kChannels, kPairs, true>(band, row, target);
}

template <int kPairs>
FA_INLINE void mix_fixed_pairs(const ResampleBand& band, const std::int16_t* row, float* target) {
  switch (band.channels) {
    case 1:
      return mix_fixed_by<1, kPairs>(band, row, target);
    case 3:
      return mix_fixed_by<3, kPairs>(band, row, target);
    case 4:
      return mix_fixed_by<4, kPairs>(band, row, target);
    default:
      return mix_fixed_values(band, row, target);
  }
}

FA_INLINE void mix_fixed_columns(const ResampleBand& band, const std::int16_t* row, float* target) {
  if (band.width < 8) return mix_fixed_values(band, row, target);
  switch (band.pair_count) {
    case 1:
      return mix_fixed_pairs<1>(band, row, target);
    case 2:
      return mix_fixed_pairs<2>(band, row, target);
    case 3:
      return mix_fixed_pairs<3>(band, row, target);
    default:
      return mix_fixed_pairs<4>(band, row, target);
  }
}

#else

FA_INLINE void mix_fixed_columns(const ResampleBand& band, const std::int16_t* row, float* target) {
  mix_fixed_values(band, row, target);
}

#endif

void resample_fixed_rows(const ResampleBand& band) {
  const std::int64_t values = band.source_width * band.channels;
  auto* row = reinterpret_cast<std::int16_t*>(band.buffer);
  // What vectors read after the last pixel counts nothing.
  for (std::int64_t i = 0; i < kFixedSlack; ++i) row[values + i] = 0;
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    mix_fixed_rows(band, y, values, row);
    mix_fixed_columns(band, row, band.target + (y - band.begin) * band.row_stride);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
