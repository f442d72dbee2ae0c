// The weights of resizing: which pixels make up an output along each axis, computed in float64.
#pragma once

#include <cstdint>
#include <vector>

#include "core/axis_taps.hpp"
#include "core/dtype.hpp"

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

// The inputs and outputs of one axis; the table is made for outputs [begin, end) of them.
struct ResampleAxis {
  std::int64_t inputs, outputs;  // at least 1
  std::int64_t begin, end;
};

// The taps of outputs along one axis, without outer weights that vanish. A table that is built
// again keeps its memory.
class TapTable {
 public:
  void build(const ResampleAxis& axis, ResampleOptions options);

  // Outputs in the opposite order.
  void reverse();
  // Gives all outputs the same number of taps, by weights of zero: for inputs that are finite.
  void even_out(std::int64_t inputs);
  // Rounds the weights of an even table to whole numbers, each output's to the same sum. None may
  // be negative.
  void round();
  std::int64_t most_taps() const;
  AxisTaps view() const;
  FixedTaps fixed() const;  // after round()

 private:
  // Inputs [first, first + count) that make up one output, with their weights in exact_.
  struct Window {
    std::int64_t first, count;
  };

  Window filter_window(const ResampleAxis& axis, ResampleFilter filter, std::int64_t i);
  Window neighbour_window(const ResampleAxis& axis, ResampleFilter filter, std::int64_t i);
  void store(std::int64_t output, const Window& window);

  std::vector<std::int64_t> first_, count_;
  std::vector<float> weights_;
  std::vector<double> exact_;
  std::vector<std::int32_t> pairs_;
  std::int64_t stride_ = 0;
  std::int64_t even_count_ = 0;
};

// All that resampling one sample needs beside its pixels.
struct ResamplePlan {
  Box box;
  TapTable rows, columns;  // counted from the box's first pixel
  std::int64_t width;      // of what is made of the output
  bool is_fixed;           // whether sums are made of whole numbers
};

struct ResampleGeometry {
  Box box;                     // at least one pixel; no tap lies outside
  std::int64_t height, width;  // of the whole output, at least 1
  Box wanted;                  // the part of the output that is made
  bool is_mirrored;            // left to right, after that part was cut out
  bool is_upside_down;
};

void make_resample_plan(const ResampleGeometry& geometry, ResampleOptions options, DType dtype,
                        ResamplePlan& plan);

// Whether the filter reads more than the nearest pixels of an output, along an axis.
bool widens(const ResampleAxis& axis, ResampleOptions options);

}  // namespace fa
