// What a warp kernel is given, and the table of kernels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/border.hpp"
#include "core/float_rows.hpp"
#include "core/warp_map.hpp"
#include "dispatch/kernel_table.hpp"

namespace fa {

// Rows [begin, end) of one plane of one target image.
struct WarpBand {
  const std::byte* source;  // the plane's first row
  std::int64_t source_stride, source_height, source_width;
  std::int64_t channels, pixel_bytes;
  WarpMap map;
  Border border;
  const std::byte* fill;  // one pixel
  const WarpCanvas* canvases;
  std::int64_t canvas_count;
  std::int64_t canvas_fill_offset;  // bytes from a canvas's fill to the value of this plane
  std::int64_t begin, end, width;
  std::byte* target;  // the plane's first row, for kernels that write pixels
  std::int64_t target_stride;
  FloatRows values;  // for kernels that write float32
};

using WarpKernel = void (*)(const WarpBand& band);

// One kernel per dtype of the source (image_dtype_index), but where any will do.
struct WarpKernels {
  WarpKernel nearest;  // any dtype
  WarpKernel bilinear[3], bicubic[3];
  WarpKernel nearest_values[3], bilinear_values[3], bicubic_values[3];
};

FA_DECLARE_KERNELS(WarpKernels, warp_kernels)

}  // namespace fa
