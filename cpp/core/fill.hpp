// Repeating one pixel along a row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"

namespace fa {

// Writes `count` copies of the pixel at `fill`, doubling what is already there.
FA_INLINE void fill_pixels(std::byte* target, std::int64_t count, const std::byte* fill,
                           std::int64_t pixel_bytes) {
  const std::int64_t bytes = count * pixel_bytes;
  if (bytes <= 0) return;
  std::memcpy(target, fill, static_cast<std::size_t>(pixel_bytes));
  for (std::int64_t done = pixel_bytes; done < bytes;) {
    const std::int64_t step = done < bytes - done ? done : bytes - done;
    std::memcpy(target + done, target, static_cast<std::size_t>(step));
    done += step;
  }
}

}  // namespace fa
