#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.hpp"
#include "dispatch/kernel_table.hpp"

namespace fa {

// Element i of a block goes to lane i % kLanes, whatever the vectors' width: the sums, and so their
// bits, are the same for every instruction set.
constexpr int kLanes = 32;

// Adds packed elements to the lanes. All calls for one block but the last pass a multiple of
// kLanes.
using AddToLanes = void (*)(const std::byte* values, std::int64_t n, double* lanes);
// The largest magnitude, as the bits of a float64; a NaN counts as larger than infinity.
using LargestBits = std::int64_t (*)(const std::byte* values, std::int64_t n);

struct GradNormKernels {
  AddToLanes squares[kGradientDTypes];
  AddToLanes magnitudes[kGradientDTypes];
  LargestBits largest[kGradientDTypes];
};

FA_DECLARE_KERNELS(GradNormKernels, grad_norm_kernels)

}  // namespace fa
