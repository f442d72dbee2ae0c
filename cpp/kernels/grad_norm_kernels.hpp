#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.hpp"
#include "core/inline.hpp"
#include "dispatch/kernel_table.hpp"

namespace fa {

// Element i of a block goes to lane i % kLanes, whatever the vectors' width: the sums, and so their
// bits, are the same for every instruction set.
constexpr int kLanes = 32;

// Adds packed elements to the lanes. All calls for one block but the last pass a multiple of
// kLanes.
using AddToLanes = void (*)(const std::byte* values, std::int64_t n, double* lanes);
// The sum of the lanes of a block whose elements are all packed.
using SumOfPacked = double (*)(const std::byte* values, std::int64_t n);
// The largest magnitude, as the bits of a float64; a NaN counts as larger than infinity.
using LargestBits = std::int64_t (*)(const std::byte* values, std::int64_t n);

struct GradNormKernels {
  AddToLanes squares[kGradientDTypes];
  AddToLanes magnitudes[kGradientDTypes];
  SumOfPacked square_sum[kGradientDTypes];
  SumOfPacked magnitude_sum[kGradientDTypes];
  LargestBits largest[kGradientDTypes];
};

// Adds the lanes up in pairs, always the same ones; they are used up.
FA_INLINE double sum_of_lanes(double* lanes) {
  for (int width = kLanes / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

FA_DECLARE_KERNELS(GradNormKernels, grad_norm_kernels)

}  // namespace fa
