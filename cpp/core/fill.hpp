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
  std::memcpy(pattern.bytes, pixel, static_cast<std::size_t>(pixel_bytes));
  for (std::int64_t done = pixel_bytes; done < pattern.used_bytes; done *= 2) {
    const std::int64_t left = pattern.used_bytes - done;
    std::memcpy(pattern.bytes + done, pattern.bytes,
                static_cast<std::size_t>(done < left ? done : left));
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

}  // namespace fa
