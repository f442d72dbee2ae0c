// Nearest sampling along row spans, and with it every map that moves whole pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/fill.hpp"
#include "core/inline.hpp"
#include "kernels/warp_kernels.hpp"

namespace fa::FA_ISA {
namespace {

template <int kBytes>
void copy_interior(const WarpBand& band, const RowCoordinate& along_x, const RowCoordinate& along_y,
                   Span span, std::byte* FA_RESTRICT target) {
  const std::int64_t bytes = kBytes > 0 ? kBytes : band.pixel_bytes;
  for (std::int64_t x = span.begin; x < span.end; ++x) {
    const auto column = static_cast<std::int32_t>(at(along_x, x));
    const auto line = static_cast<std::int32_t>(at(along_y, x));
    std::memcpy(target + x * bytes, band.source + line * band.source_stride + column * bytes,
                static_cast<std::size_t>(bytes));
  }
}

// A row that runs along a source row pixel by pixel is one copy.
FA_INLINE void copy_shifted(const WarpBand& band, const RowCoordinate& along_x,
                            const RowCoordinate& along_y, Span span, std::byte* target) {
  const auto column = static_cast<std::int64_t>(at(along_x, span.begin));
  const auto line = static_cast<std::int64_t>(at(along_y, span.begin));
  std::memcpy(target + span.begin * band.pixel_bytes,
              band.source + line * band.source_stride + column * band.pixel_bytes,
              static_cast<std::size_t>((span.end - span.begin) * band.pixel_bytes));
}

FA_INLINE void copy_interior_of(const WarpBand& band, const RowCoordinate& along_x,
                                const RowCoordinate& along_y, Span span, std::byte* target) {
  if (is_empty(span)) return;
  if (along_x.slope == 1.0 && along_y.slope == 0.0) {
    return copy_shifted(band, along_x, along_y, span, target);
  }
  switch (band.pixel_bytes) {
    case 1:
      return copy_interior<1>(band, along_x, along_y, span, target);
    case 2:
      return copy_interior<2>(band, along_x, along_y, span, target);
    case 3:
      return copy_interior<3>(band, along_x, along_y, span, target);
    case 4:
      return copy_interior<4>(band, along_x, along_y, span, target);
    case 12:
      return copy_interior<12>(band, along_x, along_y, span, target);
    default:
      return copy_interior<0>(band, along_x, along_y, span, target);
  }
}

// Columns of the target whose pixel lies outside the source.
void copy_outside(const WarpBand& band, const FillPattern& fill, const RowCoordinate& along_x,
                  const RowCoordinate& along_y, Span span, std::byte* target) {
  if (band.border == Border::kConstant) {
    fill_pixels(target + span.begin * band.pixel_bytes, span.end - span.begin, fill);
    return;
  }
  for (std::int64_t x = span.begin; x < span.end; ++x) {
    std::memcpy(
        target + x * band.pixel_bytes,
        pixel_or_fill<std::byte>(band, floor_to_int(at(along_x, x)), floor_to_int(at(along_y, x))),
        static_cast<std::size_t>(band.pixel_bytes));
  }
}

void warp_nearest(const WarpBand& band) {
  const auto width = static_cast<double>(band.source_width);
  const auto height = static_cast<double>(band.source_height);
  FillPattern fill;
  make_pattern(fill, band.fill, band.pixel_bytes);
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    // The half moves the floor to the nearest pixel.
    const RowCoordinate along_x = source_x(band.map, y, 0.5);
    const RowCoordinate along_y = source_y(band.map, y, 0.5);
    std::byte* target = band.target + y * band.target_stride;
    const Span inside = intersect(span_between(along_x, 0.0, width, band.target_width),
                                  span_between(along_y, 0.0, height, band.target_width));
    copy_outside(band, fill, along_x, along_y, Span{0, inside.begin}, target);
    copy_interior_of(band, along_x, along_y, inside, target);
    copy_outside(band, fill, along_x, along_y, Span{inside.end, band.target_width}, target);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
