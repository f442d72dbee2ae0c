#include "pipeline/move.hpp"

#include <cmath>
#include <utility>

#include "kernels/affine_map.hpp"

namespace fa {
namespace {

double middle(std::int64_t size) { return static_cast<double>(size - 1) / 2.0; }

Matrix linear_part(double xx, double xy, double yx, double yy) {
  return {{xx, xy, 0.0, yx, yy, 0.0, 0.0, 0.0, 1.0}};
}

Move turned(const Matrix& linear, CanvasSize before, CanvasSize after) {
  return {MoveKind::kTurn, turn_matrix(linear, before), after, {}, {}, {}, nullptr};
}

Move flipped(bool is_horizontal, CanvasSize size) {
  return turned(is_horizontal ? linear_part(-1.0, 0.0, 0.0, 1.0) : linear_part(1.0, 0.0, 0.0, -1.0),
                size, size);
}

Move shifted(std::int64_t top, std::int64_t left, CanvasSize after, const Outside& outside) {
  const Box window{left, top, left + after.width, top + after.height};
  return {MoveKind::kShift,
          shift_by(-static_cast<double>(left), -static_cast<double>(top)),
          after,
          window,
          {},
          {},
          &outside};
}

// Pixel i stands for [i - 0.5, i + 0.5), before and after.
Move resized(const Box& box, CanvasSize after, ResampleOptions options) {
  const double scale_x = static_cast<double>(after.width) / static_cast<double>(box.x1 - box.x0);
  const double scale_y = static_cast<double>(after.height) / static_cast<double>(box.y1 - box.y0);
  const double left = static_cast<double>(box.x0) - 0.5, top = static_cast<double>(box.y0) - 0.5;
  const Matrix matrix{
      {scale_x, 0.0, -left * scale_x - 0.5, 0.0, scale_y, -top * scale_y - 0.5, 0.0, 0.0, 1.0}};
  return {MoveKind::kResize, matrix, after, box, options, {}, nullptr};
}

// The matrix that takes four points to four others: eight linear equations, solved by elimination.
Matrix homography(const double from[8], const double to[8]) {
  double rows[8][9];
  for (int i = 0; i < 4; ++i) {
    const double x = from[2 * i], y = from[2 * i + 1], u = to[2 * i], v = to[2 * i + 1];
    const double upper[9] = {x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u};
    const double lower[9] = {0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v};
    for (int k = 0; k < 9; ++k) {
      rows[2 * i][k] = upper[k];
      rows[2 * i + 1][k] = lower[k];
    }
  }
  for (int pivot = 0; pivot < 8; ++pivot) {
    int best = pivot;
    for (int i = pivot + 1; i < 8; ++i) {
      if (std::abs(rows[i][pivot]) > std::abs(rows[best][pivot])) best = i;
    }
    std::swap(rows[pivot], rows[best]);
    for (int i = 0; i < 8; ++i) {
      if (i == pivot) continue;
      const double factor = rows[i][pivot] / rows[pivot][pivot];
      for (int k = pivot; k < 9; ++k) rows[i][k] -= factor * rows[pivot][k];
    }
  }
  Matrix result{};
  for (int i = 0; i < 8; ++i) result.at[i] = rows[i][8] / rows[i][i];
  result.at[8] = 1.0;
  return result;
}

// Nothing for what leaves pixels in their places.
std::optional<Matrix> policy_matrix(const double* values, CanvasSize before) {
  const double amount = values[2];
  if (amount == 0.0) return std::nullopt;
  Matrix matrix = kIdentity;
  switch (static_cast<PolicyOp>(values[1])) {
    case PolicyOp::kShearX:  // the corner is half a pixel before the first
      matrix.at[1] = -amount;
      matrix.at[2] = -0.5 * amount;
      return matrix;
    case PolicyOp::kShearY:
      matrix.at[3] = -amount;
      matrix.at[5] = -0.5 * amount;
      return matrix;
    case PolicyOp::kTranslateX:
      return shift_by(amount, 0.0);
    case PolicyOp::kTranslateY:
      return shift_by(0.0, amount);
    case PolicyOp::kRotate:
      affine_matrix(
          {amount, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, middle(before.width), middle(before.height)},
          matrix.at);
      return matrix;
    default:
      return std::nullopt;
  }
}

// One overload per transform that moves pixels.
struct MoveMaker {
  const Transform& transform;
  const DrawRecord& record;
  CanvasSize before;

  std::optional<Move> operator()(const RandomFlip& flip) const {
    return flipped(flip.is_horizontal, before);
  }

  std::optional<Move> operator()(const AlternatingFlip& flip) const {
    return flipped(flip.is_horizontal, before);
  }

  std::optional<Move> operator()(const RandomQuarterTurn&) const {
    const int turns = static_cast<int>(record.values[0]);
    if (turns == 0) return std::nullopt;
    if (turns == 2) return turned(linear_part(-1.0, 0.0, 0.0, -1.0), before, before);
    // Counter-clockwise: the right edge becomes the top one.
    const double sign = turns == 1 ? 1.0 : -1.0;
    return turned(linear_part(0.0, sign, -sign, 0.0), before, {before.width, before.height});
  }

  std::optional<Move> operator()(const RandomAffine& affine) const {
    const double* v = record.values;
    const CanvasSize after = canvas_after(transform, record, before);
    AffineParameters parameters{v[0], v[1], v[2], v[3], v[4], v[5], v[6], 0.0, 0.0};
    parameters.center_x = affine.has_center ? affine.center_x : middle(before.width);
    parameters.center_y = affine.has_center ? affine.center_y : middle(before.height);
    parameters.translate_x += static_cast<double>(after.width - before.width) / 2.0;
    parameters.translate_y += static_cast<double>(after.height - before.height) / 2.0;
    Matrix matrix = kIdentity;
    affine_matrix(parameters, matrix.at);
    return Move{MoveKind::kMap, matrix, after, {}, {}, affine.interpolation, &affine.outside};
  }

  std::optional<Move> operator()(const RandomPerspective& perspective) const {
    // A row or column of single pixels spans no quadrilateral.
    if (before.width < 2 || before.height < 2) return std::nullopt;
    const double right = static_cast<double>(before.width - 1);
    const double bottom = static_cast<double>(before.height - 1);
    const double corners[8] = {0.0, 0.0, right, 0.0, right, bottom, 0.0, bottom};
    Matrix matrix = homography(corners, record.values);
    if (weight_at_middle(matrix.at, before.height, before.width) < 0.0) {
      for (double& entry : matrix.at) entry = -entry;
    }
    // On tiny canvases corners may be drawn that fall together: such a plane cannot be seen.
    const bool is_seen =
        inverse_perspective(matrix.at, before.height, before.width, before.height, before.width)
            .has_value();
    if (!is_seen) return std::nullopt;
    return Move{MoveKind::kMap,      matrix, before, {}, {}, perspective.interpolation,
                &perspective.outside};
  }

  std::optional<Move> operator()(const Crop& crop) const {
    return shifted(static_cast<std::int64_t>(record.values[0]),
                   static_cast<std::int64_t>(record.values[1]), {crop.height, crop.width},
                   crop.outside);
  }

  std::optional<Move> operator()(const Pad& pad) const {
    return shifted(-pad.top, -pad.left, canvas_after(transform, record, before), pad.outside);
  }

  std::optional<Move> operator()(const Resize& resize) const {
    const CanvasSize after = canvas_after(transform, record, before);
    if (after.height == before.height && after.width == before.width) return std::nullopt;
    return resized({0, 0, before.width, before.height}, after, resize.options);
  }

  std::optional<Move> operator()(const RandomResizedCrop& crop) const {
    const auto top = static_cast<std::int64_t>(record.values[0]);
    const auto left = static_cast<std::int64_t>(record.values[1]);
    const Box box{left, top, left + static_cast<std::int64_t>(record.values[3]),
                  top + static_cast<std::int64_t>(record.values[2])};
    return resized(box, {crop.height, crop.width}, crop.options);
  }

  std::optional<Move> operator()(const RandomIoUCrop&) const { return drawn_window(); }
  std::optional<Move> operator()(const RandomBoxSafeCrop&) const { return drawn_window(); }

  // Inside of the canvas, so that nothing outside is ever shown.
  std::optional<Move> drawn_window() const {
    static const Outside kNothing{Border::kConstant, {0.0}};
    return shifted(static_cast<std::int64_t>(record.values[0]),
                   static_cast<std::int64_t>(record.values[1]),
                   canvas_after(transform, record, before), kNothing);
  }

  std::optional<Move> operator()(const PolicyStep& step) const {
    const std::optional<Matrix> matrix = policy_matrix(record.values, before);
    if (!matrix.has_value()) return std::nullopt;
    return Move{MoveKind::kMap, *matrix, before, {}, {}, step.interpolation, &step.outside};
  }

  template <class Other>
  std::optional<Move> operator()(const Other&) const {
    return std::nullopt;
  }
};

}  // namespace

bool contains(CanvasSize canvas, const Box& box) {
  return box.x0 >= 0 && box.y0 >= 0 && box.x1 <= canvas.width && box.y1 <= canvas.height &&
         box.x1 > box.x0 && box.y1 > box.y0;
}

Matrix turn_matrix(const Matrix& linear, CanvasSize before) {
  Matrix matrix = linear;
  const double right = static_cast<double>(before.width - 1);
  const double bottom = static_cast<double>(before.height - 1);
  for (int row = 0; row < 2; ++row) {
    const double x = linear.at[3 * row], y = linear.at[3 * row + 1];
    matrix.at[3 * row + 2] = (x < 0.0 ? right : 0.0) + (y < 0.0 ? bottom : 0.0);
  }
  return matrix;
}

std::optional<Move> move_of(const Transform& transform, const DrawRecord& record,
                            CanvasSize before) {
  return std::visit(MoveMaker{transform, record, before}, transform.what);
}

}  // namespace fa
