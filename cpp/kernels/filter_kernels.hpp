#pragma once

#include <cstddef>
#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// One row of weighted rows: weights[0] * centre + weights[1] * (before[0] + after[0]) + ...
struct WeightedRows {
  const float* centre;
  const float* const* before;  // by distance from the centre, from 1
  const float* const* after;
  const float* weights;
  std::int64_t pairs;
};

// A row and its neighbours, for x + gain * (9 x - the sum of the 3x3 pixels around x).
struct SharpenRow {
  const std::byte* above;
  const std::byte* centre;
  const std::byte* below;
  std::byte* target;
  std::byte* column_sums;  // scratch: room for `values` floats, aligned
  std::int64_t values;     // of a row: pixels * channels
  std::int64_t channels;   // interleaved ones
  float gain, low, high;
};

struct FilterKernels {
  // [uint8, uint16, float32]: values of a row as floats.
  void (*load[3])(const std::byte* from, float* to, std::int64_t values);
  void (*blend)(const WeightedRows& rows, float* to, std::int64_t values);
  // The same, rounded and clipped to the dtype.
  void (*blend_to[3])(const WeightedRows& rows, std::byte* to, std::int64_t values);
  // All of a row but its first and last pixel.
  void (*sharpen[3])(const SharpenRow& row);
};

FA_DECLARE_KERNELS(FilterKernels, filter_kernels)

}  // namespace fa
