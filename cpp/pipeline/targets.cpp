#include "pipeline/targets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pipeline/lower.hpp"
#include "pipeline/move.hpp"

namespace fa {
namespace {

// How far outside a corner may lie by the rounding of matrices, in pixels.
constexpr double kRounding = 1e-7;

// A point before the division by w.
struct Projected {
  double x, y, w;
};

Projected project(const Matrix& matrix, Point point) {
  const double* m = matrix.at;
  return {m[0] * point.x + m[1] * point.y + m[2], m[3] * point.x + m[4] * point.y + m[5],
          m[6] * point.x + m[7] * point.y + m[8]};
}

// How far inside of one edge of a canvas a point lies, times its w. A point that is inside of all
// four has a w of at least 0.
double inside(const Projected& point, CanvasSize size, int edge) {
  switch (edge) {
    case 0:
      return point.x + 0.5 * point.w;
    case 1:
      return (static_cast<double>(size.width) - 0.5) * point.w - point.x;
    case 2:
      return point.y + 0.5 * point.w;
    default:
      return (static_cast<double>(size.height) - 0.5) * point.w - point.y;
  }
}

constexpr int kEdges = 4;

// What is left of a box, in coordinates of the source: a convex polygon.
struct Polygon {
  std::vector<Point> corners, next;
  std::vector<double> distances;
  bool is_cut;
};

// Keeps what lies inside of one edge of a canvas.
void cut(Polygon& polygon, const Stop& stop, int edge) {
  std::vector<double>& distances = polygon.distances;
  distances.clear();
  for (const Point& corner : polygon.corners) {
    distances.push_back(inside(project(stop.matrix, corner), stop.size, edge));
  }
  const auto is_outside = [](double distance) { return distance < -kRounding; };
  if (std::none_of(distances.begin(), distances.end(), is_outside)) return;
  polygon.is_cut = true;
  polygon.next.clear();
  const std::size_t count = polygon.corners.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t j = (i + 1) % count;
    const Point a = polygon.corners[i], b = polygon.corners[j];
    const double from = distances[i], to = distances[j];
    if (from >= 0.0) polygon.next.push_back(a);
    if ((from < 0.0) == (to < 0.0)) continue;
    const double part = from / (from - to);
    polygon.next.push_back({a.x + part * (b.x - a.x), a.y + part * (b.y - a.y)});
  }
  polygon.corners.swap(polygon.next);
}

double area(const std::vector<Point>& corners) {
  double twice = 0.0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    // From the first corner, so that large coordinates cost no digits.
    const Point a = corners[i], b = corners[(i + 1) % corners.size()], o = corners[0];
    twice += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
  }
  return std::abs(0.5 * twice);
}

double clamped(double value, std::int64_t side) {
  return std::clamp(value, 0.0, static_cast<double>(side));
}

// Around the corners, as the result shows them.
EdgeBox hull(const std::vector<Point>& corners, const Stop& end) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  EdgeBox box{kFar, kFar, -kFar, -kFar};
  for (const Point& corner : corners) {
    const Projected point = project(end.matrix, corner);
    const double x = point.x / point.w + 0.5, y = point.y / point.w + 0.5;
    box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x), std::max(box.y1, y)};
  }
  const auto [height, width] = end.size;
  return {clamped(box.x0, width), clamped(box.y0, height), clamped(box.x1, width),
          clamped(box.y1, height)};
}

}  // namespace

bool is_center_inside(const EdgeBox& box, const EdgeBox& window) {
  const double x = 0.5 * (box.x0 + box.x1), y = 0.5 * (box.y0 + box.y1);
  return window.x0 < x && x < window.x1 && window.y0 < y && y < window.y1;
}

void walk(const Pipeline& pipeline, const DrawRecord* records, CanvasSize source,
          std::vector<Stop>& stops) {
  thread_local std::vector<int> order;
  sort_by_order(pipeline, records, order);
  stops.clear();
  stops.push_back({kIdentity, source, true, std::nullopt});
  for (const int index : order) {
    const Stop& last = stops.back();
    const Transform& transform = pipeline.transforms[static_cast<std::size_t>(index)];
    const auto move = move_of(transform, records[index], last.size);
    if (!move.has_value()) continue;
    std::optional<EdgeBox> window;
    if (std::holds_alternative<RandomIoUCrop>(transform.what)) {
      const Box& box = move->box;
      window = {static_cast<double>(box.x0), static_cast<double>(box.y0),
                static_cast<double>(box.x1), static_cast<double>(box.y1)};
    }
    stops.push_back(
        {then(last.matrix, move->matrix), move->after, move->kind != MoveKind::kTurn, window});
  }
}

MovedBox move_box(const std::vector<Stop>& stops, const EdgeBox& box) {
  thread_local Polygon polygon;
  const double left = box.x0 - 0.5, right = box.x1 - 0.5;
  const double top = box.y0 - 0.5, bottom = box.y1 - 0.5;
  polygon.corners.assign({{left, top}, {right, top}, {right, bottom}, {left, bottom}});
  polygon.is_cut = false;
  for (std::size_t i = 0; i < stops.size(); ++i) {
    const Stop& stop = stops[i];
    if (!stop.loses) continue;
    if (stop.center_window.has_value() &&
        !is_center_inside(hull(polygon.corners, stops[i - 1]), *stop.center_window)) {
      return {};
    }
    for (int edge = 0; edge < kEdges; ++edge) {
      cut(polygon, stop, edge);
      if (polygon.corners.size() < 3) return {};
    }
  }
  const double visible =
      polygon.is_cut ? area(polygon.corners) / ((box.x1 - box.x0) * (box.y1 - box.y0)) : 1.0;
  if (!(visible > 0.0)) return {};
  return {hull(polygon.corners, stops.back()), std::min(visible, 1.0)};
}

MovedPoint move_point(const std::vector<Stop>& stops, Point point) {
  bool is_visible = true;
  for (const Stop& stop : stops) {
    if (!stop.loses) continue;
    const Projected here = project(stop.matrix, point);
    is_visible = is_visible && here.w > 0.0;
    for (int edge = 0; edge < kEdges; ++edge) {
      is_visible = is_visible && inside(here, stop.size, edge) >= -kRounding;
    }
  }
  const Projected end = project(stops.back().matrix, point);
  if (!(end.w > 0.0)) {
    constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();
    return {{kNowhere, kNowhere}, false};
  }
  return {{end.x / end.w, end.y / end.w}, is_visible};
}

}  // namespace fa
