#pragma once

#include <cstddef>
#include <cstdint>

#include "core/affine_map.hpp"
#include "core/border.hpp"
#include "dispatch/kernel_table.hpp"

namespace fa {

// Rows [begin, end) of one plane of one target image.
struct WarpBand {
  const std::byte* source;  // the plane's first row
  std::int64_t source_stride, source_height, source_width;
  std::byte* target;  // the plane's first row
  std::int64_t target_stride, target_width;
  std::int64_t begin, end;
  std::int64_t channels, pixel_bytes;
  const std::byte* fill;  // one pixel
  AffineMap map;
  Border border;
};

struct WarpKernels {
  void (*bilinear_u8)(const WarpBand& band);
  void (*bilinear_u16)(const WarpBand& band);
  void (*bilinear_f32)(const WarpBand& band);
  void (*nearest)(const WarpBand& band);  // any dtype
};

FA_DECLARE_KERNELS(WarpKernels, warp_kernels)

}  // namespace fa
