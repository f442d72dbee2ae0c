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

// Asks for a line that will be written, not read: without this a store to cold memory waits for the
// line first. The builtin would ask for reading where the compiler may not assume the instruction,
// which older processors take for no operation.
FA_INLINE void prefetch_for_write([[maybe_unused]] const void* address) {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
#elif defined(__GNUC__) || defined(__clang__)
  __builtin_prefetch(address, 1);
#endif
}

FA_INLINE void prefetch_row_for_write(const std::byte* row, std::int64_t bytes) {
  for (std::int64_t i = 0; i < bytes; i += kCacheLine) prefetch_for_write(row + i);
}

// Images up to this size are asked for whole while the one before them is made; larger ones a few
// rows ahead of the row that is written.
constexpr std::int64_t kAskedWhole = 16 * 1024;
constexpr std::int64_t kAskedAhead = 4 * 1024;

// Images up to this size stay in the second cache while they are read in any order.
constexpr std::int64_t kSmallImageBytes = 1024 * 1024;

// Reads a byte of every cache line, in order: what is in memory the hardware then fetches at full
// speed. (Prefetch instructions in such numbers are dropped.) All rows must exist.
FA_INLINE void touch_rows(const std::byte* first, std::int64_t row_stride, std::int64_t rows,
                          std::int64_t row_bytes) {
  for (std::int64_t y = 0; y < rows; ++y) {
    const volatile std::byte* row = first + y * row_stride;
    for (std::int64_t i = 0; i < row_bytes; i += kCacheLine) static_cast<void>(row[i]);
  }
}

}  // namespace fa
