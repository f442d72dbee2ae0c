// Half-open ranges of indices, and where along a row a linear coordinate stays between two bounds.
#pragma once

#include <cstdint>

#include "core/inline.hpp"

namespace fa {

struct Span {
  std::int64_t begin, end;
};

FA_INLINE bool is_empty(Span span) { return span.begin >= span.end; }

FA_INLINE Span intersect(Span a, Span b) {
  const std::int64_t begin = a.begin > b.begin ? a.begin : b.begin;
  const std::int64_t end = a.end < b.end ? a.end : b.end;
  return end > begin ? Span{begin, end} : Span{begin, begin};
}

// The part of a span that lies in `outer`, itself a part of `outer` also when it is empty.
FA_INLINE Span clip(Span span, Span outer) {
  const Span common = intersect(span, outer);
  return is_empty(common) ? Span{outer.begin, outer.begin} : common;
}

// A coordinate along a row, as every kernel computes it: slope * x + start + shift, in this order.
struct RowCoordinate {
  double slope, start, shift;
  double reciprocal;  // 1 / slope, if the slope is not 0
};

FA_INLINE double at(const RowCoordinate& line, std::int64_t x) {
  return line.slope * static_cast<double>(x) + line.start + line.shift;
}

FA_INLINE bool is_between(const RowCoordinate& line, std::int64_t x, double low, double high) {
  const double value = at(line, x);
  return value >= low && value < high;
}

FA_INLINE std::int64_t clamp_to_index(double value, std::int64_t limit) {
  if (!(value > 0.0)) return 0;
  if (value >= static_cast<double>(limit)) return limit;
  return static_cast<std::int64_t>(value);
}

// The x in [0, width) with low <= at(line, x) < high, near a guess: its ends are moved until the
// rounded coordinates themselves obey the bounds, so a kernel may trust every x inside. (Rounding
// keeps order, so testing the ends is enough.)
template <class Line, class Value>
FA_INLINE Span corrected(const Line& line, Span guess, Value low, Value high, std::int64_t width) {
  std::int64_t begin = guess.begin, end = guess.end;
  while (begin > 0 && is_between(line, begin - 1, low, high)) --begin;
  while (begin < end && !is_between(line, begin, low, high)) ++begin;
  while (end < width && end > begin && is_between(line, end, low, high)) ++end;
  while (end > begin && !is_between(line, end - 1, low, high)) --end;
  return Span{begin, end};
}

// The x in [0, width) with low <= at(line, x) < high; the reciprocal only guesses.
FA_INLINE Span span_between(const RowCoordinate& line, double low, double high,
                            std::int64_t width) {
  if (line.slope == 0.0) return is_between(line, 0, low, high) ? Span{0, width} : Span{0, 0};
  const double to_low = (low - line.start - line.shift) * line.reciprocal;
  const double to_high = (high - line.start - line.shift) * line.reciprocal;
  const bool rising = line.slope > 0.0;
  const Span guess{clamp_to_index(rising ? to_low : to_high, width),
                   clamp_to_index((rising ? to_high : to_low) + 1.0, width)};
  return corrected(line, guess, low, high, width);
}

}  // namespace fa
