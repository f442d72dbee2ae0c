// float16 conversion: every one of the 65,536 values there and back, and rounding to nearest even.
#include <cmath>
#include <cstdint>

#include "check.hpp"
#include "core/half.hpp"

using fa::float_to_half;
using fa::Half;
using fa::half_to_float;

namespace {

// The value by its definition: sign, five bits of exponent, ten of fraction.
double defined_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

void test_every_half_there_and_back() {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const Half half{static_cast<std::uint16_t>(bits)};
    const float value = half_to_float(half);
    const double expected = defined_value(half.bits);
    if (std::isnan(expected)) {
      CHECK(std::isnan(value));
      CHECK(std::isnan(half_to_float(float_to_half(value))));
    } else {
      CHECK(value == expected);
      CHECK(float_to_half(value).bits == half.bits);
    }
  }
}

void test_midpoints_go_to_even_and_their_neighbours_to_the_nearer() {
  for (std::uint16_t bits = 0; bits < 0x7bff; ++bits) {
    const double low = defined_value(bits);
    const double high = defined_value(static_cast<std::uint16_t>(bits + 1));
    const float middle = static_cast<float>((low + high) / 2);
    const std::uint16_t even = static_cast<std::uint16_t>(bits + (bits & 1));
    CHECK(float_to_half(middle).bits == even);
    CHECK(float_to_half(std::nextafter(middle, 0.0f)).bits == bits);
    CHECK(float_to_half(std::nextafter(middle, 1e9f)).bits == bits + 1);
  }
}

void test_values_too_large_become_infinite() {
  CHECK(float_to_half(65519.0f).bits == 0x7bff);
  CHECK(float_to_half(65520.0f).bits == 0x7c00);
  CHECK(float_to_half(-1e30f).bits == 0xfc00);
  CHECK(float_to_half(INFINITY).bits == 0x7c00);
}

}  // namespace

int main() {
  test_every_half_there_and_back();
  test_midpoints_go_to_even_and_their_neighbours_to_the_nearer();
  test_values_too_large_become_infinite();
  return fa::test::result();
}
