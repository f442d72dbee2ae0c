// Resizing to the nearest pixel: copies only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "kernels/resample_kernels.hpp"

namespace fa::FA_ISA {
namespace {

template <int kBytes>
void copy_row(const ResampleCopy& band, const std::byte* source, std::byte* FA_RESTRICT target) {
  const std::int64_t bytes = kBytes > 0 ? kBytes : band.pixel_bytes;
  for (std::int64_t x = 0; x < band.width; ++x) {
    std::memcpy(target + x * bytes, source + band.columns.first[x] * bytes,
                static_cast<std::size_t>(bytes));
  }
}

FA_INLINE void copy_row_of(const ResampleCopy& band, const std::byte* source, std::byte* target) {
  switch (band.pixel_bytes) {
    case 1:
      return copy_row<1>(band, source, target);
    case 2:
      return copy_row<2>(band, source, target);
    case 3:
      return copy_row<3>(band, source, target);
    case 4:
      return copy_row<4>(band, source, target);
    case 12:
      return copy_row<12>(band, source, target);
    default:
      return copy_row<0>(band, source, target);
  }
}

void copy_pixels(const ResampleCopy& band) {
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    std::byte* target = band.target + y * band.target_stride;
    if (y > band.begin && band.rows.first[y] == band.rows.first[y - 1]) {
      // Enlarging repeats whole rows.
      std::memcpy(target, target - band.target_stride,
                  static_cast<std::size_t>(band.width * band.pixel_bytes));
    } else {
      copy_row_of(band, band.source + band.rows.first[y] * band.source_stride, target);
    }
  }
}

}  // namespace
}  // namespace fa::FA_ISA
