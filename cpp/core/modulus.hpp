// The modulus of a complex number: square roots and quotients are rounded exactly, so the bits are
// the same everywhere.
#pragma once

#include "core/inline.hpp"

namespace fa {

// The squares of floats neither overflow nor vanish in a double.
FA_INLINE double modulus(float real, float imaginary) {
  const double a = real, b = imaginary;
  return __builtin_sqrt(a * a + b * b);
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
  return larger * __builtin_sqrt(1.0 + ratio * ratio);
}

}  // namespace fa
