// What the steps of policies draw: one of several things to do, and how much.
#include <algorithm>
#include <cmath>

#include "pipeline/draw_steps.hpp"
#include "random/variates.hpp"

namespace fa {
namespace {

double draw_level(const PolicyLevel& level, RandomStream& stream) {
  if (std::isinf(level.deviation)) return stream.uniform(0.0, level.mean);
  const double drawn = level.mean + level.deviation * draw_normal(stream);
  return drawn < 0.0 ? 0.0 : drawn > 1.0 ? 1.0 : drawn;
}

double at_level(const PolicyRow& row, double level) {
  const double stepped = row.steps > 0.0 ? std::floor(level * row.steps) / row.steps : level;
  return row.base + row.slope * stepped;
}

// Adding zero turns a negative zero into a zero.
double shift(const PolicyStep& step, const PolicyRow& row, double magnitude, std::int64_t side) {
  const double pixels = row.is_fraction ? magnitude * static_cast<double>(side) : magnitude;
  return (step.whole_pixels ? std::trunc(pixels) : pixels) + 0.0;
}

double amount_of(const PolicyStep& step, const PolicyRow& row, double magnitude,
                 CanvasSize canvas) {
  switch (row.op) {
    case PolicyOp::kTranslateX:
      return shift(step, row, magnitude, canvas.width);
    case PolicyOp::kTranslateY:
      return shift(step, row, magnitude, canvas.height);
    case PolicyOp::kBrightness:
    case PolicyOp::kSaturation:
    case PolicyOp::kContrast:
    case PolicyOp::kSharpness:
      return 1.0 + magnitude;
    default:
      return magnitude + 0.0;
  }
}

// How many numbers a step takes from the stream, its level left out.
constexpr std::int64_t kNumbersOfStep = 3;

}  // namespace

bool draw_values(const PolicyStep& step, DrawContext& context) {
  RandomStream& stream = context.stream;
  const std::int64_t chosen = stream.below(static_cast<std::int64_t>(step.rows.size()));
  for (std::int64_t i = 0; i < step.sharing * kNumbersOfStep; ++i) stream.uniform();
  const PolicyRow& row = step.rows[static_cast<std::size_t>(chosen)];
  const bool happens = applies(row.p, context);
  const double place = stream.uniform();
  const bool is_turned = stream.bernoulli(0.5) && row.is_signed;
  if (!happens) return false;
  const std::size_t count = row.magnitudes.size();
  const double magnitude =
      count > 0 ? row.magnitudes[static_cast<std::size_t>(place * static_cast<double>(count))]
                : at_level(row, draw_level(step.level, stream));
  context.values[0] = static_cast<double>(chosen);
  context.values[1] = static_cast<double>(row.op);
  context.values[2] = amount_of(step, row, is_turned ? -magnitude : magnitude, context.canvas);
  return true;
}

bool draw_values(const ChainMix& mix, DrawContext& context) {
  RandomStream& stream = context.stream;
  double* values = context.values;
  values[0] = draw_beta(mix.alpha, stream);
  double* weights = values + 1;
  for (std::int64_t i = 0; i < mix.width; ++i) weights[i] = draw_log_gamma(mix.alpha, stream);
  const double highest = *std::max_element(weights, weights + mix.width);
  double sum = 0.0;
  for (std::int64_t i = 0; i < mix.width; ++i) {
    const double distance = weights[i] - highest;
    weights[i] = distance > -600.0 ? portable_exp(distance) : 0.0;
    sum += weights[i];
  }
  for (std::int64_t i = 0; i < mix.width; ++i) weights[i] *= (1.0 - values[0]) / sum;
  return true;
}

}  // namespace fa
