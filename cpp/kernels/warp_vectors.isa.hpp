// Bilinear sampling of uint8 in blocks of eight pixels, for one, three and four channels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_eight.isa.hpp"
#include "kernels/warp_fixed.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_target.isa.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

// The fractions that fixed_weights() makes weights of, and their product.
struct EightFractions {
  I32x8 right, down, both;
};

FA_INLINE EightFractions eight_fractions(const Cells& cells) {
  const I32x8 right = shift_right_unsigned<kDroppedBits>(cells.right);
  const I32x8 down = shift_right_unsigned<kDroppedBits>(cells.down);
  return {right, down, rounded_products(as_i16(right + right), as_i16(down))};
}

// A pair of 16-bit weights for each pixel: `second`, and what it leaves of `sum`.
FA_INLINE I32x8 split(I32x8 sum, I32x8 second) { return sum - second + shift_left<16>(second); }

// Of the pixels above and of those below.
FA_INLINE Mix mix_of_lines(const Cells& cells) {
  const EightFractions at = eight_fractions(cells);
  return {split(broadcast_i32x8(kOne) - at.down, at.right - at.both), split(at.down, at.both)};
}

// Of the pixels to the left and of those to the right.
FA_INLINE Mix mix_of_columns(const Cells& cells) {
  const EightFractions at = eight_fractions(cells);
  return {split(broadcast_i32x8(kOne) - at.right, at.down - at.both), split(at.right, at.both)};
}

FA_INLINE I32x8 rounded(I32x8 sums) {
  return shift_right<kWeightBits>(sums + broadcast_i32x8(kHalf));
}

FA_INLINE F32x8 values_of(I32x8 sums) {
  return to_float(sums) * broadcast_f32x8(1.0f / static_cast<float>(kOne));
}

// Three or four channels. The lower half of a vector has channels 0 and 1 of two pixels next to
// each other, the upper half channels 2 and 3, so that one load brings the weights of both.
template <int kChannels>
struct ColorBlock {
  const std::byte* top;
  const std::byte* bottom;
  U8x32 pairing;  // each channel of the left pixel next to the same channel of the right one
  U8x32 packing;  // channels to pixels

  FA_INLINE ColorBlock(const std::byte* first, std::int64_t stride)
      : top(first), bottom(first + stride) {
    std::uint8_t pairs[32], packed[16];
    for (int i = 0; i < 32; ++i) {
      const int channel = i / 16 * 2 + i % 16 / 8, pixel = i % 8 / 4, second = i % 4 / 2;
      const bool used = i % 2 == 0 && channel < kChannels;
      pairs[i] =
          used ? static_cast<std::uint8_t>(8 * pixel + channel + second * kChannels) : kZeroByte;
    }
    for (int i = 0; i < 16; ++i) {
      const int pixel = i / kChannels, channel = i % kChannels;
      const int from = channel / 2 * 8 + pixel / 2 * 4 + channel % 2 * 2 + pixel % 2;
      packed[i] = pixel < 4 ? static_cast<std::uint8_t>(from) : kZeroByte;
    }
    pairing = load_u8x32(pairs);
    packing = load_twice(packed);
  }

  // The sums of pixels i and i + 1.
  FA_INLINE I32x8 sums(const PlacedPixels& at, int i) const {
    const std::int32_t left = at.offsets[i], right = at.offsets[i + 1];
    const U8x32 above = load_pair(top + left, top + right);
    const U8x32 below = load_pair(bottom + left, bottom + right);
    return dot_pairs(shuffle_to_i16(above, pairing), as_i16(repeat_pair(at.first + i))) +
           dot_pairs(shuffle_to_i16(below, pairing), as_i16(repeat_pair(at.second + i)));
  }

  FA_INLINE void store_eight(const I32x8 (&sums)[4], PixelRow<std::uint8_t> row,
                             std::int64_t x) const {
    const U8x32 channels =
        narrow(rounded(sums[0]), rounded(sums[1]), rounded(sums[2]), rounded(sums[3]));
    const U8x32 pixels = shuffle(swap_middle(channels), packing);
    std::uint8_t* to = row.first + x * kChannels;
    if constexpr (kChannels == 4) {
      store(to, pixels);
    } else {
      store_twelfths(to, pixels);
    }
  }

  FA_INLINE void store_eight(const I32x8 (&sums)[4], ValueRow row, std::int64_t x) const {
    F32x8 channels[4] = {values_of(sums[0]), values_of(sums[1]), values_of(sums[2]),
                         values_of(sums[3])};
    collect_channels(channels);
    for (int c = 0; c < kChannels; ++c) store(row.first + c * row.channel_step + x, channels[c]);
  }

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_lines(cells); }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const I32x8 all[4] = {sums(at, 0), sums(at, 2), sums(at, 4), sums(at, 6)};
    store_eight(all, row, x);
  }
};

FA_INLINE void store_grays(I32x8 sums, std::uint8_t* to) {
  const I32x8 levels = rounded(sums);
  store_quarters(to, narrow(levels, levels, levels, levels));
}

FA_INLINE void store_grays(I32x8 sums, float* to) { store(to, values_of(sums)); }

// Bytes `first` and `first + 1` of each number as a pair of 16-bit numbers.
FA_INLINE U8x32 widening_order(int first) {
  std::uint8_t order[16];
  for (int i = 0; i < 16; ++i) {
    order[i] = i % 2 == 0 ? static_cast<std::uint8_t>(i / 4 * 4 + first + i % 4 / 2) : kZeroByte;
  }
  return load_twice(order);
}

// One channel.
struct GrayBlock {
  const std::byte* top;
  const std::byte* bottom;
  U8x32 order;

  FA_INLINE GrayBlock(const std::byte* first, std::int64_t stride)
      : top(first), bottom(first + stride), order(widening_order(0)) {}

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_lines(cells); }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const U8x32 above = as_bytes(gather<std::uint16_t>(top, at.offsets));
    const U8x32 below = as_bytes(gather<std::uint16_t>(bottom, at.offsets));
    const Mix mix = mix_at(at);
    const I32x8 upper = dot_pairs(shuffle_to_i16(above, order), as_i16(mix.first));
    const I32x8 lower = dot_pairs(shuffle_to_i16(below, order), as_i16(mix.second));
    store_grays(upper + lower, row.template pixel<1>(x, 1));
  }
};

// One channel, every pixel of the source followed by the one below it.
struct TwinBlock {
  const std::byte* twins;
  U8x32 left_order, right_order;

  FA_INLINE TwinBlock(const std::byte* first, std::int64_t)
      : twins(first), left_order(widening_order(0)), right_order(widening_order(2)) {}

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_columns(cells); }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const U8x32 four = as_bytes(gather<std::uint32_t>(twins, at.offsets));
    const Mix mix = mix_at(at);
    const I32x8 left = dot_pairs(shuffle_to_i16(four, left_order), as_i16(mix.first));
    const I32x8 right = dot_pairs(shuffle_to_i16(four, right_order), as_i16(mix.second));
    store_grays(left + right, row.template pixel<1>(x, 1));
  }
};

}  // namespace
}  // namespace fa::FA_ISA
