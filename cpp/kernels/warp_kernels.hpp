// What a warp kernel is given, and the table of kernels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/border.hpp"
#include "core/float_rows.hpp"
#include "core/inline.hpp"
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
  FloatRows values;    // for kernels that write float32
  std::byte* scratch;  // padded_source_bytes() for a padded copy of the source, or nullptr
};

// A padded copy shows the border rule for this many pixels on each side, which is as far as any
// kernel looks beyond a pixel that it clamps to the nearest ones outside.
constexpr std::int64_t kPadding = 4;
// What vectors read and write beyond the last pixel.
constexpr std::int64_t kPaddedSlack = 64;

struct PaddedSize {
  std::int64_t rows, stride;  // bytes
};

FA_INLINE PaddedSize padded_size(std::int64_t height, std::int64_t width,
                                 std::int64_t pixel_bytes) {
  const std::int64_t row_bytes = (width + 2 * kPadding) * pixel_bytes;
  return {height + 2 * kPadding, (row_bytes + 15) / 16 * 16};
}

// Behind the copy itself there is room for one in which every pixel is followed by the one below.
FA_INLINE std::int64_t padded_source_bytes(const PaddedSize& size, std::int64_t pixel_bytes) {
  const std::int64_t plain = size.rows * size.stride + kPaddedSlack;
  return pixel_bytes == 1 ? 3 * plain : plain;
}

using WarpKernel = void (*)(const WarpBand& band);

// One kernel per dtype of the source (image_dtype_index), but where any will do.
struct WarpKernels {
  WarpKernel nearest;  // any dtype
  WarpKernel bilinear[3], bicubic[3];
  WarpKernel nearest_values[3], bilinear_values[3], bicubic_values[3];
};

FA_DECLARE_KERNELS(WarpKernels, warp_kernels)

}  // namespace fa
