// Numbers of other distributions from a stream: by rejection, so each takes a random number of
// words. The same bits on every machine.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/check.hpp"
#include "core/inline.hpp"
#include "random/portable_math.hpp"
#include "random/random_stream.hpp"

namespace fa {

// Standard normal, by the polar method; of the two numbers that a point gives one is used.
FA_INLINE double draw_normal(RandomStream& stream) {
  for (;;) {
    const double x = 2.0 * stream.uniform() - 1.0;
    const double y = 2.0 * stream.uniform() - 1.0;
    const double square = x * x + y * y;
    if (square >= 1.0 || square < 0x1p-100) continue;
    return x * std::sqrt(-2.0 * portable_log(square) / square);
  }
}

// The logarithm of a gamma variate of this shape and scale 1; logarithms since small shapes give
// variates that no double can hold. Marsaglia and Tsang, "A simple method for generating gamma
// variables", 2000; a shape below 1 by that of shape + 1.
FA_INLINE double draw_log_gamma(double shape, RandomStream& stream) {
  FA_ASSERT(shape > 0.0);
  double log_boost = 0.0;
  if (shape < 1.0) {
    log_boost = portable_log(1.0 - stream.uniform()) / shape;
    shape += 1.0;
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = draw_normal(stream);
    const double root = 1.0 + c * x;
    if (root <= 0.0) continue;
    const double cube = root * root * root;
    const double log_u = portable_log(1.0 - stream.uniform());
    const double log_cube = portable_log(cube);
    if (log_u < 0.5 * x * x + d * (1.0 - cube + log_cube)) {
      return portable_log(d) + log_cube + log_boost;
    }
  }
}

// The share of e^log_x in e^log_x + e^log_y.
FA_INLINE double share_of(double log_x, double log_y) {
  const double difference = log_y - log_x;
  if (difference > 600.0) return 0.0;
  if (difference < -600.0) return 1.0;
  return 1.0 / (1.0 + portable_exp(difference));
}

// From 0 to 1, of Beta(alpha, alpha).
FA_INLINE double draw_beta(double alpha, RandomStream& stream) {
  const double log_x = draw_log_gamma(alpha, stream);
  return share_of(log_x, draw_log_gamma(alpha, stream));
}

}  // namespace fa
