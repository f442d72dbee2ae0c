// Bicubic sampling in blocks of eight pixels, for one, three and four channels. Pixels k and k + 4
// are mixed together, one in each half of a vector.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_cubic.isa.hpp"
#include "kernels/warp_eight.isa.hpp"
#include "kernels/warp_floats.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_target.isa.hpp"
#include "kernels/warp_vectors.isa.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

template <int k>
FA_INLINE CubicWeights<F32x8> repeat(const CubicWeights<F32x8>& weights) {
  return {repeat<k>(weights.before), repeat<k>(weights.after), repeat<k>(weights.beyond)};
}

FA_INLINE F32x8 inside(F32x8 values, float top) {
  return smaller(larger(values, broadcast_f32x8(0.0f)), broadcast_f32x8(top));
}

// Clamped, for a target of whole numbers.
FA_INLINE F32x8 storable(F32x8 values, PixelRow<std::uint8_t>) { return inside(values, 255.0f); }
FA_INLINE F32x8 storable(F32x8 values, PixelRow<std::uint16_t>) { return inside(values, 65535.0f); }
FA_INLINE F32x8 storable(F32x8 values, PixelRow<float>) { return values; }
FA_INLINE F32x8 storable(F32x8 values, ValueRow) { return values; }

FA_INLINE void store_grays(F32x8 values, std::uint8_t* to) {
  const I32x8 levels = rounded_levels(values);
  store_quarters(to, narrow(levels, levels, levels, levels));
}

template <int kChannels>
FA_INLINE void store_eight(const F32x8 (&values)[4], PixelRow<std::uint8_t> row, std::int64_t x) {
  const U8x32 bytes = narrow(rounded_levels(values[0]), rounded_levels(values[1]),
                             rounded_levels(values[2]), rounded_levels(values[3]));
  std::uint8_t* to = row.first + x * kChannels;
  if constexpr (kChannels == 4) {
    store(to, bytes);
  } else {
    const std::uint8_t packed[16] = {0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14};
    store_twelfths(to, shuffle(bytes, load_twice(packed)));
  }
}

// --- uint8: along x in whole numbers, then along y

// The weights of a line's four pixels as pairs of 16-bit numbers.
struct FixedCubicPairs {
  I32x8 first, last;
};

FA_INLINE I32x8 fixed_cubic_weights(F32x8 weights) {
  constexpr float kShift = static_cast<float>(kCubicBias) + 0.5f;
  return to_int(weights * broadcast_f32x8(static_cast<float>(kOne)) + broadcast_f32x8(kShift)) -
         broadcast_i32x8(kCubicBias);
}

// Weights may be negative, so only the lower half of the first one counts.
FA_INLINE I32x8 paired(I32x8 first, I32x8 second) {
  return (first & broadcast_i32x8(0xffff)) + shift_left<16>(second);
}

FA_INLINE FixedCubicPairs fixed_cubic_pairs(const CubicWeights<F32x8>& weights) {
  const I32x8 before = fixed_cubic_weights(weights.before);
  const I32x8 after = fixed_cubic_weights(weights.after);
  const I32x8 beyond = fixed_cubic_weights(weights.beyond);
  return {paired(before, broadcast_i32x8(kOne) - before - after - beyond), paired(after, beyond)};
}

// One channel.
struct CubicByteBlock {
  const std::byte* lines[4];
  U8x32 first_order, last_order;

  FA_INLINE CubicByteBlock(const std::byte* source, std::int64_t stride)
      : lines{source - stride - 1, source - 1, source + stride - 1, source + 2 * stride - 1},
        first_order(widening_order(0)),
        last_order(widening_order(2)) {}

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_fractions(cells); }

  FA_INLINE F32x8 sums(const std::byte* line, const std::int32_t* offsets,
                       const FixedCubicPairs& weights) const {
    const U8x32 four = as_bytes(gather<std::uint32_t>(line, offsets));
    return to_float(dot_pairs(shuffle_to_i16(four, first_order), as_i16(weights.first)) +
                    dot_pairs(shuffle_to_i16(four, last_order), as_i16(weights.last)));
  }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const Mix mix = mix_at(at);
    const FixedCubicPairs along_x = fixed_cubic_pairs(cubic_weights(as_float(mix.first)));
    const F32x8 sum =
        mix_four(sums(lines[0], at.offsets, along_x), sums(lines[1], at.offsets, along_x),
                 sums(lines[2], at.offsets, along_x), sums(lines[3], at.offsets, along_x),
                 cubic_weights(as_float(mix.second)));
    store_grays(storable(sum * broadcast_f32x8(1.0f / static_cast<float>(kOne)), row),
                row.template pixel<1>(x, 1));
  }
};

// Three or four channels.
template <int kChannels>
struct CubicBytesBlock {
  const std::byte* lines[4];
  U8x32 first_order, last_order;  // each channel of two pixels of a line side by side

  FA_INLINE CubicBytesBlock(const std::byte* source, std::int64_t stride)
      : lines{source - stride - kChannels, source - kChannels, source + stride - kChannels,
              source + 2 * stride - kChannels} {
    std::uint8_t orders[2][16];
    for (int i = 0; i < 16; ++i) {
      const int channel = i / 4, second = i % 4 / 2;
      const bool used = i % 2 == 0 && channel < kChannels;
      for (int pair = 0; pair < 2; ++pair) {
        const int from = channel + (2 * pair + second) * kChannels;
        orders[pair][i] = used ? static_cast<std::uint8_t>(from) : kZeroByte;
      }
    }
    first_order = load_twice(orders[0]);
    last_order = load_twice(orders[1]);
  }

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_fractions(cells); }

  FA_INLINE F32x8 sums(const std::byte* line, std::int32_t low, std::int32_t high, I32x8 first,
                       I32x8 last) const {
    const U8x32 four = load_halves(static_cast<const void*>(line + low), line + high);
    return to_float(dot_pairs(shuffle_to_i16(four, first_order), as_i16(first)) +
                    dot_pairs(shuffle_to_i16(four, last_order), as_i16(last)));
  }

  // Pixels k and k + 4.
  template <int k>
  FA_INLINE F32x8 mixed(const std::int32_t* offsets, const FixedCubicPairs& along_x,
                        const CubicWeights<F32x8>& along_y) const {
    const I32x8 first = repeat<k>(along_x.first), last = repeat<k>(along_x.last);
    const std::int32_t low = offsets[k], high = offsets[k + 4];
    const F32x8 sum =
        mix_four(sums(lines[0], low, high, first, last), sums(lines[1], low, high, first, last),
                 sums(lines[2], low, high, first, last), sums(lines[3], low, high, first, last),
                 repeat<k>(along_y));
    return sum * broadcast_f32x8(1.0f / static_cast<float>(kOne));
  }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const Mix mix = mix_at(at);
    const FixedCubicPairs along_x = fixed_cubic_pairs(cubic_weights(as_float(mix.first)));
    const CubicWeights<F32x8> along_y = cubic_weights(as_float(mix.second));
    const F32x8 values[4] = {storable(mixed<0>(at.offsets, along_x, along_y), row),
                             storable(mixed<1>(at.offsets, along_x, along_y), row),
                             storable(mixed<2>(at.offsets, along_x, along_y), row),
                             storable(mixed<3>(at.offsets, along_x, along_y), row)};
    store_eight<kChannels>(values, row, x);
  }
};

// --- uint16 and float32: along y, then along x

FA_INLINE F32x8 load_four(const std::byte* low, const std::byte* high, U8x32, const float*) {
  return load_halves(reinterpret_cast<const float*>(low), reinterpret_cast<const float*>(high));
}

FA_INLINE F32x8 load_four(const std::byte* low, const std::byte* high, U8x32 order,
                          const std::uint16_t*) {
  return to_float(as_i32(shuffle(load_halves(static_cast<const void*>(low), high), order)));
}

// One channel of T.
template <class T>
struct CubicGrayBlock {
  const std::byte* lines[4];
  U8x32 order;  // widens the first four numbers of a half

  FA_INLINE CubicGrayBlock(const std::byte* source, std::int64_t stride) {
    for (int j = 0; j < 4; ++j) {
      lines[j] = source + (j - 1) * stride - std::int64_t{sizeof(T)};
    }
    std::uint8_t widening[16];
    for (int i = 0; i < 16; ++i) {
      widening[i] = i % 4 < 2 ? static_cast<std::uint8_t>(i / 4 * 2 + i % 4) : kZeroByte;
    }
    order = load_twice(widening);
  }

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_fractions(cells); }

  template <int k>
  FA_INLINE F32x8 columns(const std::int32_t* offsets, const CubicWeights<F32x8>& along_y) const {
    const std::int32_t low = offsets[k], high = offsets[k + 4];
    const T* type = nullptr;
    return mix_four(load_four(lines[0] + low, lines[0] + high, order, type),
                    load_four(lines[1] + low, lines[1] + high, order, type),
                    load_four(lines[2] + low, lines[2] + high, order, type),
                    load_four(lines[3] + low, lines[3] + high, order, type), repeat<k>(along_y));
  }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const Mix mix = mix_at(at);
    const CubicWeights<F32x8> along_y = cubic_weights(as_float(mix.second));
    F32x8 four[4] = {columns<0>(at.offsets, along_y), columns<1>(at.offsets, along_y),
                     columns<2>(at.offsets, along_y), columns<3>(at.offsets, along_y)};
    transpose(four);
    const F32x8 values =
        mix_four(four[0], four[1], four[2], four[3], cubic_weights(as_float(mix.first)));
    store_grays(storable(values, row), row.template pixel<1>(x, 1));
  }
};

// Three or four channels of T.
template <int kChannels, class T>
struct CubicColorBlock {
  static constexpr std::int64_t kBytes = kChannels * std::int64_t{sizeof(T)};

  const std::byte* lines[4];
  PixelLoader<kChannels, T> loader;

  FA_INLINE CubicColorBlock(const std::byte* source, std::int64_t stride) {
    for (int j = 0; j < 4; ++j) lines[j] = source + (j - 1) * stride - kBytes;
  }

  static constexpr bool kMixes = true;
  static FA_INLINE Mix mix_of(const Cells& cells) { return mix_of_fractions(cells); }

  // Two neighbouring columns, mixed along y.
  FA_INLINE Neighbours8 columns(std::int64_t low, std::int64_t high,
                                const CubicWeights<F32x8>& along_y) const {
    const Neighbours8 a = loader.load(lines[0] + low, lines[0] + high);
    const Neighbours8 b = loader.load(lines[1] + low, lines[1] + high);
    const Neighbours8 c = loader.load(lines[2] + low, lines[2] + high);
    const Neighbours8 d = loader.load(lines[3] + low, lines[3] + high);
    return {mix_four(a.left, b.left, c.left, d.left, along_y),
            mix_four(a.right, b.right, c.right, d.right, along_y)};
  }

  // Pixels k and k + 4.
  template <int k>
  FA_INLINE F32x8 mixed(const std::int32_t* offsets, const CubicWeights<F32x8>& along_x,
                        const CubicWeights<F32x8>& along_y) const {
    const CubicWeights<F32x8> down = repeat<k>(along_y);
    const std::int64_t low = offsets[k], high = offsets[k + 4];
    const Neighbours8 first = columns(low, high, down);
    const Neighbours8 last = columns(low + 2 * kBytes, high + 2 * kBytes, down);
    return mix_four(first.left, first.right, last.left, last.right, repeat<k>(along_x));
  }

  template <class Row>
  FA_INLINE void sample(const PlacedPixels& at, Row row, std::int64_t x) const {
    const Mix mix = mix_at(at);
    const CubicWeights<F32x8> along_x = cubic_weights(as_float(mix.first));
    const CubicWeights<F32x8> along_y = cubic_weights(as_float(mix.second));
    const F32x8 values[4] = {storable(mixed<0>(at.offsets, along_x, along_y), row),
                             storable(mixed<1>(at.offsets, along_x, along_y), row),
                             storable(mixed<2>(at.offsets, along_x, along_y), row),
                             storable(mixed<3>(at.offsets, along_x, along_y), row)};
    store_eight<kChannels>(values, row, x);
  }
};

template <int kChannels, class T>
struct CubicBlockOf {
  using Type = CubicColorBlock<kChannels, T>;
};
template <class T>
struct CubicBlockOf<1, T> {
  using Type = CubicGrayBlock<T>;
};
template <int kChannels>
struct CubicBlockOf<kChannels, std::uint8_t> {
  using Type = CubicBytesBlock<kChannels>;
};
template <>
struct CubicBlockOf<1, std::uint8_t> {
  using Type = CubicByteBlock;
};

}  // namespace
}  // namespace fa::FA_ISA
