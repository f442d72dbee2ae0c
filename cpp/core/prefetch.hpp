// Asking for memory ahead of its use, where the processor's own guess fails.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"

namespace fa {

// Any address will do: a prefetch never faults.
FA_INLINE void prefetch([[maybe_unused]] const void* address) {
#if defined(__GNUC__) || defined(__clang__)
  __builtin_prefetch(address);
#endif
}

constexpr std::int64_t kCacheLine = 64;

// Rows that are read from the bottom up or from right to left are asked for this many rows ahead.
constexpr std::int64_t kRowsAhead = 8;

FA_INLINE void prefetch_row(const std::byte* row, std::int64_t bytes) {
  for (std::int64_t i = 0; i < bytes; i += kCacheLine) prefetch(row + i);
}

}  // namespace fa
