// What the transforms draw that change pixels in place. The formulas are those of
// torchvision.transforms.v2.
#include "pipeline/draw_steps.hpp"

namespace fa {

bool draw_values(const ColorJitter& jitter, DrawContext& context) {
  double* order = context.values + 4;
  for (int i = 0; i < 4; ++i) order[i] = i;
  context.stream.shuffle(order, 4);
  // A part that is off takes its number too, so that the others do not depend on it.
  const auto draw_factor = [&](bool is_on, const Range& range, double unchanged) {
    return uniform(is_on ? range : Range{unchanged, unchanged}, context);
  };
  context.values[0] = draw_factor(jitter.has_brightness, jitter.brightness, 1.0);
  context.values[1] = draw_factor(jitter.has_contrast, jitter.contrast, 1.0);
  context.values[2] = draw_factor(jitter.has_saturation, jitter.saturation, 1.0);
  context.values[3] = draw_factor(jitter.has_hue, jitter.hue, 0.0);
  return true;
}

bool draw_values(const RandomColor& color, DrawContext& context) {
  if (!applies(color.p, context)) return false;
  context.values[0] = uniform(color.amount, context);
  return true;
}

bool draw_values(const RandomTone& tone, DrawContext& context) { return applies(tone.p, context); }

bool draw_values(const RandomSharpness& sharpness, DrawContext& context) {
  if (!applies(sharpness.p, context)) return false;
  context.values[0] = uniform(sharpness.factor, context);
  return true;
}

bool draw_values(const GaussianBlur& blur, DrawContext& context) {
  context.values[0] = uniform(blur.sigma, context);
  return true;
}

bool draw_values(const GaussianNoise&, DrawContext& context) {
  context.values[0] = static_cast<double>(context.stream.bits53());
  return true;
}

bool draw_values(const RandomErasing& erasing, DrawContext& context) {
  if (!applies(erasing.p, context)) return false;
  const auto [height, width] = context.canvas;
  const double area = static_cast<double>(height * width);
  const Range log_ratio = log_of(erasing.ratio);
  double* values = context.values;
  for (int i = 0; i < kBoxTries; ++i) {
    const auto [box_height, box_width] = draw_sides(area, erasing.scale, log_ratio, context);
    const bool fits =
        box_height < static_cast<double>(height) && box_width < static_cast<double>(width);
    if (!fits) continue;
    const auto rows = static_cast<std::int64_t>(box_height);
    const auto columns = static_cast<std::int64_t>(box_width);
    values[0] = static_cast<double>(context.stream.below(height - rows + 1));
    values[1] = static_cast<double>(context.stream.below(width - columns + 1));
    values[2] = box_height;
    values[3] = box_width;
    break;
  }
  values[4] = static_cast<double>(context.stream.bits53());
  return true;
}

bool draw_values(const Normalize&, DrawContext&) { return true; }

bool draw_values(const ToFloat&, DrawContext&) { return true; }

bool draw_values(const Untouched&, DrawContext&) { return true; }

}  // namespace fa
