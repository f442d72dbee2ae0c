// The geometry of a pass while transforms are still being added to it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/image_view.hpp"
#include "pipeline/move.hpp"
#include "pipeline/plan.hpp"

namespace fa {

// Starts as the whole source, unmoved. Each move is either taken in or refused with the reason, and
// then changes nothing.
//
// Cropping and turning before anything else only choose what is read: the window is the source, and
// the first border is that of its edges. Once pixels may come from outside, each canvas that a
// later move looks beyond stays as a boundary.
class Geometry {
 public:
  // Appends boundaries and fills to the plan.
  Geometry(Plan& plan, const PixelFormat& format)
      : plan_(plan), format_(format), canvases_(plan.open_canvases) {}

  void start(CanvasSize source, DType dtype);

  std::optional<PassReason> add(const Move& move);

  CanvasSize canvas() const { return canvas_; }
  // Only windows and turns so far: every pixel is one of the source, and none comes twice.
  bool only_chooses() const { return !is_resampled_ && !has_border_; }
  // A window of the source as it stands.
  bool is_unmoved() const;
  // All of the source as it stands.
  bool is_idle() const;

  // Writes kind, window, size and all that belongs to them. False for a map without an inverse.
  bool finish(Pass& pass);

 private:
  void crop(const Box& window);
  void resample(const Move& move);
  std::optional<PassReason> map(const Move& move, Interpolation interpolation,
                                const Outside* outside);
  std::optional<PassReason> turn(const Move& move);
  std::optional<PassReason> resize(const Move& move);
  bool can_be_mapped() const;
  void become_map();
  Box through_flips(const Box& box, CanvasSize size) const;
  Offset add_fill(const std::vector<double>& values);
  bool finish_copy(const WarpMap& map, Pass& pass) const;
  bool finish_canvases(Pass& pass) const;

  Plan& plan_;
  PixelFormat format_;
  CanvasSize source_{};
  Box window_{};
  CanvasSize canvas_{};
  Matrix forward_ = kIdentity;  // window to canvas
  // kResample
  bool is_resampled_ = false;
  bool is_mirrored_ = false, is_upside_down_ = false;
  ResampleOptions options_{};
  CanvasSize resized_{};
  Box wanted_{};
  // What shows around the window
  bool has_border_ = false;
  Border border_ = Border::kConstant;
  Offset fill_ = 0;
  std::optional<Interpolation> interpolation_;
  std::vector<OpenCanvas>& canvases_;
};

}  // namespace fa
