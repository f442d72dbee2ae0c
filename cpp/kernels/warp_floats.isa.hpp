// Bilinear sampling in float32, of uint16 and float32 in blocks of eight pixels: one, three and
// four channels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_blend.isa.hpp"
#include "kernels/warp_eight.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_target.isa.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

FA_INLINE Mix mix_of_fractions(const Cells& cells) {
  return {as_i32(fractions_of(cells.right)), as_i32(fractions_of(cells.down))};
}

FA_INLINE I32x8 rounded_levels(F32x8 values) { return to_int(values + broadcast_f32x8(0.5f)); }

FA_INLINE void store_grays(F32x8 values, std::uint16_t* to) {
  const I32x8 levels = rounded_levels(values);
  store_eighths(to, narrow(levels, levels));
}

FA_INLINE void store_grays(F32x8 values, float* to) { store(to, values); }

// Two neighbours in a line: the left and the right pixels of eight.
struct Neighbours8 {
  F32x8 left, right;
};

FA_INLINE Neighbours8 load_neighbours(const std::byte* line, const std::int32_t* offsets,
                                      const float*) {
  const std::int32_t* at = offsets;
  const F32x8 a = gather_pairs(line + at[0], line + at[1], line + at[4], line + at[5]);
  const F32x8 b = gather_pairs(line + at[2], line + at[3], line + at[6], line + at[7]);
  return {even_numbers(a, b), odd_numbers(a, b)};
}

FA_INLINE Neighbours8 load_neighbours(const std::byte* line, const std::int32_t* offsets,
                                      const std::uint16_t*) {
  const I32x8 pairs = gather<std::uint32_t>(line, offsets);
  return {to_float(pairs & broadcast_i32x8(0xffff)), to_float(shift_right_unsigned<16>(pairs))};
}

// One channel of T.
template <class T>
struct FloatGrayBlock {
  const std::byte* top;
  const std::byte* bottom;

  FA_INLINE FloatGrayBlock(const std::byte* first, std::int64_t stride)
      : top(first), bottom(first + stride) {}

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_fractions(cells); }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const Mix mix = mix_at(at);
    const Neighbours8 above = load_neighbours(top, at.offsets, static_cast<const T*>(nullptr));
    const Neighbours8 below = load_neighbours(bottom, at.offsets, static_cast<const T*>(nullptr));
    store_grays(blend(above.left, above.right, below.left, below.right, as_float(mix.first),
                      as_float(mix.second)),
                row.template pixel<1>(x, 1));
  }
};

// The pixels of two places and their right neighbours, a channel in each number.
template <int kChannels, class T>
struct PixelLoader;

template <int kChannels>
struct PixelLoader<kChannels, float> {
  FA_INLINE Neighbours8 load(const std::byte* low, const std::byte* high) const {
    const float* first = reinterpret_cast<const float*>(low);
    const float* second = reinterpret_cast<const float*>(high);
    return {load_halves(first, second), load_halves(first + kChannels, second + kChannels)};
  }
};

template <int kChannels>
struct PixelLoader<kChannels, std::uint16_t> {
  U8x32 left, right;

  FA_INLINE PixelLoader() {
    std::uint8_t orders[2][16];
    for (int second = 0; second < 2; ++second) {
      for (int i = 0; i < 16; ++i) {
        const int from = 2 * (i / 4 + second * kChannels) + i % 4;
        const bool used = i % 4 < 2 && i / 4 < kChannels;
        orders[second][i] = used ? static_cast<std::uint8_t>(from) : kZeroByte;
      }
    }
    left = load_twice(orders[0]);
    right = load_twice(orders[1]);
  }

  FA_INLINE Neighbours8 load(const std::byte* low, const std::byte* high) const {
    const U8x32 both = load_halves(static_cast<const void*>(low), high);
    return {to_float(as_i32(shuffle(both, left))), to_float(as_i32(shuffle(both, right)))};
  }
};

// Pixels k and k + 4 in the halves of values[k]. Stores of three channels write one number too
// many, which the next one overwrites; the last one writes none.
template <int kChannels>
FA_INLINE void store_eight(const F32x8 (&values)[4], PixelRow<float> row, std::int64_t x) {
  float* to = row.first + x * kChannels;
  for (int k = 0; k < 4; ++k) store_low_half(to + k * kChannels, as_bytes(values[k]));
  to += 4 * kChannels;
  for (int k = 0; k < 3; ++k) store_high_half(to + k * kChannels, as_bytes(values[k]));
  if constexpr (kChannels == 4) {
    store_high_half(to + 12, as_bytes(values[3]));
  } else {
    store_most_of_high_half(to + 9, as_bytes(values[3]));
  }
}

template <int kChannels>
FA_INLINE void store_eight(const F32x8 (&values)[4], PixelRow<std::uint16_t> row, std::int64_t x) {
  std::uint16_t* to = row.first + x * kChannels;
  U8x32 first = narrow(rounded_levels(values[0]), rounded_levels(values[1]));
  U8x32 last = narrow(rounded_levels(values[2]), rounded_levels(values[3]));
  if constexpr (kChannels == 3) {
    const std::uint8_t packed[16] = {0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13};
    first = shuffle(first, load_twice(packed));
    last = shuffle(last, load_twice(packed));
  }
  store_low_half(to, first);
  store_low_half(to + 2 * kChannels, last);
  store_high_half(to + 4 * kChannels, first);
  if constexpr (kChannels == 4) {
    store_high_half(to + 6 * kChannels, last);
  } else {
    store_most_of_high_half(to + 6 * kChannels, last);
  }
}

template <int kChannels>
FA_INLINE void store_eight(const F32x8 (&values)[4], ValueRow row, std::int64_t x) {
  F32x8 channels[4] = {values[0], values[1], values[2], values[3]};
  transpose(channels);
  for (int c = 0; c < kChannels; ++c) store(row.first + c * row.channel_step + x, channels[c]);
}

// Three or four channels of T.
template <int kChannels, class T>
struct FloatColorBlock {
  const std::byte* top;
  const std::byte* bottom;
  PixelLoader<kChannels, T> loader;

  FA_INLINE FloatColorBlock(const std::byte* first, std::int64_t stride)
      : top(first), bottom(first + stride) {}

  // Pixels k and k + 4.
  template <int k>
  FA_INLINE F32x8 blended(const std::int32_t* offsets, F32x8 right, F32x8 down) const {
    const std::int32_t low = offsets[k], high = offsets[k + 4];
    const Neighbours8 above = loader.load(top + low, top + high);
    const Neighbours8 below = loader.load(bottom + low, bottom + high);
    return blend(above.left, above.right, below.left, below.right, repeat<k>(right),
                 repeat<k>(down));
  }

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_fractions(cells); }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const Mix mix = mix_at(at);
    const F32x8 right = as_float(mix.first), down = as_float(mix.second);
    const F32x8 values[4] = {
        blended<0>(at.offsets, right, down), blended<1>(at.offsets, right, down),
        blended<2>(at.offsets, right, down), blended<3>(at.offsets, right, down)};
    store_eight<kChannels>(values, row, x);
  }
};

}  // namespace
}  // namespace fa::FA_ISA
