#include "kernels/color_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fa {
namespace {

// Far beyond the factor that sends every value to an end of the range, and no product overflows.
constexpr double kLargestFactor = 1e30;

float to_float(double value) { return static_cast<float>(value); }

ColorLinear linear(double scale, double bias, const ColorScale& range) {
  return {to_float(scale), to_float(bias), to_float(range.low), to_float(range.high)};
}

ColorLinear inversion(const ColorScale& scale) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return {-1.0f, to_float(scale.low + scale.high), -kInfinity, kInfinity};
}

// The threshold of an integer image is half a level lower: between the levels that differ.
ColorSolarize solarization(double threshold, const ColorScale& scale) {
  if (is_integer(scale)) {
    threshold = std::clamp(std::ceil(threshold), scale.low, scale.high + 1.0) - 0.5;
  }
  return {to_float(threshold), to_float(scale.low + scale.high)};
}

ColorPosterize posterization(double bits, const ColorScale& scale) {
  const double levels = std::exp2(bits);
  const double unit = (scale.high - scale.low + (is_integer(scale) ? 1.0 : 0.0)) / levels;
  const double offset = is_integer(scale) ? 0.5 : -scale.low;
  return {to_float(offset), to_float(1.0 / unit), to_float(levels - 1.0), to_float(unit),
          to_float(scale.low)};
}

ColorOperation gamma_operation(const ColorStep& step, std::int64_t sample,
                               const ColorScale& scale) {
  const double gamma = value_of(step.amount, sample);
  const double gain = value_of(step.gain, sample);
  if (gamma == 1.0 && gain == 1.0) return ColorCopy{};
  return ColorGamma{gamma, gain, scale};
}

void run_gamma(const ColorGamma& step, const ColorTile& tile) {
  const float low = to_float(step.scale.low);
  const float range = to_float(step.scale.high - step.scale.low);
  const float gamma = to_float(step.gamma), gain = to_float(step.gain);
  for (int c = 0; c < tile.channels; ++c) {
    float* values = tile.data + c * tile.channel_stride;
    for (std::int64_t i = 0; i < tile.width; ++i) {
      if (is_integer(step.scale)) {
        const double level = std::floor(static_cast<double>(values[i]) + 0.5);
        values[i] = gamma_of_level(step, std::clamp(level, step.scale.low, step.scale.high));
      } else {
        const float unit = (values[i] - low) / range;
        const float power = gain * std::pow(unit < 0.0f ? 0.0f : unit, gamma);
        values[i] = low + range * (power > 1.0f ? 1.0f : power);
      }
    }
  }
}

// One call per kind of operation, for std::visit.
struct TileRunner {
  const ColorKernels& kernels;
  const ColorTile& tile;
  void operator()(const ColorCopy&) const {}
  void operator()(const ColorLinear& step) const { kernels.linear(tile, step); }
  void operator()(const ColorSaturation& step) const { kernels.saturation(tile, step); }
  void operator()(const ColorHue& step) const { kernels.hue(tile, step); }
  void operator()(const ColorGray&) const { kernels.gray(tile); }
  void operator()(const ColorSolarize& step) const { kernels.solarize(tile, step); }
  void operator()(const ColorPosterize& step) const { kernels.posterize(tile, step); }
  void operator()(const ColorTable& step) const { kernels.look_up(tile, step); }
  void operator()(const ColorGamma& step) const { run_gamma(step, tile); }
};

}  // namespace

ColorScale color_scale(DType dtype, ValueRange range) {
  if (dtype == DType::kFloat32) return {dtype, range.low, range.high};
  return {dtype, 0.0, full_scale(dtype)};
}

bool is_integer(const ColorScale& scale) { return scale.dtype != DType::kFloat32; }

ColorOperation color_operation(const ColorStep& step, std::int64_t sample, const ColorScale& scale,
                               double mean) {
  switch (step.kind) {
    case ColorKind::kGray:
      return ColorGray{};
    case ColorKind::kInvert:
      return inversion(scale);
    case ColorKind::kGamma:
      return gamma_operation(step, sample, scale);
    default:
      break;
  }
  const double amount = value_of(step.amount, sample);
  if (step.kind == ColorKind::kSolarize) return solarization(amount, scale);
  if (step.kind == ColorKind::kPosterize) return posterization(amount, scale);
  if (step.kind == ColorKind::kHue) {
    if (amount == 0.0) return ColorCopy{};
    return ColorHue{to_float(6.0 * amount)};
  }
  if (amount == 1.0) return ColorCopy{};
  const double factor = std::min(amount, kLargestFactor);
  if (step.kind == ColorKind::kBrightness) return linear(factor, 0.0, scale);
  if (step.kind == ColorKind::kContrast) return linear(factor, (1.0 - factor) * mean, scale);
  return ColorSaturation{to_float(factor), to_float(scale.low), to_float(scale.high),
                         gray_rule(scale)};
}

std::optional<ColorBits> color_bits(const ColorStep& step, std::int64_t sample,
                                    const ColorScale& scale) {
  if (!is_integer(scale)) return std::nullopt;
  const auto top = static_cast<std::uint16_t>(scale.high);
  if (step.kind == ColorKind::kInvert) return ColorBits{0, top, top};
  if (step.kind == ColorKind::kSolarize) {
    const double threshold = std::max(std::ceil(value_of(step.amount, sample)), 0.0);
    if (threshold > scale.high) return ColorBits{0, 0, top};
    return ColorBits{static_cast<std::uint16_t>(threshold), top, top};
  }
  if (step.kind == ColorKind::kPosterize) {
    const int lost = 8 * item_size(scale.dtype) - static_cast<int>(value_of(step.amount, sample));
    return ColorBits{0, 0, static_cast<std::uint16_t>(top >> lost << lost)};
  }
  return std::nullopt;
}

void run_on_tile(const ColorKernels& kernels, const ColorOperation& operation,
                 const ColorTile& tile) {
  std::visit(TileRunner{kernels, tile}, operation);
}

float gamma_of_level(const ColorGamma& step, double level) {
  const double power = step.gain * std::pow(level / step.scale.high, step.gamma);
  return to_float(step.scale.high * std::min(power, 1.0));
}

GrayRule gray_rule(const ColorScale& scale) {
  if (!is_integer(scale)) return GrayRule::kPlain;
  return scale.dtype == DType::kUint8 ? GrayRule::kFloored : GrayRule::kFlooredWide;
}

bool mixes_channels(ColorKind kind) {
  return kind == ColorKind::kSaturation || kind == ColorKind::kHue || kind == ColorKind::kGray;
}

}  // namespace fa
