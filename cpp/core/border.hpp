// Which pixel stands at an index outside the image, by np.pad's names.
#pragma once

#include <cstdint>

#include "core/inline.hpp"

namespace fa {

enum class Border : std::uint8_t { kConstant, kEdge, kReflect, kSymmetric, kWrap };

// The remainder that is never negative.
FA_INLINE std::int64_t floor_modulo(std::int64_t index, std::int64_t period) {
  const std::int64_t remainder = index % period;
  return remainder < 0 ? remainder + period : remainder;
}

// The index in [0, size) that shows at `index`, or -1 where the fill shows. size >= 1 unless the
// border is constant.
FA_INLINE std::int64_t border_index(Border border, std::int64_t index, std::int64_t size) {
  if (index >= 0 && index < size) return index;
  switch (border) {
    case Border::kConstant:
      return -1;
    case Border::kEdge:
      return index < 0 ? 0 : size - 1;
    case Border::kReflect: {
      if (size == 1) return 0;
      const std::int64_t folded = floor_modulo(index, 2 * size - 2);
      return folded < size ? folded : 2 * size - 2 - folded;
    }
    case Border::kSymmetric: {
      const std::int64_t folded = floor_modulo(index, 2 * size);
      return folded < size ? folded : 2 * size - 1 - folded;
    }
    case Border::kWrap:
      return floor_modulo(index, size);
  }
  return -1;
}

}  // namespace fa
