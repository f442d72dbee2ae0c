// A copy of a small source with what the border rule shows around it: no pixel of the target then
// is a special case, and a cold source is read once, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/fill.hpp"
#include "core/inline.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

FA_INLINE void copy_bytes(const std::byte* FA_RESTRICT from, std::byte* FA_RESTRICT to,
                          std::int64_t count) {
  constexpr std::int64_t kChunk = 16, kLong = 256;
  if (count < kChunk || count > kLong) {
    std::memcpy(to, from, static_cast<std::size_t>(count));
    return;
  }
  for (std::int64_t done = 0; done + kChunk < count; done += kChunk) {
    std::memcpy(to + done, from + done, kChunk);
  }
  std::memcpy(to + count - kChunk, from + count - kChunk, kChunk);
}

// kBytes == 0: the size of a pixel is known at run time only.
template <int kBytes>
FA_INLINE void repeat_columns(const WarpBand& band, std::byte* row) {
  const std::int64_t bytes = kBytes > 0 ? kBytes : band.pixel_bytes;
  std::byte* first = row + kPadding * bytes;
  for (std::int64_t i = 1; i <= kPadding; ++i) {
    const std::int64_t after = band.source_width - 1 + i;
    const std::int64_t from_left = border_index(band.border, -i, band.source_width);
    const std::int64_t from_right = border_index(band.border, after, band.source_width);
    std::memcpy(first - i * bytes, first + from_left * bytes, static_cast<std::size_t>(bytes));
    std::memcpy(first + after * bytes, first + from_right * bytes, static_cast<std::size_t>(bytes));
  }
}

// The fill around a copy. Copies of fixed size spill over what is written next.
template <int kBytes>
struct PaddingFill {
  static constexpr std::int64_t kStep = kPaddedSlack / kBytes * kBytes;
  static_assert(kStep >= kPadding * kBytes);

  alignas(64) std::byte bytes[kPaddedSlack];

  FA_INLINE explicit PaddingFill(const WarpBand& band) {
    for (std::int64_t i = 0; i < kPaddedSlack; ++i) bytes[i] = band.fill[i % kBytes];
  }
  FA_INLINE void fill_side(std::byte* to) const { std::memcpy(to, bytes, kPaddedSlack); }
  FA_INLINE void fill_row(std::byte* to, std::int64_t width) const {
    for (std::int64_t done = 0; done < width * kBytes; done += kStep) fill_side(to + done);
  }
};

// Pixels of any size.
template <>
struct PaddingFill<0> {
  FillPattern pattern;

  FA_INLINE explicit PaddingFill(const WarpBand& band) {
    make_pattern(pattern, band.fill, band.pixel_bytes);
  }
  FA_INLINE void fill_side(std::byte* to) const { fill_pixels(to, kPadding, pattern); }
  FA_INLINE void fill_row(std::byte* to, std::int64_t width) const {
    fill_pixels(to, width, pattern);
  }
};

// How far the border rule is carried on by a padded copy, up to kPadding pixels.
struct Padding {
  PaddedSize size;
  std::int64_t margin;
};

// Rows in order: what one writes beyond its end is written over by the next.
template <int kBytes>
FA_INLINE void pad_rows(const WarpBand& band, const Padding& padding, std::byte* target) {
  const std::int64_t bytes = kBytes > 0 ? kBytes : band.pixel_bytes;
  const std::int64_t stride = padding.size.stride, row_bytes = band.source_width * bytes;
  const std::int64_t margin = padding.margin, height = band.source_height;
  const std::int64_t begin = kPadding - margin, end = kPadding + height + margin;
  if (band.border != Border::kConstant) {
    for (std::int64_t y = begin; y < end; ++y) {
      const std::int64_t line = border_index(band.border, y - kPadding, height);
      std::byte* row = target + y * stride;
      copy_bytes(band.source + line * band.source_stride, row + kPadding * bytes, row_bytes);
      repeat_columns<kBytes>(band, row);
    }
    return;
  }
  const std::int64_t width = band.source_width + 2 * kPadding;
  PaddingFill<kBytes> fill(band);
  for (std::int64_t y = begin; y < kPadding; ++y) fill.fill_row(target + y * stride, width);
  for (std::int64_t y = 0; y < height; ++y) {
    std::byte* row = target + (y + kPadding) * stride;
    std::byte* first = row + kPadding * bytes;
    fill.fill_side(row);
    copy_bytes(band.source + y * band.source_stride, first, row_bytes);
    fill.fill_side(first + row_bytes);
  }
  for (std::int64_t y = kPadding + height; y < end; ++y) {
    fill.fill_row(target + y * stride, width);
  }
}

FA_INLINE void pad_rows_of(const WarpBand& band, const Padding& padding, std::byte* target) {
  switch (band.pixel_bytes) {
    case 1:
      return pad_rows<1>(band, padding, target);
    case 2:
      return pad_rows<2>(band, padding, target);
    case 3:
      return pad_rows<3>(band, padding, target);
    case 4:
      return pad_rows<4>(band, padding, target);
    case 6:
      return pad_rows<6>(band, padding, target);
    case 8:
      return pad_rows<8>(band, padding, target);
    case 12:
      return pad_rows<12>(band, padding, target);
    case 16:
      return pad_rows<16>(band, padding, target);
    default:
      return pad_rows<0>(band, padding, target);
  }
}

// Every byte of the copy followed by the one below it.
FA_INLINE void twin_rows(const WarpBand& band, const Padding& padding, const std::byte* plain,
                         std::byte* twins) {
  const std::int64_t stride = padding.size.stride;
  const std::int64_t end = kPadding + band.source_height + padding.margin - 1;
  const std::int64_t left = kPadding - padding.margin;
  const std::int64_t right = kPadding + band.source_width + padding.margin;
  for (std::int64_t y = left; y < end; ++y) {
    const std::byte* upper = plain + y * stride;
    std::byte* to = twins + 2 * y * stride;
    for (std::int64_t i = left; i < right; i += 16) {
      const U8x16 above = load_u8x16(upper + i), below = load_u8x16(upper + stride + i);
      store(to + 2 * i, zip_low(above, below));
      store(to + 2 * i + 16, zip_high(above, below));
    }
  }
}

// The band on the padded copy of its source, made here.
FA_NOINLINE void pad_source(WarpBand& band, std::int64_t margin, bool wants_twins) {
  const Padding padding{padded_size(band.source_height, band.source_width, band.pixel_bytes),
                        margin};
  const std::int64_t stride = padding.size.stride;
  std::byte* plain = band.scratch;
  pad_rows_of(band, padding, plain);
  if (wants_twins) {
    std::byte* twins = plain + padding.size.rows * stride + kPaddedSlack;
    twin_rows(band, padding, plain, twins);
    plain = twins;
  }
  const std::int64_t copies = wants_twins ? 2 : 1;
  band.pixel_bytes *= copies;
  band.source_stride = copies * stride;
  band.source = plain + kPadding * (band.source_stride + band.pixel_bytes);
}

}  // namespace
}  // namespace fa::FA_ISA
