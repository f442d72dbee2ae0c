#pragma once

#include <cstddef>
#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// `count` values of each of several rows that are `stride` bytes apart.
struct SampleRows {
  const std::byte* first;
  std::int64_t stride, rows, count;
};

// sums[i] += factors[0] * row 0's value i, then row 1's, and so on.
using AddScaledRows = void (*)(const SampleRows& rows, const double* factors, double* sums);

struct GradSamplesKernels {
  AddScaledRows add_scaled[4];  // float16, float32, float64, bfloat16
};

FA_DECLARE_KERNELS(GradSamplesKernels, grad_samples_kernels)

}  // namespace fa
