#include "kernels/resample_filter.hpp"

#include <algorithm>
#include <cmath>

namespace fa {
namespace {

// Keys' cubic convolution; a is the slope at 1.
double cubic(double distance, double a) {
  const double x = std::abs(distance);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

double filter_at(ResampleFilter filter, double distance) {
  if (filter == ResampleFilter::kBicubic) return cubic(distance, -0.5);
  return std::max(1.0 - std::abs(distance), 0.0);
}

double radius(ResampleFilter filter) { return filter == ResampleFilter::kBicubic ? 2.0 : 1.0; }

// Where output i stands among the inputs; pixel j covers [j, j + 1).
double centre(const ResampleAxis& axis, std::int64_t i) {
  return static_cast<double>(2 * i + 1) * static_cast<double>(axis.inputs) /
         static_cast<double>(2 * axis.outputs);
}

double widening(const ResampleAxis& axis) {
  return std::max(static_cast<double>(axis.inputs) / static_cast<double>(axis.outputs), 1.0);
}

}  // namespace

// All pixels under the widened filter, with weights that add up to 1.
void TapTable::filter_window(const ResampleAxis& axis, ResampleFilter filter, std::int64_t i) {
  const double middle = centre(axis, i) - 0.5;
  const double scale = widening(axis);
  const double reach = radius(filter) * scale;
  window_.first = std::max<std::int64_t>(std::llround(std::ceil(middle - reach)), 0);
  const std::int64_t last =
      std::min<std::int64_t>(std::llround(std::floor(middle + reach)), axis.inputs - 1);
  window_.weights.clear();
  double total = 0.0;
  for (std::int64_t j = window_.first; j <= last; ++j) {
    window_.weights.push_back(filter_at(filter, (static_cast<double>(j) - middle) / scale));
    total += window_.weights.back();
  }
  for (double& weight : window_.weights) weight /= total;
}

// The nearest two or four pixels; those beyond the ends count as the outermost.
void TapTable::neighbour_window(const ResampleAxis& axis, ResampleFilter filter, std::int64_t i) {
  const double middle = centre(axis, i) - 0.5;
  const double below = std::floor(middle);
  const double fraction = middle - below;
  const bool is_cubic = filter == ResampleFilter::kBicubic;
  const std::int64_t start = std::llround(below) - (is_cubic ? 1 : 0);
  const std::int64_t taps = is_cubic ? 4 : 2;
  const std::int64_t end = axis.inputs - 1;
  window_.first = std::clamp<std::int64_t>(start, 0, end);
  const std::int64_t last = std::clamp<std::int64_t>(start + taps - 1, 0, end);
  window_.weights.assign(static_cast<std::size_t>(last - window_.first + 1), 0.0);
  for (std::int64_t k = 0; k < taps; ++k) {
    const double distance = fraction - static_cast<double>(k - (is_cubic ? 1 : 0));
    const auto slot =
        static_cast<std::size_t>(std::clamp<std::int64_t>(start + k, 0, end) - window_.first);
    window_.weights[slot] += is_cubic ? cubic(distance, -0.75) : 1.0 - std::abs(distance);
  }
}

bool widens(const ResampleAxis& axis, ResampleOptions options) {
  if (options.filter == ResampleFilter::kNearest || !options.antialias) return false;
  // The widened triangle is the plain one when enlarging, but for its last bits.
  return options.filter == ResampleFilter::kBicubic || axis.inputs > axis.outputs;
}

void TapTable::build(const ResampleAxis& axis, ResampleOptions options) {
  first_.clear();
  count_.clear();
  weights_.clear();
  first_.reserve(static_cast<std::size_t>(axis.end - axis.begin));
  count_.reserve(static_cast<std::size_t>(axis.end - axis.begin));
  if (options.filter == ResampleFilter::kNearest) {
    stride_ = 1;
    window_.weights.assign(1, 1.0);
    for (std::int64_t i = axis.begin; i < axis.end; ++i) {
      // In whole numbers, so that no rounding moves a centre over the border between two pixels.
      window_.first = (2 * i + 1) * axis.inputs / (2 * axis.outputs);
      append(window_);
    }
  } else {
    const bool is_widened = widens(axis, options);
    const double reach = radius(options.filter) * (is_widened ? widening(axis) : 1.0);
    stride_ = std::min<std::int64_t>(std::llround(std::floor(2.0 * reach)) + 1, axis.inputs);
    for (std::int64_t i = axis.begin; i < axis.end; ++i) {
      if (is_widened) {
        filter_window(axis, options.filter, i);
      } else {
        neighbour_window(axis, options.filter, i);
      }
      append(window_);
    }
  }
  const auto [least, most] = std::minmax_element(count_.begin(), count_.end());
  even_count_ = *least == *most ? *most : 0;
}

// Without what is zero but for rounding at both ends: reading a pixel for nothing costs time, and a
// NaN would show.
void TapTable::append(const Window& window) {
  const std::vector<double>& weights = window.weights;
  double largest = 0.0;
  for (const double weight : weights) largest = std::max(largest, std::abs(weight));
  const auto is_used = [&](double weight) { return std::abs(weight) > 1e-9 * largest; };
  const auto begin = std::find_if(weights.begin(), weights.end(), is_used);
  const auto end = std::find_if(weights.rbegin(), weights.rend(), is_used).base();
  first_.push_back(window.first + (begin - weights.begin()));
  count_.push_back(end - begin);
  const std::size_t used = weights_.size();
  weights_.resize(used + static_cast<std::size_t>(stride_), 0.0f);
  std::transform(begin, end, weights_.begin() + static_cast<std::ptrdiff_t>(used),
                 [](double weight) { return static_cast<float>(weight); });
}

void TapTable::reverse() {
  std::reverse(first_.begin(), first_.end());
  std::reverse(count_.begin(), count_.end());
  // Whole outputs change places; the taps of one keep their order, and so the sum its bits.
  std::reverse(weights_.begin(), weights_.end());
  for (auto taps = weights_.begin(); taps != weights_.end(); taps += stride_) {
    std::reverse(taps, taps + stride_);
  }
}

void TapTable::even_out(std::int64_t inputs) {
  even_count_ = *std::max_element(count_.begin(), count_.end());
  for (std::size_t i = 0; i < first_.size(); ++i) {
    // A window that would reach over the end begins earlier instead.
    const std::int64_t moved = std::max<std::int64_t>(first_[i] + even_count_ - inputs, 0);
    const auto taps = weights_.begin() + static_cast<std::ptrdiff_t>(i) * stride_;
    std::rotate(taps, taps + (even_count_ - moved), taps + even_count_);
    first_[i] -= moved;
    count_[i] = even_count_;
  }
}

AxisTaps TapTable::view() const {
  return {first_.data(), count_.data(), weights_.data(), stride_, even_count_};
}

void make_resample_plan(const ResampleGeometry& geometry, ResampleOptions options,
                        bool may_be_nonfinite, ResamplePlan& plan) {
  const Box& box = geometry.box;
  const Box& wanted = geometry.wanted;
  const std::int64_t width = box.x1 - box.x0;
  plan.box = box;
  plan.width = wanted.x1 - wanted.x0;
  plan.rows.build({box.y1 - box.y0, geometry.height, wanted.y0, wanted.y1}, options);
  plan.columns.build({width, geometry.width, wanted.x0, wanted.x1}, options);
  if (!may_be_nonfinite) plan.columns.even_out(width);
  if (geometry.is_mirrored) plan.columns.reverse();
  if (geometry.is_upside_down) plan.rows.reverse();
}

}  // namespace fa
