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

template <int kWidth>
FA_INLINE void add_halves(const double* lanes, double* sums) {
  for (int lane = 0; lane < kWidth; ++lane) sums[lane] = lanes[lane] + lanes[lane + kWidth];
}

// Adds the lanes up in pairs, always the same ones. Loops of known lengths into arrays of their own
// stay in registers: small tensors spend most of their time here.
FA_INLINE double sum_of_lanes(const double* lanes) {
  static_assert(kLanes == 32);
  double sums16[16], sums8[8], sums4[4], sums2[2];
  add_halves<16>(lanes, sums16);
  add_halves<8>(sums16, sums8);
  add_halves<4>(sums8, sums4);
  add_halves<2>(sums4, sums2);
  return sums2[0] + sums2[1];
}

FA_DECLARE_KERNELS(GradNormKernels, grad_norm_kernels)

}  // namespace fa
