// Repeating one pixel along a row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"

namespace fa {

constexpr std::int64_t kPatternBytes = 512;

// A pixel repeated as often as it fits: made once for many rows, which are then filled by copying.
// A pixel larger than the pattern is copied one by one.
struct FillPattern {
  std::byte bytes[kPatternBytes];
  std::int64_t used_bytes;  // 0: the pixel is too large
  const std::byte* pixel;
  std::int64_t pixel_bytes;
};

FA_INLINE void make_pattern(FillPattern& pattern, const std::byte* pixel,
                            std::int64_t pixel_bytes) {
  pattern.pixel = pixel;
  pattern.pixel_bytes = pixel_bytes;
  pattern.used_bytes = kPatternBytes / pixel_bytes * pixel_bytes;
  if (pattern.used_bytes == 0) return;
  // Twice as much with every copy: one for each pixel would take longer than cropping a small
  // image.
  std::memcpy(pattern.bytes, pixel, static_cast<std::size_t>(pixel_bytes));
  for (std::int64_t done = pixel_bytes; done < pattern.used_bytes;) {
    const std::int64_t rest = pattern.used_bytes - done;
    const std::int64_t more = done < rest ? done : rest;
    std::memcpy(pattern.bytes + done, pattern.bytes, static_cast<std::size_t>(more));
    done += more;
  }
}

FA_INLINE void fill_pixels(std::byte* target, std::int64_t count, const FillPattern& pattern) {
  const bool fits = pattern.used_bytes > 0;
  const std::byte* source = fits ? pattern.bytes : pattern.pixel;
  const std::int64_t most = fits ? pattern.used_bytes : pattern.pixel_bytes;
  for (std::int64_t left = count * pattern.pixel_bytes; left > 0; left -= most) {
    std::memcpy(target, source, static_cast<std::size_t>(left < most ? left : most));
    target += most;
  }
}

// Sides of a row up to this wide are filled by one copy of fixed size, which may spill into the
// middle of the row: write the middle afterwards.
constexpr std::int64_t kQuickBytes = 64;

FA_INLINE void fill_left_quickly(std::byte* row, const FillPattern& pattern) {
  std::memcpy(row, pattern.bytes, kQuickBytes);
}

FA_INLINE void fill_right_quickly(std::byte* row_end, const FillPattern& pattern) {
  // The copy ends with the row, so it begins within a pixel.
  const std::int64_t phase =
      (pattern.pixel_bytes - kQuickBytes % pattern.pixel_bytes) % pattern.pixel_bytes;
  std::memcpy(row_end - kQuickBytes, pattern.bytes + phase, kQuickBytes);
}

// `bytes` of whole pixels, at most kPatternBytes, by two stores of one size that meet or overlap:
// for the few pixels beside a row, where a call would take longer.
FA_INLINE void fill_few(std::byte* target, std::int64_t bytes, const FillPattern& pattern) {
  const std::byte* from = pattern.bytes;
  if (bytes >= 16) {
    for (std::int64_t i = 0; i < bytes - 16; i += 16) std::memcpy(target + i, from + i, 16);
    std::memcpy(target + bytes - 16, from + bytes - 16, 16);
  } else if (bytes >= 8) {
    std::memcpy(target, from, 8);
    std::memcpy(target + bytes - 8, from + bytes - 8, 8);
  } else if (bytes >= 4) {
    std::memcpy(target, from, 4);
    std::memcpy(target + bytes - 4, from + bytes - 4, 4);
  } else {
    for (std::int64_t i = 0; i < bytes; ++i) target[i] = from[i];
  }
}

}  // namespace fa
