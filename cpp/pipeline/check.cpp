#include "pipeline/check.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <variant>

#include "pipeline/lower.hpp"

namespace fa {
namespace {

constexpr double kFarthest = 1 << 30;
constexpr double kSteepest = 16.0;            // slope of a shear
constexpr double kKeys = 9007199254740992.0;  // 2^53

bool is_whole_between(double value, double low, double high) {
  return value >= low && value <= high && value == std::floor(value);
}

// A box of whole pixels inside the canvas: top, left, height, width.
bool is_box(const double* values, CanvasSize canvas, double least) {
  const double bottom = values[0] + values[2], right = values[1] + values[3];
  return std::all_of(values, values + 4,
                     [](double value) { return is_whole_between(value, 0.0, kFarthest); }) &&
         values[2] >= least && values[3] >= least && bottom <= static_cast<double>(canvas.height) &&
         right <= static_cast<double>(canvas.width);
}

bool all_finite(const double* values, int count) {
  return std::all_of(values, values + count, [](double value) {
    return std::isfinite(value) && std::abs(value) <= kFarthest;
  });
}

// Whether the values of an applied record are possible for a canvas of this size.
struct Possible {
  const double* values;
  CanvasSize canvas;

  bool operator()(const RandomQuarterTurn&) const { return is_whole_between(values[0], 0.0, 3.0); }
  bool operator()(const RandomAffine&) const {
    return all_finite(values, 7) && values[3] != 0.0 && values[4] != 0.0 &&
           std::abs(values[5]) < 90.0 && std::abs(values[6]) < 90.0;
  }
  bool operator()(const RandomPerspective&) const { return all_finite(values, 8); }
  bool operator()(const Crop&) const {
    return is_whole_between(values[0], -kFarthest, kFarthest) &&
           is_whole_between(values[1], -kFarthest, kFarthest);
  }
  bool operator()(const RandomResizedCrop&) const { return is_box(values, canvas, 1.0); }
  bool operator()(const RandomIoUCrop&) const { return is_box(values, canvas, 1.0); }
  bool operator()(const RandomBoxSafeCrop&) const { return is_box(values, canvas, 1.0); }
  bool operator()(const ColorJitter&) const {
    const bool factors = all_finite(values, 4) && values[0] >= 0.0 && values[1] >= 0.0 &&
                         values[2] >= 0.0 && std::abs(values[3]) <= 0.5;
    return factors && std::all_of(values + 4, values + 8,
                                  [](double which) { return is_whole_between(which, 0.0, 3.0); });
  }
  bool operator()(const RandomColor& color) const {
    if (color.kind == ColorKind::kPosterize) return is_whole_between(values[0], 0.0, 16.0);
    const bool may_be_negative = color.kind == ColorKind::kSolarize;
    return all_finite(values, 1) && (may_be_negative || values[0] >= 0.0);
  }
  bool operator()(const RandomSharpness&) const {
    return all_finite(values, 1) && values[0] >= 0.0;
  }
  bool operator()(const GaussianBlur&) const { return all_finite(values, 1) && values[0] > 0.0; }
  bool operator()(const GaussianNoise&) const {
    return is_whole_between(values[0], 0.0, kKeys - 1.0);
  }
  bool operator()(const RandomErasing&) const {
    return is_box(values, canvas, 0.0) && is_whole_between(values[4], 0.0, kKeys - 1.0);
  }
  bool operator()(const ChainMix& mix) const {
    return std::all_of(values, values + 1 + mix.width,
                       [](double value) { return value >= 0.0 && value <= 1.0; });
  }
  bool operator()(const PolicyStep& step) const {
    const auto last = static_cast<double>(step.rows.size()) - 1.0;
    if (!is_whole_between(values[0], 0.0, last) || !all_finite(values, 3)) return false;
    const PolicyOp op = step.rows[static_cast<std::size_t>(values[0])].op;
    if (values[1] != static_cast<double>(op)) return false;
    switch (op) {
      case PolicyOp::kBrightness:
      case PolicyOp::kSaturation:
      case PolicyOp::kContrast:
      case PolicyOp::kSharpness:
      case PolicyOp::kSolarize:
        return values[2] >= 0.0;
      case PolicyOp::kPosterize:
        return is_whole_between(values[2], 0.0, 8.0);
      case PolicyOp::kShearX:
      case PolicyOp::kShearY:
        return std::abs(values[2]) <= kSteepest;
      default:
        return true;
    }
  }
  template <class Other>
  bool operator()(const Other&) const {
    return true;
  }
};

}  // namespace

CanvasSize check_records(const Pipeline& pipeline, const DrawRecord* records, CanvasSize source) {
  thread_local std::vector<int> order;
  sort_by_order(pipeline, records, order);
  CanvasSize canvas = source;
  for (const int index : order) {
    const Transform& transform = pipeline.transforms[static_cast<std::size_t>(index)];
    const DrawRecord& record = records[index];
    if (!std::visit(Possible{record.values, canvas}, transform.what)) {
      throw std::invalid_argument(
          transform.name + ": params hold values that no draw gives for a " +
          std::to_string(canvas.height) + " x " + std::to_string(canvas.width) + " image");
    }
    canvas = canvas_after(transform, record, canvas);
    if (canvas.height < 1 || canvas.width < 1) {
      throw std::invalid_argument(transform.name + ": params leave no pixels");
    }
  }
  return canvas;
}

}  // namespace fa
