// What the transforms draw that look at the boxes of a sample.
#include <algorithm>
#include <cmath>
#include <vector>

#include "pipeline/draw_steps.hpp"
#include "pipeline/targets.hpp"

namespace fa {
namespace {

// A draw that never finds a window ends after this many choices of an overlap.
constexpr int kMostChoices = 64;

// Those that can still be seen, on the canvas that the transform finds.
const std::vector<EdgeBox>& boxes_here(const DrawContext& context) {
  thread_local std::vector<EdgeBox> boxes;
  thread_local std::vector<Stop> stops;
  boxes.clear();
  walk(context.pipeline, context.records, context.source, stops);
  for (std::int64_t i = 0; i < context.boxes.count; ++i) {
    const double* edges = context.boxes.edges + 4 * i;
    const MovedBox moved = move_box(stops, {edges[0], edges[1], edges[2], edges[3]});
    if (moved.visible > 0.0) boxes.push_back(moved.box);
  }
  return boxes;
}

double area(const EdgeBox& box) { return (box.x1 - box.x0) * (box.y1 - box.y0); }

// Intersection over union.
double overlap(const EdgeBox& a, const EdgeBox& b) {
  const double width = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
  const double height = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  if (width <= 0.0 || height <= 0.0) return 0.0;
  return width * height / (area(a) + area(b) - width * height);
}

void write_window(double* values, const EdgeBox& window) {
  values[0] = window.y0;
  values[1] = window.x0;
  values[2] = window.y1 - window.y0;
  values[3] = window.x1 - window.x0;
}

// A window of random size and place; false when its shape is not allowed.
bool try_window(const RandomIoUCrop& crop, DrawContext& context, EdgeBox& window) {
  const auto height = static_cast<double>(context.canvas.height);
  const auto width = static_cast<double>(context.canvas.width);
  const double new_width = std::floor(width * uniform(crop.scale, context));
  const double new_height = std::floor(height * uniform(crop.scale, context));
  const double left = std::floor((width - new_width) * context.stream.uniform(0.0, 1.0));
  const double top = std::floor((height - new_height) * context.stream.uniform(0.0, 1.0));
  window = {left, top, left + new_width, top + new_height};
  const double ratio = new_width / new_height;
  return new_width >= 1.0 && new_height >= 1.0 && ratio >= crop.ratio.low &&
         ratio <= crop.ratio.high;
}

// Whether some box whose middle lies in the window overlaps it enough.
bool covers(const std::vector<EdgeBox>& boxes, const EdgeBox& window, double least) {
  return std::any_of(boxes.begin(), boxes.end(), [&](const EdgeBox& box) {
    return is_center_inside(box, window) && overlap(box, window) >= least;
  });
}

}  // namespace

bool draw_values(const RandomIoUCrop& crop, DrawContext& context) {
  const std::vector<EdgeBox>& boxes = boxes_here(context);
  const auto choices = static_cast<std::int64_t>(crop.least_overlaps.size());
  for (int choice = 0; choice < kMostChoices; ++choice) {
    const auto chosen = static_cast<std::size_t>(context.stream.below(choices));
    const double least = crop.least_overlaps[chosen];
    if (least >= 1.0 || boxes.empty()) return false;
    for (std::int64_t trial = 0; trial < crop.trials; ++trial) {
      EdgeBox window{};
      if (!try_window(crop, context, window) || !covers(boxes, window, least)) continue;
      write_window(context.values, window);
      return true;
    }
  }
  return false;
}

bool draw_values(const RandomBoxSafeCrop& crop, DrawContext& context) {
  if (!applies(crop.p, context)) return false;
  const std::vector<EdgeBox>& boxes = boxes_here(context);
  if (boxes.empty()) return false;
  const auto [height, width] = context.canvas;
  EdgeBox all = boxes.front();
  for (const EdgeBox& box : boxes) {
    all = {std::min(all.x0, box.x0), std::min(all.y0, box.y0), std::max(all.x1, box.x1),
           std::max(all.y1, box.y1)};
  }
  // Each side at a place of its own between the boxes and the edge.
  const auto before = [&](double edge) {
    return static_cast<double>(
        context.stream.below(static_cast<std::int64_t>(std::floor(edge)) + 1));
  };
  const auto after = [&](double edge, std::int64_t side) {
    const auto least = static_cast<std::int64_t>(std::ceil(edge));
    return static_cast<double>(side - context.stream.below(side - least + 1));
  };
  const double left = before(all.x0), top = before(all.y0);
  const double right = after(all.x1, width), bottom = after(all.y1, height);
  write_window(context.values, {left, top, right, bottom});
  return true;
}

}  // namespace fa
