// exp and log from additions, multiplications and divisions alone, which every machine rounds
// alike: the C library's own may differ in the last bit from one processor to the next, and a draw
// must not. Relative error below 1e-14 for normal numbers.
#pragma once

#include <bit>
#include <cstdint>

#include "core/check.hpp"
#include "core/inline.hpp"

namespace fa {

constexpr double kLog2 = 0x1.62e42fefa39efp-1;

// x is normal and positive.
FA_INLINE double portable_log(double x) {
  FA_ASSERT(x >= 0x1p-1022 && x <= 0x1.fffffffffffffp+1023);
  // x = 2^exponent * mantissa, with the mantissa between the square roots of 1/2 and 2.
  constexpr std::uint64_t kRootOfHalf = 0x3fe6a09e667f3bcd;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  const std::int64_t exponent = static_cast<std::int64_t>(bits - kRootOfHalf) >> 52;
  const double mantissa =
      std::bit_cast<double>(bits - (static_cast<std::uint64_t>(exponent) << 52));
  // log((1 + s) / (1 - s)) = 2 (s + s^3 / 3 + s^5 / 5 + ...)
  const double s = (mantissa - 1.0) / (mantissa + 1.0);
  double sum = 0.0;
  for (int power = 21; power >= 1; power -= 2) sum = sum * (s * s) + 1.0 / power;
  return static_cast<double>(exponent) * kLog2 + 2.0 * s * sum;
}

// The result is normal and finite: |x| < 700.
FA_INLINE double portable_exp(double x) {
  FA_ASSERT(x > -700.0 && x < 700.0);
  const double scaled = x / kLog2;
  const auto exponent = static_cast<std::int64_t>(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
  // x = exponent * log(2) + rest. The first part of log(2) has few bits, so its product is exact.
  constexpr double kLog2High = 0x1.62e42ffp-1;
  constexpr double kLog2Low = -0x1.718432a1b0e26p-35;
  const double whole = static_cast<double>(exponent);
  const double rest = (x - whole * kLog2High) - whole * kLog2Low;
  double sum = 1.0;
  for (int i = 14; i >= 1; --i) sum = 1.0 + sum * rest / i;
  return sum * std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
}

}  // namespace fa
