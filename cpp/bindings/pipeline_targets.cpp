#include "bindings/pipeline_targets.hpp"

#include <algorithm>

#include "pipeline/targets.hpp"

namespace fa {
namespace {

constexpr const char* kName = "Compose";

// Samples whose targets one thread moves at a time.
constexpr std::int64_t kGrain = 16;

[[noreturn]] void raise_misfit() { raise_value_error(kName, "targets do not fit what was drawn"); }

// From 0 to the number of rows, never falling.
bool are_offsets(const Offsets& offsets, py::ssize_t samples, py::ssize_t rows) {
  if (offsets.ndim() != 1 || offsets.shape(0) != samples + 1) return false;
  const std::int64_t* at = offsets.data();
  return at[0] == 0 && at[samples] == rows && std::is_sorted(at, at + samples + 1);
}

void require_fitting(const Pipeline& pipeline, const TargetArgs& args, py::ssize_t columns) {
  const auto samples = args.records.ndim() == 2 ? args.records.shape(0) : -1;
  const bool fits = samples >= 0 &&
                    args.records.shape(1) == static_cast<py::ssize_t>(pipeline.transforms.size()) &&
                    args.sizes.ndim() == 2 && args.sizes.shape(0) == samples &&
                    args.sizes.shape(1) == 2 && args.coordinates.ndim() == 2 &&
                    args.coordinates.shape(1) == columns &&
                    are_offsets(args.offsets, samples, args.coordinates.shape(0));
  if (!fits) raise_misfit();
}

// Calls body(stops, begin, end) for the rows of each sample.
template <class Body>
void for_each_sample(const Pipeline& pipeline, const TargetArgs& args, Threads threads, Body body) {
  const DrawRecord* records = args.records.data();
  const std::int64_t* sizes = args.sizes.data();
  const std::int64_t* offsets = args.offsets.data();
  const std::int64_t samples = args.records.shape(0);
  const std::size_t count = pipeline.transforms.size();
  const py::gil_scoped_release release;
  parallel_for(samples, kGrain, threads, [&](std::int64_t begin, std::int64_t end) {
    thread_local std::vector<Stop> stops;
    for (std::int64_t i = begin; i < end; ++i) {
      if (offsets[i] == offsets[i + 1]) continue;
      const CanvasSize source{sizes[2 * i], sizes[2 * i + 1]};
      walk(pipeline, records + static_cast<std::size_t>(i) * count, source, stops);
      body(stops, offsets[i], offsets[i + 1]);
    }
  });
}

}  // namespace

DrawnBoxes drawn_boxes(py::handle boxes, py::handle offsets, std::int64_t samples) {
  if (boxes.is_none()) return {};
  DrawnBoxes result{Coordinates::ensure(boxes), Offsets::ensure(offsets)};
  if (!result.edges || !result.offsets || result.edges.ndim() != 2 || result.edges.shape(1) != 4 ||
      !are_offsets(result.offsets, samples, result.edges.shape(0))) {
    PyErr_Clear();
    raise_misfit();
  }
  return result;
}

py::tuple moved_boxes(const Pipeline& pipeline, const TargetArgs& args, Threads threads) {
  require_fitting(pipeline, args, 4);
  const py::ssize_t rows = args.coordinates.shape(0);
  Coordinates boxes({rows, py::ssize_t{4}}), visible(rows);
  const double* from = args.coordinates.data();
  double *to = boxes.mutable_data(), *parts = visible.mutable_data();
  for_each_sample(pipeline, args, threads,
                  [&](const std::vector<Stop>& stops, std::int64_t begin, std::int64_t end) {
                    for (std::int64_t i = begin; i < end; ++i) {
                      const double* box = from + 4 * i;
                      const MovedBox moved = move_box(stops, {box[0], box[1], box[2], box[3]});
                      const EdgeBox& edges = moved.box;
                      const double values[4] = {edges.x0, edges.y0, edges.x1, edges.y1};
                      std::copy(values, values + 4, to + 4 * i);
                      parts[i] = moved.visible;
                    }
                  });
  return py::make_tuple(boxes, visible);
}

py::tuple moved_points(const Pipeline& pipeline, const TargetArgs& args, Threads threads) {
  require_fitting(pipeline, args, 2);
  const py::ssize_t rows = args.coordinates.shape(0);
  Coordinates points({rows, py::ssize_t{2}});
  py::array_t<bool> visible(rows);
  const double* from = args.coordinates.data();
  double* to = points.mutable_data();
  bool* seen = visible.mutable_data();
  for_each_sample(pipeline, args, threads,
                  [&](const std::vector<Stop>& stops, std::int64_t begin, std::int64_t end) {
                    for (std::int64_t i = begin; i < end; ++i) {
                      const MovedPoint moved = move_point(stops, {from[2 * i], from[2 * i + 1]});
                      to[2 * i] = moved.point.x;
                      to[2 * i + 1] = moved.point.y;
                      seen[i] = moved.is_visible;
                    }
                  });
  return py::make_tuple(points, visible);
}

}  // namespace fa
