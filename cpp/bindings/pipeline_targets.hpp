// Boxes and points of a batch, moved by what was drawn for its samples.
#pragma once

#include <pybind11/numpy.h>

#include "bindings/array_args.hpp"
#include "pipeline/record.hpp"
#include "pipeline/transform.hpp"

namespace fa {

using Records = py::array_t<DrawRecord, py::array::c_style>;
using Sizes = py::array_t<std::int64_t, py::array::c_style>;
using Coordinates = py::array_t<double, py::array::c_style>;
using Offsets = py::array_t<std::int64_t, py::array::c_style>;

// Python has checked the coordinates; these throw ValueError where shapes do not fit together.
struct TargetArgs {
  const Records& records;          // (N, T), as a run returned them
  const Sizes& sizes;              // (N, 2): height and width of each source
  const Coordinates& coordinates;  // (M, 4) or (M, 2)
  const Offsets& offsets;          // (N + 1): sample i has rows offsets[i] to offsets[i + 1]
};

// Boxes that a draw may look at, (M, 4), and where those of each sample begin; empty for None.
struct DrawnBoxes {
  Coordinates edges;
  Offsets offsets;
};

DrawnBoxes drawn_boxes(py::handle boxes, py::handle offsets, std::int64_t samples);

// (boxes, visible), (M, 4) and (M,), as MovedBox says.
py::tuple moved_boxes(const Pipeline& pipeline, const TargetArgs& args, Threads threads);

// (points, visible), (M, 2) and bool (M,), as MovedPoint says.
py::tuple moved_points(const Pipeline& pipeline, const TargetArgs& args, Threads threads);

}  // namespace fa
