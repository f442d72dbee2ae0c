// Boxes and points of a sample: moved by the matrix that moves its pixels, and lost where a canvas
// on the way loses them.
#pragma once

#include <optional>
#include <vector>

#include "core/warp_map.hpp"
#include "pipeline/draw.hpp"
#include "pipeline/matrix.hpp"
#include "pipeline/record.hpp"
#include "pipeline/transform.hpp"

namespace fa {

// In pixels, with edges on the borders of pixels: 0 is the left edge of the first one.
struct EdgeBox {
  double x0, y0, x1, y1;
};

// A canvas on the way.
struct Stop {
  Matrix matrix;  // from coordinates of the source
  CanvasSize size;
  bool loses;  // whether something that the stop before showed may lie outside
  // Where there is one, boxes go whose middle, on the canvas before, lies outside of it.
  std::optional<EdgeBox> center_window;
};

// From the source, which is the first stop, to the result, which is the last.
void walk(const Pipeline& pipeline, const DrawRecord* records, CanvasSize source,
          std::vector<Stop>& stops);

bool is_center_inside(const EdgeBox& box, const EdgeBox& window);

struct MovedBox {
  EdgeBox box;     // around what can still be seen of it; all 0 when nothing can
  double visible;  // the part of the box's area that can be seen, as it was in the source
};

MovedBox move_box(const std::vector<Stop>& stops, const EdgeBox& box);

struct MovedPoint {
  Point point;      // NaN beyond the horizon of a perspective
  bool is_visible;  // on every canvas
};

// Points are pixel indices: (0, 0) is the centre of the first pixel.
MovedPoint move_point(const std::vector<Stop>& stops, Point point);

}  // namespace fa
