#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.hpp"
#include "dispatch/kernel_table.hpp"

namespace fa {

// Changes packed elements in place by one number.
using ChangeValues = void (*)(std::byte* values, std::int64_t n, double number);

struct GradScaleKernels {
  ChangeValues scale[kGradientDTypes];
  ChangeValues clamp[kRealGradientDTypes];
};

FA_DECLARE_KERNELS(GradScaleKernels, grad_scale_kernels)

}  // namespace fa
