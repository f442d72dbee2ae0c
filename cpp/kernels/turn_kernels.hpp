#pragma once

#include <cstddef>
#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// Target pixel (x, y) comes from first + x * step_x + y * step_y (bytes); step_y is a pixel's size,
// of either sign: the target's columns are pieces of source rows.
struct StridedSource {
  const std::byte* first;
  std::int64_t step_x, step_y;
};

// Rows of the target.
struct GatheredRows {
  std::byte* target;
  std::int64_t target_stride;
  std::int64_t rows, width;
  std::int64_t pixel_bytes;
};

struct TurnKernels {
  void (*gather_rows)(const StridedSource& source, const GatheredRows& rows);
};

FA_DECLARE_KERNELS(TurnKernels, turn_kernels)

}  // namespace fa
