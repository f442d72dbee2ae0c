// Rows of pixels to normalised floats. Plain loops: the compiler turns each into vectors.
#include "kernels/normalize_kernels.hpp"

#include "core/bfloat16.hpp"
#include "core/half.hpp"
#include "core/inline.hpp"
#include "simd/simd.hpp"
#include "simd/split_pixels.hpp"

namespace fa::FA_ISA {
namespace {

// Values are made in pieces of this many, small enough for the stack and the first cache.
constexpr std::int64_t kPiece = 768;

// Where a piece of floats goes: in place for float32, through a buffer for 16-bit floats.
FA_INLINE float* piece_for(float* target, float*) { return target; }
FA_INLINE float* piece_for(Half*, float* buffer) { return buffer; }
FA_INLINE float* piece_for(Bfloat16*, float* buffer) { return buffer; }
FA_INLINE void finish_piece(const float*, float*, std::int64_t) {}
FA_INLINE void finish_piece(const float* piece, Half* target, std::int64_t n) {
  convert(piece, target, n);
}
FA_INLINE void finish_piece(const float* FA_RESTRICT piece, Bfloat16* FA_RESTRICT target,
                            std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = float_to_bfloat16(piece[i]);
}

FA_INLINE void store_value(float value, float* target) { *target = value; }
FA_INLINE void store_value(float value, Half* target) { *target = float_to_half(value); }
FA_INLINE void store_value(float value, Bfloat16* target) { *target = float_to_bfloat16(value); }

// One channel, both sides packed. kStep > 0: every kStep-th source value, else `step`.
template <int kStep, class T, class Out>
FA_INLINE void normalize_channel(const T* FA_RESTRICT source, std::int64_t step, Out* target,
                                 std::int64_t width, float scale, float bias) {
  const std::int64_t stride = kStep > 0 ? kStep : step;
  float buffer[kPiece];
  for (std::int64_t x = 0; x < width; x += kPiece) {
    const std::int64_t n = width - x < kPiece ? width - x : kPiece;
    float* FA_RESTRICT piece = piece_for(target + x, buffer);
    const T* from = source + x * stride;
    for (std::int64_t i = 0; i < n; ++i) {
      piece[i] = static_cast<float>(from[i * stride]) * scale + bias;
    }
    finish_piece(piece, target + x, n);
  }
}

// Interleaved to planar: all channels of a piece of pixels before the next, while it is in cache.
template <int kChannels, class T, class Out>
FA_INLINE void deinterleave(const NormalizeRow& row) {
  constexpr std::int64_t kPixels = kPiece / kChannels;
  const T* source = reinterpret_cast<const T*>(row.source);
  for (std::int64_t x = 0; x < row.width; x += kPixels) {
    const std::int64_t n = row.width - x < kPixels ? row.width - x : kPixels;
    for (int c = 0; c < kChannels; ++c) {
      Out* target = reinterpret_cast<Out*>(row.target + c * row.target_plane_stride) + x;
      normalize_channel<kChannels>(source + x * kChannels + c, kChannels, target, n, row.scale[c],
                                   row.bias[c]);
    }
  }
}

#if FA_HAS_SPLIT_PIXELS
FA_INLINE bool splits_pixels(const NormalizeRow& row) {
  return !row.source_is_planar && row.channels == 3 && row.width >= kPixelsAtOnce;
}

template <class Out>
FA_INLINE void split_row(const NormalizeRow& row) {
  constexpr std::int64_t kPixels = kPiece / 3;
  float buffer[3][kPixels];
  for (std::int64_t x = 0; x < row.width; x += kPixels) {
    // What remains after the last whole piece may be too short: then it begins earlier.
    const std::int64_t begin = row.width - x < kPixelsAtOnce ? row.width - kPixelsAtOnce : x;
    const std::int64_t n = row.width - begin < kPixels ? row.width - begin : kPixels;
    Out* targets[3];
    for (int c = 0; c < 3; ++c) {
      targets[c] = reinterpret_cast<Out*>(row.target + c * row.target_plane_stride) + begin;
    }
    float* const pieces[3] = {piece_for(targets[0], buffer[0]), piece_for(targets[1], buffer[1]),
                              piece_for(targets[2], buffer[2])};
    split_pixels(reinterpret_cast<const std::uint8_t*>(row.source) + 3 * begin, n, row.scale,
                 row.bias, pieces);
    for (int c = 0; c < 3; ++c) finish_piece(pieces[c], targets[c], n);
  }
}
#endif

template <class T, class Out>
FA_INLINE void to_planar(const NormalizeRow& row) {
#if FA_HAS_SPLIT_PIXELS
  if constexpr (sizeof(T) == 1) {
    if (splits_pixels(row)) return split_row<Out>(row);
  }
#endif
  if (!row.source_is_planar && row.channels == 3) return deinterleave<3, T, Out>(row);
  if (!row.source_is_planar && row.channels == 4) return deinterleave<4, T, Out>(row);
  for (std::int64_t c = 0; c < row.channels; ++c) {
    Out* target = reinterpret_cast<Out*>(row.target + c * row.target_plane_stride);
    if (row.source_is_planar || row.channels == 1) {
      const std::byte* source = row.source + c * row.source_plane_stride;
      normalize_channel<1>(reinterpret_cast<const T*>(source), 1, target, row.width, row.scale[c],
                           row.bias[c]);
    } else {
      normalize_channel<0>(reinterpret_cast<const T*>(row.source) + c, row.channels, target,
                           row.width, row.scale[c], row.bias[c]);
    }
  }
}

// Pixel by pixel into an interleaved row, from interleaved or planar values.
template <int kChannels, class T, class Out>
FA_INLINE void to_interleaved(const NormalizeRow& row) {
  const std::int64_t channels = kChannels > 0 ? kChannels : row.channels;
  Out* target = reinterpret_cast<Out*>(row.target);
  for (std::int64_t c = 0; c < channels; ++c) {
    const T* FA_RESTRICT source =
        row.source_is_planar ? reinterpret_cast<const T*>(row.source + c * row.source_plane_stride)
                             : reinterpret_cast<const T*>(row.source) + c;
    const std::int64_t step = row.source_is_planar ? 1 : channels;
    for (std::int64_t x = 0; x < row.width; ++x) {
      const float value = static_cast<float>(source[x * step]) * row.scale[c] + row.bias[c];
      store_value(value, target + x * channels + c);
    }
  }
}

// Interleaved on both sides: one stream of values whose factors repeat.
template <class T, class Out>
FA_INLINE void same_order(const NormalizeRow& row) {
  float scale[kPiece], bias[kPiece];
  const std::int64_t period = kPiece / row.channels * row.channels;
  for (std::int64_t i = 0; i < period; ++i) {
    scale[i] = row.scale[i % row.channels];
    bias[i] = row.bias[i % row.channels];
  }
  const T* FA_RESTRICT source = reinterpret_cast<const T*>(row.source);
  Out* target = reinterpret_cast<Out*>(row.target);
  float buffer[kPiece];
  const std::int64_t values = row.width * row.channels;
  for (std::int64_t first = 0; first < values; first += period) {
    const std::int64_t n = values - first < period ? values - first : period;
    float* FA_RESTRICT piece = piece_for(target + first, buffer);
    for (std::int64_t i = 0; i < n; ++i) {
      piece[i] = static_cast<float>(source[first + i]) * scale[i] + bias[i];
    }
    finish_piece(piece, target + first, n);
  }
}

template <class T, class Out>
void normalize_row(const NormalizeRow& row) {
  if (row.target_is_planar || row.channels == 1) return to_planar<T, Out>(row);
  if (!row.source_is_planar && row.channels <= kPiece) return same_order<T, Out>(row);
  if (row.channels == 3) return to_interleaved<3, T, Out>(row);
  to_interleaved<0, T, Out>(row);
}

}  // namespace

const NormalizeKernels normalize_kernels{
    {{&normalize_row<std::uint8_t, float>, &normalize_row<std::uint8_t, Half>,
      &normalize_row<std::uint8_t, Bfloat16>},
     {&normalize_row<std::uint16_t, float>, &normalize_row<std::uint16_t, Half>,
      &normalize_row<std::uint16_t, Bfloat16>},
     {&normalize_row<float, float>, &normalize_row<float, Half>, &normalize_row<float, Bfloat16>}}};

}  // namespace fa::FA_ISA
