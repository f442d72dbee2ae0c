#pragma once

#include <cstddef>
#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// sums[i] += factor * values[i]
using AddScaled = void (*)(const std::byte* values, std::int64_t n, double factor, double* sums);

struct GradSamplesKernels {
  AddScaled add_scaled[4];  // float16, float32, float64, bfloat16
};

FA_DECLARE_KERNELS(GradSamplesKernels, grad_samples_kernels)

}  // namespace fa
