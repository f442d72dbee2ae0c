// The modulus of a complex number: square roots and quotients are rounded exactly, so the bits are
// the same everywhere.
#pragma once

#include "core/inline.hpp"

namespace fa {

FA_INLINE double square_root(double value) {
#if defined(_MSC_VER)
  return sqrt(value);
#else
  return __builtin_sqrt(value);
#endif
}

// The squares of floats neither overflow nor vanish in a double.
FA_INLINE double modulus(float real, float imaginary) {
  const double a = real, b = imaginary;
  return square_root(a * a + b * b);
}

// NaN if a part is NaN, else infinity if one is infinite.
FA_INLINE double modulus(double real, double imaginary) {
  const double a = real < 0.0 ? -real : real;
  const double b = imaginary < 0.0 ? -imaginary : imaginary;
  const double larger = a > b ? a : b;
  const double sum = a + b;
  // Nothing to divide by, or a part that is not finite: the sum says it.
  if (!(larger > 0.0) || !(sum - sum == 0.0)) return sum;
  const double ratio = (a > b ? b : a) / larger;
  return larger * square_root(1.0 + ratio * ratio);
}

}  // namespace fa
