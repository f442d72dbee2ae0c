// A coordinate along a row in fixed point: a whole number of steps away from where it starts, so
// that it is the same in whatever order and however many at a time it is computed.
#pragma once

#include <cstdint>

#include "core/inline.hpp"
#include "core/span.hpp"

namespace fa {

constexpr int kFractionBits = 32;

// A multiple of 2^-32, towards zero; |value| <= 2^30.
FA_INLINE std::int64_t to_fixed(double value) { return static_cast<std::int64_t>(value * 0x1p32); }

FA_INLINE std::int64_t whole_part(std::int64_t fixed) { return fixed >> kFractionBits; }

FA_INLINE std::int64_t from_whole(std::int64_t number) { return number * (std::int64_t{1} << 32); }

struct FixedLine {
  std::int64_t start, step;
  double reciprocal;  // 1 / step, if the step is not 0
};

FA_INLINE std::int64_t at(const FixedLine& line, std::int64_t x) {
  return line.start + line.step * x;
}

FA_INLINE bool is_between(const FixedLine& line, std::int64_t x, std::int64_t low,
                          std::int64_t high) {
  const std::int64_t value = at(line, x);
  return value >= low && value < high;
}

// The x in [0, width) with low <= at(line, x) < high.
FA_INLINE Span span_between(const FixedLine& line, std::int64_t low, std::int64_t high,
                            std::int64_t width) {
  if (line.step == 0) return is_between(line, 0, low, high) ? Span{0, width} : Span{0, 0};
  const double to_low = static_cast<double>(low - line.start) * line.reciprocal;
  const double to_high = static_cast<double>(high - line.start) * line.reciprocal;
  const bool rising = line.step > 0;
  const Span guess{clamp_to_index(rising ? to_low : to_high, width),
                   clamp_to_index((rising ? to_high : to_low) + 1.0, width)};
  return corrected(line, guess, low, high, width);
}

}  // namespace fa
