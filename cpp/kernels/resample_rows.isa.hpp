// The weighted sum of source rows, and the way from floats back to pixels: plain loops that the
// compiler turns into vectors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/resample_kernels.hpp"

namespace fa::FA_ISA {
namespace {

// Rows that one loop adds up: fewer trips of the sums through memory, few enough for the registers.
// Adding them up first also loses less of a long sum.
constexpr std::int64_t kRowsAtOnce = 4;

// Adds kRows weighted rows to the sums, or starts the sums with them. Starting from
// the first product keeps the sign of a zero.
template <class T, int kRows, bool kStarts>
FA_INLINE void add_rows(const std::byte* source, std::int64_t stride, const float* weights,
                        std::int64_t count, float* FA_RESTRICT sums) {
  const T* FA_RESTRICT row0 = reinterpret_cast<const T*>(source);
  const T* FA_RESTRICT row1 = reinterpret_cast<const T*>(source + (kRows > 1 ? stride : 0));
  const T* FA_RESTRICT row2 = reinterpret_cast<const T*>(source + (kRows > 2 ? 2 * stride : 0));
  const T* FA_RESTRICT row3 = reinterpret_cast<const T*>(source + (kRows > 3 ? 3 * stride : 0));
  const float weight0 = weights[0];
  const float weight1 = kRows > 1 ? weights[1] : 0.0f;
  const float weight2 = kRows > 2 ? weights[2] : 0.0f;
  const float weight3 = kRows > 3 ? weights[3] : 0.0f;
  for (std::int64_t i = 0; i < count; ++i) {
    float sum = weight0 * static_cast<float>(row0[i]);
    if (kRows > 1) sum += weight1 * static_cast<float>(row1[i]);
    if (kRows > 2) sum += weight2 * static_cast<float>(row2[i]);
    if (kRows > 3) sum += weight3 * static_cast<float>(row3[i]);
    sums[i] = kStarts ? sum : sums[i] + sum;
  }
}

template <class T, bool kStarts>
FA_INLINE void add_some_rows(const std::byte* source, std::int64_t stride, const float* weights,
                             std::int64_t rows, std::int64_t count, float* sums) {
  switch (rows) {
    case 1:
      return add_rows<T, 1, kStarts>(source, stride, weights, count, sums);
    case 2:
      return add_rows<T, 2, kStarts>(source, stride, weights, count, sums);
    case 3:
      return add_rows<T, 3, kStarts>(source, stride, weights, count, sums);
    default:
      return add_rows<T, 4, kStarts>(source, stride, weights, count, sums);
  }
}

// `count` values of output row y, still at the source's columns.
template <class T>
FA_INLINE void mix_rows(const ResampleBand& band, std::int64_t y, std::int64_t count, float* sums) {
  const std::byte* source = band.source + band.rows.first[y] * band.source_stride;
  const float* weights = band.rows.weights + y * band.rows.stride;
  const std::int64_t taps = band.rows.count[y];
  std::int64_t done = taps < kRowsAtOnce ? taps : kRowsAtOnce;
  add_some_rows<T, true>(source, band.source_stride, weights, done, count, sums);
  while (done < taps) {
    const std::int64_t rows = taps - done < kRowsAtOnce ? taps - done : kRowsAtOnce;
    add_some_rows<T, false>(source + done * band.source_stride, band.source_stride, weights + done,
                            rows, count, sums);
    done += rows;
  }
}

// Rounded half up, then clamped: whole numbers compare in vectors where floats would branch. What
// truncation does to negative numbers is clamped away.
FA_INLINE std::int32_t rounded_between(float value, std::int32_t largest) {
  const auto rounded = static_cast<std::int32_t>(value + 0.5f);
  const std::int32_t positive = rounded > 0 ? rounded : 0;
  return positive < largest ? positive : largest;
}

FA_INLINE void store_clamped(float value, std::uint8_t* to) {
  *to = static_cast<std::uint8_t>(rounded_between(value, 255));
}

FA_INLINE void store_clamped(float value, std::uint16_t* to) {
  *to = static_cast<std::uint16_t>(rounded_between(value, 65535));
}

FA_INLINE void store_clamped(float value, float* to) { *to = value; }

}  // namespace
}  // namespace fa::FA_ISA
