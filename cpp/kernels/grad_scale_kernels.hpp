#pragma once

#include <cstddef>
#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// Changes packed elements in place by one number.
using ChangeValues = void (*)(std::byte* values, std::int64_t n, double number);

// Each array: float16, float32, float64.
struct GradScaleKernels {
  ChangeValues scale[3];
  ChangeValues clamp[3];
};

FA_DECLARE_KERNELS(GradScaleKernels, grad_scale_kernels)

}  // namespace fa
