// How one applied transform moves pixels: its matrix and the canvas it leaves.
#pragma once

#include <cstdint>
#include <optional>

#include "pipeline/draw.hpp"
#include "pipeline/matrix.hpp"
#include "pipeline/record.hpp"
#include "pipeline/transform.hpp"

namespace fa {

enum class MoveKind : std::uint8_t {
  kTurn,    // flips and quarter turns: the whole image, no pixel lost or made up
  kShift,   // a window of whole pixels, which may reach outside
  kResize,  // a box of whole pixels becomes the canvas
  kMap,     // anything else
};

struct Move {
  MoveKind kind;
  Matrix matrix;  // coordinates before to coordinates after
  CanvasSize after;
  Box box;                      // kShift: the window; kResize: what becomes the canvas
  ResampleOptions options;      // kResize
  Interpolation interpolation;  // kMap
  const Outside* outside;       // kShift, kMap
};

// Whether a box has pixels and all of them lie in the canvas.
bool contains(CanvasSize canvas, const Box& box);

// Nothing when the transform leaves every pixel in its place. The transform was applied.
std::optional<Move> move_of(const Transform& transform, const DrawRecord& record,
                            CanvasSize before);

// The matrix of a flip or quarter turn with the signed permutation `linear` (its upper left 2x2
// part), for a canvas of this size: pixel (0, 0) of the result is a corner of the canvas.
Matrix turn_matrix(const Matrix& linear, CanvasSize before);

}  // namespace fa
