// The weights of resizing: which pixels make up an output along each axis, computed in float64.
#pragma once

#include <cstdint>
#include <vector>

#include "core/axis_taps.hpp"

namespace fa {

enum class ResampleFilter : std::uint8_t { kNearest, kBilinear, kBicubic };

// Whole pixels [x0, x1) x [y0, y1).
struct Box {
  std::int64_t x0, y0, x1, y1;
};

// Output i stands at (i + 0.5) * inputs / outputs, where pixel j covers [j, j + 1).
// kNearest: the pixel that covers it. With antialias: all pixels under the filter (triangle, or
// Keys' cubic with a = -0.5), which is widened by inputs / outputs when that is above 1, with
// weights normalised over the pixels inside. Without: the two pixels around it or Keys' cubic with
// a = -0.75 over four, the outermost pixels repeated.
struct ResampleOptions {
  ResampleFilter filter;
  bool antialias;
};

// The taps of all outputs along one axis, without outer weights that vanish.
class TapTable {
 public:
  // inputs, outputs >= 1.
  TapTable(std::int64_t inputs, std::int64_t outputs, ResampleOptions options);

  // Outputs in the opposite order.
  void reverse();
  // Gives all outputs the same number of taps, by weights of zero: for inputs that are finite.
  void even_out(std::int64_t inputs);
  AxisTaps view() const;

 private:
  void append(std::int64_t first, const std::vector<double>& weights);

  std::vector<std::int64_t> first_, count_;
  std::vector<float> weights_;
  std::int64_t stride_;
  std::int64_t even_count_ = 0;
};

// All that resampling one sample needs beside its pixels.
struct ResamplePlan {
  Box box;
  TapTable rows, columns;  // counted from the box's first pixel
  std::int64_t width;      // of the output
};

struct ResampleGeometry {
  Box box;                     // at least one pixel; no tap lies outside
  std::int64_t height, width;  // of the output, at least 1
  bool is_mirrored;            // left to right
};

// `may_be_nonfinite`: a NaN must not spread through a weight of zero.
ResamplePlan resample_plan(const ResampleGeometry& geometry, ResampleOptions options,
                           bool may_be_nonfinite);

}  // namespace fa
