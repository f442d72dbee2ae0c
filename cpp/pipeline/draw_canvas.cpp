// How large the canvas is after each transform.
#include <cmath>

#include "core/check.hpp"
#include "kernels/affine_map.hpp"
#include "pipeline/draw.hpp"

namespace fa {
namespace {

// The whole pixels that an interval around the middle of `side` touches, but for what rounding
// errors add: torchvision and Pillow cut both ends to four decimals.
std::int64_t whole_length(double half_length, std::int64_t side) {
  const auto cut = [](double value) { return std::trunc(value * 1e4) / 1e4; };
  const double middle = 0.5 * static_cast<double>(side);
  const double end = std::ceil(cut(middle + half_length));
  return static_cast<std::int64_t>(end - std::floor(cut(middle - half_length)));
}

// The corners of the canvas stand at half its sides from the middle, in all four combinations of
// signs, so absolute values give the extremes.
CanvasSize turned_canvas(const double* values, CanvasSize canvas) {
  double matrix[6];
  affine_matrix({values[0], 0.0, 0.0, values[3], values[4], values[5], values[6], 0.0, 0.0},
                matrix);
  const double half_width = 0.5 * static_cast<double>(canvas.width);
  const double half_height = 0.5 * static_cast<double>(canvas.height);
  const double reach_x = std::abs(matrix[0]) * half_width + std::abs(matrix[1]) * half_height;
  const double reach_y = std::abs(matrix[3]) * half_width + std::abs(matrix[4]) * half_height;
  return {whole_length(reach_y, canvas.height), whole_length(reach_x, canvas.width)};
}

// The longer side is cut to a whole number, never rounded up, and no side vanishes.
CanvasSize resized_canvas(const Resize& resize, CanvasSize canvas) {
  if (resize.width != 0) return {resize.height, resize.width};
  const bool is_tall = canvas.width <= canvas.height;
  const std::int64_t shorter = is_tall ? canvas.width : canvas.height;
  const std::int64_t longer = is_tall ? canvas.height : canvas.width;
  FA_ASSERT(shorter >= 1);
  std::int64_t new_shorter = resize.height;
  std::int64_t new_longer = resize.height * longer / shorter;
  if (resize.longest != 0 && new_longer > resize.longest) {
    new_shorter = resize.longest * new_shorter / new_longer;
    new_longer = resize.longest;
  }
  if (new_shorter < 1) new_shorter = 1;
  return is_tall ? CanvasSize{new_longer, new_shorter} : CanvasSize{new_shorter, new_longer};
}

struct CanvasAfter {
  const double* values;
  CanvasSize canvas;

  CanvasSize operator()(const RandomQuarterTurn&) const {
    const bool is_odd = values[0] == 1.0 || values[0] == 3.0;
    return is_odd ? CanvasSize{canvas.width, canvas.height} : canvas;
  }
  CanvasSize operator()(const RandomAffine& affine) const {
    return affine.expands ? turned_canvas(values, canvas) : canvas;
  }
  CanvasSize operator()(const Crop& crop) const { return {crop.height, crop.width}; }
  CanvasSize operator()(const Pad& pad) const {
    return {canvas.height + pad.top + pad.bottom, canvas.width + pad.left + pad.right};
  }
  CanvasSize operator()(const Resize& resize) const { return resized_canvas(resize, canvas); }
  CanvasSize operator()(const RandomResizedCrop& crop) const { return {crop.height, crop.width}; }
  CanvasSize operator()(const RandomIoUCrop&) const { return drawn_size(); }
  CanvasSize operator()(const RandomBoxSafeCrop&) const { return drawn_size(); }
  CanvasSize operator()(const Group&) const {
    FA_ASSERT(false);  // its children change the canvas
    return canvas;
  }
  template <class Other>
  CanvasSize operator()(const Other&) const {
    return canvas;
  }

  CanvasSize drawn_size() const {
    return {static_cast<std::int64_t>(values[2]), static_cast<std::int64_t>(values[3])};
  }
};

}  // namespace

CanvasSize canvas_after(const Transform& transform, const DrawRecord& record, CanvasSize canvas) {
  return std::visit(CanvasAfter{record.values, canvas}, transform.what);
}

}  // namespace fa
