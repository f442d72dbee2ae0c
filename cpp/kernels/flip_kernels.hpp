#pragma once

#include <cstddef>
#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// Rows of `width` pixels in two places; strides in bytes, of any sign.
struct RowPairs {
  const std::byte* source;
  std::byte* target;
  std::int64_t source_stride, target_stride;
  std::int64_t rows, width;
  std::int64_t pixel_bytes;
};

struct FlipKernels {
  // target[x] = source[width - 1 - x] in every row.
  void (*mirror_rows)(const RowPairs& rows);
};

FA_DECLARE_KERNELS(FlipKernels, flip_kernels)

}  // namespace fa
