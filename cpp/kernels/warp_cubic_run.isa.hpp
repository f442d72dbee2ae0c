// Bicubic sampling in vectors of four floats, for instruction sets without more.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/warp_cubic.isa.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_target.isa.hpp"
#include "simd/f32x4.hpp"

namespace fa::FA_ISA {
namespace {

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

// The whole numbers of FixedCubic: their products and sums are exact in float32.
FA_INLINE void fix_cubic_run(const RunCubicWeights& run, std::int64_t i, float (&weights)[4]) {
  const FixedCubic fixed = fixed_cubic(weights_at(run, i));
  weights[0] = static_cast<float>(fixed.before);
  weights[1] = static_cast<float>(fixed.here);
  weights[2] = static_cast<float>(fixed.after);
  weights[3] = static_cast<float>(fixed.beyond);
}

FA_INLINE F32x4 mix_line(const std::uint8_t* first, std::int64_t channels, const F32x4 (&w)[4]) {
  return load_as_f32x4(first) * w[0] + load_as_f32x4(first + channels) * w[1] +
         load_as_f32x4(first + 2 * channels) * w[2] + load_as_f32x4(first + 3 * channels) * w[3];
}

// As mix_vectors(), for uint8.
template <int kChannels>
FA_INLINE void mix_bytes(const std::byte* first, std::int64_t stride, const RunCubicWeights& run_x,
                         const RunCubicWeights& run_y, std::int64_t i, float* FA_RESTRICT to) {
  const std::uint8_t* lines[4];
  for (int j = 0; j < 4; ++j) lines[j] = reinterpret_cast<const std::uint8_t*>(first + j * stride);
  constexpr float kScale = 1.0f / static_cast<float>(kOne);
  float weights[4];
  fix_cubic_run(run_x, i, weights);
  if constexpr (kChannels == 1) {
    const F32x4 along_x = load_f32x4(weights);
    F32x4 products[4] = {load_as_f32x4(lines[0]) * along_x, load_as_f32x4(lines[1]) * along_x,
                         load_as_f32x4(lines[2]) * along_x, load_as_f32x4(lines[3]) * along_x};
    transpose(products);
    float sums[4];
    store(sums, products[0] + products[1] + products[2] + products[3]);
    *to = mix_four(sums[0], sums[1], sums[2], sums[3], weights_at(run_y, i)) * kScale;
  } else {
    const F32x4 along_x[4] = {broadcast_f32x4(weights[0]), broadcast_f32x4(weights[1]),
                              broadcast_f32x4(weights[2]), broadcast_f32x4(weights[3])};
    const F32x4 sum =
        mix_four(mix_line(lines[0], kChannels, along_x), mix_line(lines[1], kChannels, along_x),
                 mix_line(lines[2], kChannels, along_x), mix_line(lines[3], kChannels, along_x),
                 repeated_weights_at(run_y, i));
    store(to, sum * broadcast_f32x4(kScale));
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
    const std::byte* first = pixel_of(band, cells, i, kBytes) - band.source_stride - kBytes;
    float* to = values + i * kChannels;
    if constexpr (sizeof(T) == 1) {
      mix_bytes<kChannels>(first, band.source_stride, along_x, along_y, i, to);
    } else {
      mix_vectors<kChannels, T>(first, band.source_stride, along_x, along_y, i, to);
    }
  }
  store_run<kChannels>(values, count, row, x);
}

}  // namespace
}  // namespace fa::FA_ISA
