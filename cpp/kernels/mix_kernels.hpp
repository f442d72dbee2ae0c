#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.hpp"
#include "dispatch/kernel_table.hpp"

namespace fa {

struct MixKernels {
  // target[i] = factor * a[i] + (1 - factor) * b[i] for values of the dtype. The target may be a.
  void (*blend)(const std::byte* a, const std::byte* b, std::byte* target, std::int64_t count,
                DType dtype, float factor);
  // sum[i] = share * values[i], added to what it was unless `is_first`.
  void (*add_scaled)(const std::byte* values, std::int64_t count, DType dtype, float share,
                     bool is_first, float* sum);
  void (*round_sum)(const float* sum, std::int64_t count, DType dtype, std::byte* values);
};

FA_DECLARE_KERNELS(MixKernels, mix_kernels)

}  // namespace fa
