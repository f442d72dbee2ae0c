#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.hpp"
#include "dispatch/kernel_table.hpp"

namespace fa {

// One row of one image: all channels. A stride of 0 between channels means interleaved.
struct NormalizeRow {
  const std::byte* source;
  std::byte* target;
  std::int64_t source_plane_stride, target_plane_stride;  // bytes
  bool source_is_planar, target_is_planar;
  std::int64_t width, channels;
  const float* scale;
  const float* bias;
};

struct NormalizeKernels {
  // [source dtype: uint8, uint16, float32][target dtype: float32, float16, bfloat16]
  void (*rows[3][3])(const NormalizeRow& row);
};

FA_DECLARE_KERNELS(NormalizeKernels, normalize_kernels)

}  // namespace fa
