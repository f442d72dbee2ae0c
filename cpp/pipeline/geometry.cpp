#include "pipeline/geometry.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/affine_map.hpp"

namespace fa {
namespace {

Interpolation interpolation_of(ResampleFilter filter) {
  if (filter == ResampleFilter::kNearest) return Interpolation::kNearest;
  return filter == ResampleFilter::kBilinear ? Interpolation::kBilinear : Interpolation::kBicubic;
}

std::int64_t width_of(const Box& box) { return box.x1 - box.x0; }
std::int64_t height_of(const Box& box) { return box.y1 - box.y0; }

Box whole(CanvasSize size) { return {0, 0, size.width, size.height}; }

bool widens(const Box& from, CanvasSize to, ResampleOptions options) {
  return widens({width_of(from), to.width, 0, to.width}, options) ||
         widens({height_of(from), to.height, 0, to.height}, options);
}

bool swaps_axes(const Matrix& matrix) { return matrix.at[0] == 0.0; }

// What nobody will see, where a kernel asks for a fill.
const std::vector<double> kNoFill{0.0};

// The matrix of whole numbers that this one is but for rounding: it moves whole pixels.
std::optional<Matrix> whole(const Matrix& matrix) {
  Matrix rounded = matrix;
  if (!snap_to_whole(rounded.at)) return std::nullopt;
  const double* m = rounded.at;
  const bool is_turn = std::abs(m[0] * m[4] - m[1] * m[3]) == 1.0;
  return is_turn && m[8] == 1.0 && m[6] == 0.0 && m[7] == 0.0 ? std::optional(rounded)
                                                              : std::nullopt;
}

}  // namespace

void Geometry::start(CanvasSize source, DType dtype) {
  format_.dtype = dtype;
  source_ = canvas_ = source;
  window_ = whole(source);
  forward_ = kIdentity;
  is_resampled_ = is_mirrored_ = is_upside_down_ = has_border_ = false;
  interpolation_.reset();
  canvases_.clear();
}

bool Geometry::is_unmoved() const {
  return only_chooses() && std::equal(forward_.at, forward_.at + 9, kIdentity.at);
}

bool Geometry::is_idle() const {
  return is_unmoved() && canvas_.height == source_.height && canvas_.width == source_.width;
}

std::optional<PassReason> Geometry::add(const Move& move) {
  switch (move.kind) {
    case MoveKind::kTurn:
      return turn(move);
    case MoveKind::kResize:
      return resize(move);
    case MoveKind::kMap:
      return map(move, move.interpolation, move.outside);
    case MoveKind::kShift:
      break;
  }
  if (contains(canvas_, move.box)) {
    crop(move.box);
    return std::nullopt;
  }
  return map(move, Interpolation::kNearest, move.outside);
}

std::optional<PassReason> Geometry::turn(const Move& move) {
  const bool swaps = swaps_axes(move.matrix);
  if (is_resampled_ && swaps && !can_be_mapped()) return PassReason::kResize;
  if (is_resampled_ && swaps) become_map();
  if (is_resampled_) {
    is_mirrored_ ^= move.matrix.at[0] < 0.0;
    is_upside_down_ ^= move.matrix.at[4] < 0.0;
    return std::nullopt;
  }
  forward_ = then(forward_, move.matrix);
  for (OpenCanvas& canvas : canvases_) canvas.after = then(canvas.after, move.matrix);
  canvas_ = move.after;
  return std::nullopt;
}

// A box of a mirrored canvas, as it lies before mirroring.
Box Geometry::through_flips(const Box& box, CanvasSize size) const {
  Box result = box;
  if (is_mirrored_) {
    result.x0 = size.width - box.x1;
    result.x1 = size.width - box.x0;
  }
  if (is_upside_down_) {
    result.y0 = size.height - box.y1;
    result.y1 = size.height - box.y0;
  }
  return result;
}

void Geometry::crop(const Box& window) {
  const CanvasSize size{height_of(window), width_of(window)};
  if (is_resampled_) {
    const Box part = through_flips(window, canvas_);
    wanted_ = {wanted_.x0 + part.x0, wanted_.y0 + part.y0, wanted_.x0 + part.x1,
               wanted_.y0 + part.y1};
  } else if (only_chooses()) {
    // Where the window's first and last pixel come from: a turn is its own inverse but for the
    // signs, so the transpose takes a difference back.
    const double* m = forward_.at;
    const auto back = [&](std::int64_t x, std::int64_t y) {
      const double dx = static_cast<double>(x) - m[2], dy = static_cast<double>(y) - m[5];
      return std::pair{std::llround(m[0] * dx + m[3] * dy), std::llround(m[1] * dx + m[4] * dy)};
    };
    const auto [ax, ay] = back(window.x0, window.y0);
    const auto [bx, by] = back(window.x1 - 1, window.y1 - 1);
    window_ = {window_.x0 + std::min(ax, bx), window_.y0 + std::min(ay, by),
               window_.x0 + std::max(ax, bx) + 1, window_.y0 + std::max(ay, by) + 1};
    Matrix linear = forward_;
    linear.at[2] = linear.at[5] = 0.0;
    forward_ = turn_matrix(linear, {height_of(window_), width_of(window_)});
  } else {
    const Matrix shift = shift_by(-static_cast<double>(window.x0), -static_cast<double>(window.y0));
    forward_ = then(forward_, shift);
    for (OpenCanvas& canvas : canvases_) canvas.after = then(canvas.after, shift);
  }
  canvas_ = size;
}

std::optional<PassReason> Geometry::resize(const Move& move) {
  const bool is_plain = !widens(move.box, move.after, move.options);
  if (only_chooses() && !swaps_axes(forward_)) {
    resample(move);
    return std::nullopt;
  }
  if (!is_plain) return PassReason::kResize;
  const Interpolation interpolation = interpolation_of(move.options.filter);
  if (!only_chooses()) return map(move, interpolation, nullptr);
  // The box is all there is to read, so that its edge is what repeats.
  crop(move.box);
  Move rest = move;
  rest.matrix = then(shift_by(static_cast<double>(move.box.x0), static_cast<double>(move.box.y0)),
                     move.matrix);
  return map(rest, interpolation, nullptr);
}

void Geometry::resample(const Move& move) {
  is_mirrored_ = forward_.at[0] < 0.0;
  is_upside_down_ = forward_.at[4] < 0.0;
  const Box box = through_flips(move.box, canvas_);
  window_ = {window_.x0 + box.x0, window_.y0 + box.y0, window_.x0 + box.x1, window_.y0 + box.y1};
  is_resampled_ = true;
  options_ = move.options;
  resized_ = canvas_ = move.after;
  wanted_ = whole(resized_);
}

bool Geometry::can_be_mapped() const { return !widens(window_, resized_, options_); }

// Filters that read only the pixels around a point are a map with the window's edge repeated.
void Geometry::become_map() {
  const double scale_x =
      static_cast<double>(resized_.width) / static_cast<double>(width_of(window_));
  const double scale_y =
      static_cast<double>(resized_.height) / static_cast<double>(height_of(window_));
  forward_ = {
      {scale_x, 0.0, 0.5 * scale_x - 0.5, 0.0, scale_y, 0.5 * scale_y - 0.5, 0.0, 0.0, 1.0}};
  forward_ =
      then(forward_, shift_by(-static_cast<double>(wanted_.x0), -static_cast<double>(wanted_.y0)));
  Matrix flips = kIdentity;
  if (is_mirrored_) flips.at[0] = -1.0;
  if (is_upside_down_) flips.at[4] = -1.0;
  forward_ = then(forward_, turn_matrix(flips, canvas_));
  is_resampled_ = is_mirrored_ = is_upside_down_ = false;
  has_border_ = true;
  border_ = Border::kEdge;
  fill_ = add_fill(kNoFill);
  interpolation_ = interpolation_of(options_.filter);
}

// `outside`: what shows beyond the canvas; nullptr for a move that never looks beyond.
std::optional<PassReason> Geometry::map(const Move& move, Interpolation interpolation,
                                        const Outside* outside) {
  const std::optional<Matrix> exact = whole(move.matrix);
  const bool is_exact = exact.has_value();
  const Matrix matrix = exact.value_or(move.matrix);
  const std::optional<Interpolation> before =
      is_resampled_ ? interpolation_of(options_.filter) : interpolation_;
  if (is_resampled_ && !can_be_mapped()) return PassReason::kResize;
  if (!is_exact && before.has_value() && *before != interpolation) {
    return PassReason::kInterpolation;
  }
  const bool has_source_border = is_resampled_ || has_border_;
  if (outside != nullptr && has_source_border && outside->border != Border::kConstant) {
    return PassReason::kBorder;
  }
  if (is_resampled_) become_map();
  for (OpenCanvas& canvas : canvases_) canvas.after = then(canvas.after, matrix);
  if (!has_border_) {
    has_border_ = true;
    border_ = outside != nullptr ? outside->border : Border::kEdge;
    fill_ = add_fill(outside != nullptr ? outside->fill : kNoFill);
  } else if (outside != nullptr) {
    canvases_.push_back({matrix, canvas_, add_fill(outside->fill)});
  }
  if (!is_exact) interpolation_ = interpolation;
  forward_ = then(forward_, matrix);
  canvas_ = move.after;
  return std::nullopt;
}

Offset Geometry::add_fill(const std::vector<double>& values) {
  const Offset offset = plan_.fills.size();
  const std::int64_t channels = channels_of(format_);
  plan_.fills.resize(offset + static_cast<std::size_t>(channels * item_size(format_.dtype)));
  std::byte* to = plan_.fills.data() + offset;
  for (std::int64_t c = 0; c < channels; ++c) {
    const double value = of_channel(values, c);
    if (format_.dtype == DType::kUint8) {
      to[c] = static_cast<std::byte>(value);
    } else if (format_.dtype == DType::kUint16) {
      const auto level = static_cast<std::uint16_t>(value);
      std::memcpy(to + 2 * c, &level, sizeof level);
    } else {
      const auto number = static_cast<float>(value);
      std::memcpy(to + 4 * c, &number, sizeof number);
    }
  }
  return offset;
}

// Whole pixels along the axes, and nothing between the source and the result.
bool Geometry::finish_copy(const WarpMap& map, Pass& pass) const {
  const AffineMap& affine = map.affine;
  if (!canvases_.empty() || !moves_whole_pixels(map) || affine.xy != 0.0 || affine.yx != 0.0) {
    return false;
  }
  if (std::abs(affine.xx) != 1.0 || std::abs(affine.yy) != 1.0) return false;
  pass.kind = PassKind::kCopy;
  pass.is_mirrored = affine.xx < 0.0;
  pass.is_upside_down = affine.yy < 0.0;
  pass.left = std::llround(affine.x0) - (pass.is_mirrored ? canvas_.width - 1 : 0);
  pass.top = std::llround(affine.y0) - (pass.is_upside_down ? canvas_.height - 1 : 0);
  return true;
}

bool Geometry::finish_canvases(Pass& pass) const {
  pass.first_canvas = plan_.canvases.size();
  pass.canvas_count = canvases_.size();
  // The last canvas decides first.
  for (auto canvas = canvases_.rbegin(); canvas != canvases_.rend(); ++canvas) {
    const auto map = inverse_of_seen(canvas->after.at, canvas_.height, canvas_.width);
    if (!map.has_value()) return false;
    plan_.canvases.push_back({*map, canvas->size, canvas->fill});
  }
  return true;
}

bool Geometry::finish(Pass& pass) {
  pass.window = window_;
  pass.size = canvas_;
  pass.canvas_count = 0;
  if (is_resampled_) {
    pass.kind = PassKind::kResample;
    pass.is_mirrored = is_mirrored_;
    pass.is_upside_down = is_upside_down_;
    pass.options = options_;
    pass.resized = resized_;
    pass.wanted = wanted_;
    return true;
  }
  if (!has_border_) fill_ = add_fill(kNoFill);
  pass.border = border_;
  pass.fill = fill_;
  const auto map = inverse_of_seen(forward_.at, canvas_.height, canvas_.width);
  if (!map.has_value()) return false;
  if (finish_copy(*map, pass)) return true;
  pass.kind = PassKind::kWarp;
  pass.map = *map;
  pass.interpolation = interpolation_.value_or(Interpolation::kNearest);
  return finish_canvases(pass);
}

}  // namespace fa
