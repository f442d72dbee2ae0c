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

std::int64_t floor_to_int(double value) {
  const auto truncated = static_cast<std::int64_t>(value);
  return truncated - (static_cast<double>(truncated) > value ? 1 : 0);
}

// Where output i stands among the inputs, counted from the middle of the first: `below` whole
// pixels and a fraction. Whole numbers until the last division, so that nothing is lost on the way.
struct Position {
  std::int64_t below;
  double fraction;  // in [0, 1)
};

Position position(const ResampleAxis& axis, std::int64_t i) {
  const std::int64_t denominator = 2 * axis.outputs;
  const std::int64_t numerator = (2 * i + 1) * axis.inputs - axis.outputs;
  std::int64_t below = numerator / denominator;
  if (below * denominator > numerator) --below;
  return {below,
          static_cast<double>(numerator - below * denominator) / static_cast<double>(denominator)};
}

double widening(const ResampleAxis& axis) {
  return std::max(static_cast<double>(axis.inputs) / static_cast<double>(axis.outputs), 1.0);
}

// What of a window's ends is zero but for rounding: reading a pixel for nothing costs time, and a
// NaN would show.
bool is_nothing(double weight, double largest) { return std::abs(weight) <= 1e-9 * largest; }

}  // namespace

// All pixels under the widened filter, with weights that add up to 1.
TapTable::Window TapTable::filter_window(const ResampleAxis& axis, ResampleFilter filter,
                                         std::int64_t i) {
  const Position at = position(axis, i);
  const double middle = static_cast<double>(at.below) + at.fraction;
  const double scale = widening(axis);
  const double reach = radius(filter) * scale;
  const std::int64_t first = std::max<std::int64_t>(-floor_to_int(reach - middle), 0);
  const std::int64_t last = std::min(floor_to_int(middle + reach), axis.inputs - 1);
  double total = 0.0;
  for (std::int64_t j = first; j <= last; ++j) {
    double& weight = exact_[static_cast<std::size_t>(j - first)];
    weight = filter_at(filter, (static_cast<double>(j) - middle) / scale);
    total += weight;
  }
  const double factor = 1.0 / total;
  for (std::int64_t k = 0; k <= last - first; ++k) exact_[static_cast<std::size_t>(k)] *= factor;
  return {first, last - first + 1};
}

// The nearest two or four pixels; those beyond the ends count as the outermost.
TapTable::Window TapTable::neighbour_window(const ResampleAxis& axis, ResampleFilter filter,
                                            std::int64_t i) {
  const Position at = position(axis, i);
  const std::int64_t end = axis.inputs - 1;
  if (filter == ResampleFilter::kBilinear && at.below >= 0 && at.below < end) {
    exact_[0] = 1.0 - at.fraction;
    exact_[1] = at.fraction;
    return {at.below, 2};
  }
  const bool is_cubic = filter == ResampleFilter::kBicubic;
  const std::int64_t start = at.below - (is_cubic ? 1 : 0);
  const std::int64_t taps = is_cubic ? 4 : 2;
  const std::int64_t first = std::clamp<std::int64_t>(start, 0, end);
  const std::int64_t last = std::clamp<std::int64_t>(start + taps - 1, 0, end);
  std::fill_n(exact_.begin(), last - first + 1, 0.0);
  for (std::int64_t k = 0; k < taps; ++k) {
    const double distance = at.fraction - static_cast<double>(k - (is_cubic ? 1 : 0));
    const std::int64_t slot = std::clamp<std::int64_t>(start + k, 0, end) - first;
    exact_[static_cast<std::size_t>(slot)] +=
        is_cubic ? cubic(distance, -0.75) : 1.0 - std::abs(distance);
  }
  return {first, last - first + 1};
}

bool widens(const ResampleAxis& axis, ResampleOptions options) {
  if (options.filter == ResampleFilter::kNearest || !options.antialias) return false;
  // The widened triangle is the plain one when enlarging, but for its last bits.
  return options.filter == ResampleFilter::kBicubic || axis.inputs > axis.outputs;
}

void TapTable::build(const ResampleAxis& axis, ResampleOptions options) {
  const auto outputs = static_cast<std::size_t>(axis.end - axis.begin);
  const bool is_widened = widens(axis, options);
  const double reach = radius(options.filter) * (is_widened ? widening(axis) : 1.0);
  const std::int64_t most = floor_to_int(2.0 * reach) + 1;
  const bool is_nearest = options.filter == ResampleFilter::kNearest;
  stride_ = is_nearest ? 1 : std::min(most, axis.inputs);
  first_.resize(outputs);
  count_.resize(outputs);
  weights_.resize(outputs * static_cast<std::size_t>(stride_));
  exact_.resize(static_cast<std::size_t>(std::max<std::int64_t>(most, 4)));
  exact_[0] = 1.0;
  for (std::int64_t i = axis.begin; i < axis.end; ++i) {
    // Nearest in whole numbers too: no rounding moves a centre over the border of two pixels.
    const Window window = is_nearest   ? Window{(2 * i + 1) * axis.inputs / (2 * axis.outputs), 1}
                          : is_widened ? filter_window(axis, options.filter, i)
                                       : neighbour_window(axis, options.filter, i);
    store(i - axis.begin, window);
  }
  const auto [least, largest] = std::minmax_element(count_.begin(), count_.end());
  even_count_ = *least == *largest ? *largest : 0;
}

void TapTable::store(std::int64_t output, const Window& window) {
  std::int64_t begin = 0, end = window.count;
  double largest = 0.0;
  for (std::int64_t k = 0; k < end; ++k) {
    largest = std::max(largest, std::abs(exact_[static_cast<std::size_t>(k)]));
  }
  while (is_nothing(exact_[static_cast<std::size_t>(begin)], largest)) ++begin;
  while (is_nothing(exact_[static_cast<std::size_t>(end - 1)], largest)) --end;
  const auto place = static_cast<std::size_t>(output);
  first_[place] = window.first + begin;
  count_[place] = end - begin;
  float* weights = weights_.data() + output * stride_;
  for (std::int64_t k = begin; k < end; ++k) {
    weights[k - begin] = static_cast<float>(exact_[static_cast<std::size_t>(k)]);
  }
  std::fill(weights + (end - begin), weights + stride_, 0.0f);
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

void TapTable::round() {
  const std::int64_t pairs = (even_count_ + 1) / 2;
  pairs_.resize(first_.size() * static_cast<std::size_t>(pairs));
  std::int32_t whole[kMostFixedTaps + 1];
  for (std::size_t i = 0; i < first_.size(); ++i) {
    const float* weights = weights_.data() + static_cast<std::int64_t>(i) * stride_;
    std::int32_t rest = kFixedOne;
    std::int64_t largest = 0;
    for (std::int64_t k = 0; k < even_count_; ++k) {
      whole[k] = static_cast<std::int32_t>(weights[k] * float{kFixedOne} + 0.5f);
      rest -= whole[k];
      if (whole[k] > whole[largest]) largest = k;
    }
    whole[largest] += rest;
    whole[even_count_] = 0;
    std::int32_t* to = pairs_.data() + static_cast<std::int64_t>(i) * pairs;
    for (std::int64_t j = 0; j < pairs; ++j) to[j] = whole[2 * j] + whole[2 * j + 1] * 65536;
  }
}

std::int64_t TapTable::most_taps() const { return *std::max_element(count_.begin(), count_.end()); }

FixedTaps TapTable::fixed() const { return {pairs_.data(), (even_count_ + 1) / 2}; }

AxisTaps TapTable::view() const {
  return {first_.data(), count_.data(), weights_.data(), stride_, even_count_};
}

void make_resample_plan(const ResampleGeometry& geometry, ResampleOptions options, DType dtype,
                        ResamplePlan& plan) {
  const Box& box = geometry.box;
  const Box& wanted = geometry.wanted;
  const std::int64_t width = box.x1 - box.x0;
  plan.box = box;
  plan.width = wanted.x1 - wanted.x0;
  plan.rows.build({box.y1 - box.y0, geometry.height, wanted.y0, wanted.y1}, options);
  plan.columns.build({width, geometry.width, wanted.x0, wanted.x1}, options);
  // A NaN must not spread through a weight of zero.
  if (dtype != DType::kFloat32) plan.columns.even_out(width);
  if (geometry.is_mirrored) plan.columns.reverse();
  if (geometry.is_upside_down) plan.rows.reverse();
  plan.is_fixed = dtype == DType::kUint8 && options.filter == ResampleFilter::kBilinear &&
                  plan.rows.most_taps() <= kMostFixedTaps &&
                  plan.columns.most_taps() <= kMostFixedTaps;
  if (plan.is_fixed) plan.columns.round();
}

}  // namespace fa
