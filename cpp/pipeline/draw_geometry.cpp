// What the transforms draw that move pixels. The formulas are those of torchvision.transforms.v2.
#include <cmath>
#include <stdexcept>

#include "pipeline/draw_steps.hpp"
#include "random/portable_math.hpp"

namespace fa {
namespace {

[[noreturn]] void throw_too_small(const DrawContext& context, CanvasSize found, CanvasSize wanted,
                                  const char* fix) {
  const auto text = [](CanvasSize size) {
    return std::to_string(size.height) + " x " + std::to_string(size.width);
  };
  throw std::invalid_argument(context.name + ": the image is " + text(found) +
                              " here, expected at least " + text(wanted) + fix);
}

void check_has_pixels(const DrawContext& context) {
  if (context.canvas.height >= 1 && context.canvas.width >= 1) return;
  throw_too_small(context, context.canvas, {1, 1}, "");
}

// In whole pixels; adding zero turns a negative zero into a zero.
double draw_shift(double fraction, std::int64_t side, DrawContext& context) {
  const double most = fraction * static_cast<double>(side);
  return std::nearbyint(context.stream.uniform(-most, most)) + 0.0;
}

struct Corner {
  std::int64_t x, y;
};

struct Padding {
  std::int64_t left, top, right, bottom;
};

CanvasSize padded(CanvasSize canvas, const Padding& padding) {
  return {canvas.height + padding.top + padding.bottom,
          canvas.width + padding.left + padding.right};
}

// Where a window in the middle begins: half a pixel goes to the even neighbour. A window that is
// too long reaches out, further at the end.
std::int64_t middle(std::int64_t side, std::int64_t window) {
  if (window > side) return -((window - side) / 2);
  return static_cast<std::int64_t>(std::nearbyint(static_cast<double>(side - window) / 2.0));
}

// When no box fits: the largest one in the middle whose ratio is allowed.
CanvasSize central_box(CanvasSize canvas, const Range& ratio) {
  const double height = static_cast<double>(canvas.height);
  const double width = static_cast<double>(canvas.width);
  CanvasSize box = canvas;
  if (width / height < ratio.low) {
    box.height = static_cast<std::int64_t>(std::nearbyint(width / ratio.low));
  } else if (width / height > ratio.high) {
    box.width = static_cast<std::int64_t>(std::nearbyint(height * ratio.high));
  }
  return {box.height < 1 ? 1 : box.height, box.width < 1 ? 1 : box.width};
}

void write_box(double* values, std::int64_t top, std::int64_t left, CanvasSize size) {
  values[0] = static_cast<double>(top);
  values[1] = static_cast<double>(left);
  values[2] = static_cast<double>(size.height);
  values[3] = static_cast<double>(size.width);
}

}  // namespace

Range log_of(const Range& ratio) { return {portable_log(ratio.low), portable_log(ratio.high)}; }

BoxSides draw_sides(double canvas_area, const Range& scale, const Range& log_ratio,
                    DrawContext& context) {
  const double area = canvas_area * uniform(scale, context);
  const double ratio = portable_exp(uniform(log_ratio, context));
  return {std::nearbyint(std::sqrt(area * ratio)), std::nearbyint(std::sqrt(area / ratio))};
}

bool draw_values(const RandomFlip& flip, DrawContext& context) { return applies(flip.p, context); }

bool draw_values(const AlternatingFlip&, DrawContext& context) {
  const bool starts_flipped = context.stream.bernoulli(0.5);
  return starts_flipped == (context.epoch % 2 == 0) || context.force;
}

bool draw_values(const RandomQuarterTurn& turn, DrawContext& context) {
  if (!applies(turn.p, context)) return false;
  context.values[0] = static_cast<double>(context.stream.below(4));
  return true;
}

bool draw_values(const RandomAffine& affine, DrawContext& context) {
  double* values = context.values;
  values[0] = uniform(affine.degrees, context);
  values[1] = draw_shift(affine.translate_x, context.canvas.width, context);
  values[2] = draw_shift(affine.translate_y, context.canvas.height, context);
  values[3] = uniform(affine.scale, context);
  values[4] = values[3];
  values[5] = uniform(affine.shear_x, context);
  values[6] = uniform(affine.shear_y, context);
  return true;
}

bool draw_values(const RandomPerspective& perspective, DrawContext& context) {
  if (!applies(perspective.p, context)) return false;
  const auto [height, width] = context.canvas;
  // How many places there are for a corner, counted from the image's own.
  const auto places = [&](std::int64_t side) {
    return static_cast<std::int64_t>(perspective.distortion * static_cast<double>(side / 2)) + 1;
  };
  const std::int64_t across = places(width), down = places(height);
  RandomStream& stream = context.stream;
  const auto near_left = [&] { return stream.below(across); };
  const auto near_right = [&] { return width - across + stream.below(across); };
  const auto near_top = [&] { return stream.below(down); };
  const auto near_bottom = [&] { return height - down + stream.below(down); };
  // Braces fix the order in which these are drawn.
  const Corner corners[4] = {{near_left(), near_top()},
                             {near_right(), near_top()},
                             {near_right(), near_bottom()},
                             {near_left(), near_bottom()}};
  for (int i = 0; i < 4; ++i) {
    context.values[2 * i] = static_cast<double>(corners[i].x);
    context.values[2 * i + 1] = static_cast<double>(corners[i].y);
  }
  return true;
}

bool draw_values(const Crop& crop, DrawContext& context) {
  Padding padding{crop.pad_left, crop.pad_top, crop.pad_right, crop.pad_bottom};
  CanvasSize canvas = padded(context.canvas, padding);
  std::int64_t top, left;
  if (crop.is_random) {
    if (crop.pads_if_needed) {
      // By what is missing, on both sides.
      const std::int64_t rows = crop.height > canvas.height ? crop.height - canvas.height : 0;
      const std::int64_t columns = crop.width > canvas.width ? crop.width - canvas.width : 0;
      padding = {padding.left + columns, padding.top + rows, padding.right + columns,
                 padding.bottom + rows};
      canvas = padded(context.canvas, padding);
    }
    if (canvas.height < crop.height || canvas.width < crop.width) {
      throw_too_small(context, canvas, {crop.height, crop.width}, "; pass pad_if_needed=True");
    }
    top = context.stream.below(canvas.height - crop.height + 1);
    left = context.stream.below(canvas.width - crop.width + 1);
  } else {
    top = middle(canvas.height, crop.height);
    left = middle(canvas.width, crop.width);
  }
  context.values[0] = static_cast<double>(top - padding.top);
  context.values[1] = static_cast<double>(left - padding.left);
  return true;
}

bool draw_values(const Pad&, DrawContext&) { return true; }

bool draw_values(const Resize&, DrawContext& context) {
  check_has_pixels(context);
  return true;
}

bool draw_values(const RandomResizedCrop& crop, DrawContext& context) {
  check_has_pixels(context);
  const auto [height, width] = context.canvas;
  const double area = static_cast<double>(height * width);
  const Range log_ratio = log_of(crop.ratio);
  for (int i = 0; i < kBoxTries; ++i) {
    const auto [box_width, box_height] = draw_sides(area, crop.scale, log_ratio, context);
    const bool fits = box_width > 0.0 && box_width <= static_cast<double>(width) &&
                      box_height > 0.0 && box_height <= static_cast<double>(height);
    if (!fits) continue;
    const CanvasSize box{static_cast<std::int64_t>(box_height),
                         static_cast<std::int64_t>(box_width)};
    const std::int64_t top = context.stream.below(height - box.height + 1);
    const std::int64_t left = context.stream.below(width - box.width + 1);
    write_box(context.values, top, left, box);
    return true;
  }
  const CanvasSize box = central_box(context.canvas, crop.ratio);
  write_box(context.values, (height - box.height) / 2, (width - box.width) / 2, box);
  return true;
}

}  // namespace fa
