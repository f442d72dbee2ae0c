// Bilinear sampling of uint8 with vectors: four pixels at a time, for one, three and four channels.
// Included only where byte shuffles are cheap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "kernels/warp_fixed.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_target.isa.hpp"
#include "simd/f32x4.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

// The two upper and the two lower weights of each pixel, as pairs of 16-bit numbers.
struct RunWeights {
  std::int32_t top[kRun], bottom[kRun];
};

FA_INLINE void weigh_run(const RunPositions& positions, std::int64_t count, RunWeights& weights) {
  for (std::int64_t i = 0; i < count; ++i) {
    const FixedWeights w = fixed_weights(positions.right[i], positions.down[i]);
    weights.top[i] = (w.top_left & 0xffff) | (w.top_right << 16);
    weights.bottom[i] = (w.bottom_left & 0xffff) | (w.bottom_right << 16);
  }
}

template <int kChannels>
FA_INLINE U8x16 pairing_order() {
  // Each channel of the left pixel next to the same channel of the right one, as 16-bit numbers.
  std::uint8_t order[16];
  for (int c = 0; c < 4; ++c) {
    const bool used = c < kChannels;
    order[4 * c] = used ? static_cast<std::uint8_t>(c) : kZeroByte;
    order[4 * c + 1] = kZeroByte;
    order[4 * c + 2] = used ? static_cast<std::uint8_t>(c + kChannels) : kZeroByte;
    order[4 * c + 3] = kZeroByte;
  }
  return load_u8x16(order);
}

// The four sums of one pixel of up to four channels.
FA_INLINE I32x4 pixel_sums(const std::byte* top, const std::byte* bottom, U8x16 order,
                           std::int32_t top_weights, std::int32_t bottom_weights) {
  const I32x4 upper = dot_pairs(shuffle_to_i16(load_u8x8(top), order), repeat_pair(top_weights));
  const I32x4 lower =
      dot_pairs(shuffle_to_i16(load_u8x8(bottom), order), repeat_pair(bottom_weights));
  return add(upper, lower);
}

FA_INLINE I32x4 rounded(I32x4 sums) {
  return shift_right<kWeightBits>(add(sums, repeat_i32(kHalf)));
}

FA_INLINE F32x4 values_of(I32x4 sums) {
  return to_float(sums) * broadcast_f32x4(1.0f / static_cast<float>(kOne));
}

// Stores the sums of pixels x to x + 3, one vector per pixel. The store of three channels writes
// four bytes more than its pixels, which the next one overwrites.
template <int kChannels>
FA_INLINE void store_pixels(const I32x4 (&sums)[4], PixelRow<std::uint8_t> row, std::int64_t x) {
  std::uint8_t packed[16] = {0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0};
  const U8x16 bytes =
      narrow(rounded(sums[0]), rounded(sums[1]), rounded(sums[2]), rounded(sums[3]));
  store(row.first + x * kChannels, kChannels == 3 ? shuffle(bytes, load_u8x16(packed)) : bytes);
}

template <int kChannels>
FA_INLINE void store_pixels(const I32x4 (&sums)[4], ValueRow row, std::int64_t x) {
  F32x4 channels[4] = {values_of(sums[0]), values_of(sums[1]), values_of(sums[2]),
                       values_of(sums[3])};
  transpose(channels);
  for (int c = 0; c < kChannels; ++c) store(row.first + c * row.channel_step + x, channels[c]);
}

// How many of `count` pixels of three or four channels the vectors may store.
template <int kChannels>
FA_INLINE std::int64_t storable(std::int64_t count, PixelRow<std::uint8_t>) {
  return kChannels == 3 ? count - 2 : count;
}

template <int kChannels>
FA_INLINE std::int64_t storable(std::int64_t count, ValueRow) {
  return count;
}

// Three or four channels, four pixels at a time. Returns how many pixels of the run are done.
template <int kChannels, class Row>
FA_INLINE std::int64_t sample_colors(const WarpBand& band, const RunPositions& positions,
                                     const RunWeights& weights, std::int64_t count, Row row,
                                     std::int64_t x) {
  const U8x16 order = pairing_order<kChannels>();
  const std::int64_t limit = storable<kChannels>(count, row);
  std::int64_t i = 0;
  for (; i + 4 <= limit; i += 4) {
    I32x4 sums[4];
    for (int k = 0; k < 4; ++k) {
      const std::byte* top = pixel_of(band, positions, i + k, kChannels);
      sums[k] = pixel_sums(top, top + band.source_stride, order, weights.top[i + k],
                           weights.bottom[i + k]);
    }
    store_pixels<kChannels>(sums, row, x + i);
  }
  return i;
}

FA_INLINE std::uint64_t load_pair(const std::byte* from) {
  std::uint16_t pair;
  std::memcpy(&pair, from, sizeof pair);
  return pair;
}

// The neighbours of four pixels of one channel in one row, as bytes side by side.
FA_INLINE std::uint64_t load_pairs(const WarpBand& band, const RunPositions& positions,
                                   std::int64_t i, std::int64_t row_offset) {
  std::uint64_t pairs = 0;
  for (int k = 0; k < 4; ++k) {
    pairs |= load_pair(pixel_of(band, positions, i + k, 1) + row_offset) << (16 * k);
  }
  return pairs;
}

FA_INLINE void store_grays(I32x4 sums, std::uint8_t* to) {
  const I32x4 levels = rounded(sums);
  alignas(16) std::byte bytes[16];
  store(bytes, narrow(levels, levels, levels, levels));
  std::memcpy(to, bytes, 4);
}

FA_INLINE void store_grays(I32x4 sums, float* to) { store(to, values_of(sums)); }

// One channel, four pixels at a time.
template <class Row>
FA_INLINE std::int64_t sample_grays(const WarpBand& band, const RunPositions& positions,
                                    const RunWeights& weights, std::int64_t count, Row row,
                                    std::int64_t x) {
  std::uint8_t widened[16];
  for (int k = 0; k < 16; ++k) {
    widened[k] = k % 2 == 0 ? static_cast<std::uint8_t>(k / 2) : kZeroByte;
  }
  const U8x16 order = load_u8x16(widened);
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const std::uint64_t top = load_pairs(band, positions, i, 0);
    const std::uint64_t bottom = load_pairs(band, positions, i, band.source_stride);
    const I32x4 upper =
        dot_pairs(shuffle_to_i16(load_u8x8(&top), order), load_i16x8(weights.top + i));
    const I32x4 lower =
        dot_pairs(shuffle_to_i16(load_u8x8(&bottom), order), load_i16x8(weights.bottom + i));
    store_grays(add(upper, lower), row.template pixel<1>(x + i, 1));
  }
  return i;
}

// Returns how many of the run's `count` pixels, of which x is the first, are done.
template <int kChannels, class Row>
FA_INLINE std::int64_t sample_vectors(const WarpBand& band, const RunPositions& positions,
                                      std::int64_t count, Row row, std::int64_t x) {
  RunWeights weights;
  weigh_run(positions, count, weights);
  if constexpr (kChannels == 1) return sample_grays(band, positions, weights, count, row, x);
  return sample_colors<kChannels>(band, positions, weights, count, row, x);
}

}  // namespace
}  // namespace fa::FA_ISA
