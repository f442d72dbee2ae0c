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

struct AxisSizes {
  std::int64_t inputs, outputs;
};

// Where output i stands among the inputs; pixel j covers [j, j + 1).
double centre(AxisSizes sizes, std::int64_t i) {
  return static_cast<double>(2 * i + 1) * static_cast<double>(sizes.inputs) /
         static_cast<double>(2 * sizes.outputs);
}

double widening(AxisSizes sizes) {
  return std::max(static_cast<double>(sizes.inputs) / static_cast<double>(sizes.outputs), 1.0);
}

// The taps of one output before they are stored.
struct Window {
  std::int64_t first;
  std::vector<double> weights;
};

// All pixels under the widened filter, with weights that add up to 1.
void filter_window(AxisSizes sizes, ResampleFilter filter, std::int64_t i, Window& window) {
  const double middle = centre(sizes, i) - 0.5;
  const double scale = widening(sizes);
  const double reach = radius(filter) * scale;
  window.first = std::max<std::int64_t>(std::llround(std::ceil(middle - reach)), 0);
  const std::int64_t last =
      std::min<std::int64_t>(std::llround(std::floor(middle + reach)), sizes.inputs - 1);
  window.weights.clear();
  double total = 0.0;
  for (std::int64_t j = window.first; j <= last; ++j) {
    window.weights.push_back(filter_at(filter, (static_cast<double>(j) - middle) / scale));
    total += window.weights.back();
  }
  for (double& weight : window.weights) weight /= total;
}

// The nearest two or four pixels; those beyond the ends count as the outermost.
void neighbour_window(AxisSizes sizes, ResampleFilter filter, std::int64_t i, Window& window) {
  const double middle = centre(sizes, i) - 0.5;
  const double below = std::floor(middle);
  const double fraction = middle - below;
  const bool is_cubic = filter == ResampleFilter::kBicubic;
  const std::int64_t start = std::llround(below) - (is_cubic ? 1 : 0);
  const std::int64_t taps = is_cubic ? 4 : 2;
  const std::int64_t end = sizes.inputs - 1;
  window.first = std::clamp<std::int64_t>(start, 0, end);
  const std::int64_t last = std::clamp<std::int64_t>(start + taps - 1, 0, end);
  window.weights.assign(static_cast<std::size_t>(last - window.first + 1), 0.0);
  for (std::int64_t k = 0; k < taps; ++k) {
    const double distance = fraction - static_cast<double>(k - (is_cubic ? 1 : 0));
    const auto slot =
        static_cast<std::size_t>(std::clamp<std::int64_t>(start + k, 0, end) - window.first);
    window.weights[slot] += is_cubic ? cubic(distance, -0.75) : 1.0 - std::abs(distance);
  }
}

}  // namespace

TapTable::TapTable(std::int64_t inputs, std::int64_t outputs, ResampleOptions options) {
  const AxisSizes sizes{inputs, outputs};
  first_.reserve(static_cast<std::size_t>(outputs));
  count_.reserve(static_cast<std::size_t>(outputs));
  if (options.filter == ResampleFilter::kNearest) {
    stride_ = 1;
    // In whole numbers, so that no rounding moves a centre over the border between two pixels.
    for (std::int64_t i = 0; i < outputs; ++i) append((2 * i + 1) * inputs / (2 * outputs), {1.0});
  } else {
    // The widened triangle is the plain one when enlarging, but for its last bits.
    const bool is_widened =
        options.antialias && (options.filter == ResampleFilter::kBicubic || inputs > outputs);
    const double reach = radius(options.filter) * (is_widened ? widening(sizes) : 1.0);
    stride_ = std::min<std::int64_t>(std::llround(std::floor(2.0 * reach)) + 1, inputs);
    Window window{};
    for (std::int64_t i = 0; i < outputs; ++i) {
      (is_widened ? filter_window : neighbour_window)(sizes, options.filter, i, window);
      append(window.first, window.weights);
    }
  }
  const auto [least, most] = std::minmax_element(count_.begin(), count_.end());
  even_count_ = *least == *most ? *most : 0;
}

// Without what is zero but for rounding at both ends: reading a pixel for nothing costs time, and a
// NaN would show.
void TapTable::append(std::int64_t first, const std::vector<double>& weights) {
  double largest = 0.0;
  for (const double weight : weights) largest = std::max(largest, std::abs(weight));
  const auto is_used = [&](double weight) { return std::abs(weight) > 1e-9 * largest; };
  const auto begin = std::find_if(weights.begin(), weights.end(), is_used);
  const auto end = std::find_if(weights.rbegin(), weights.rend(), is_used).base();
  first_.push_back(first + (begin - weights.begin()));
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

ResamplePlan resample_plan(const ResampleGeometry& geometry, ResampleOptions options,
                           bool may_be_nonfinite) {
  const Box& box = geometry.box;
  const std::int64_t width = box.x1 - box.x0;
  ResamplePlan plan{box, TapTable(box.y1 - box.y0, geometry.height, options),
                    TapTable(width, geometry.width, options), geometry.width};
  if (!may_be_nonfinite) plan.columns.even_out(width);
  if (geometry.is_mirrored) plan.columns.reverse();
  return plan;
}

}  // namespace fa
