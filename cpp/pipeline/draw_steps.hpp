// How each kind of transform draws what it needs; inside of draw().
#pragma once

#include <string>

#include "pipeline/draw.hpp"
#include "pipeline/transform.hpp"
#include "random/random_stream.hpp"

namespace fa {

struct DrawContext {
  RandomStream stream;  // of this transform of this sample
  CanvasSize canvas;    // as the transform finds it
  std::uint32_t epoch;
  bool force;
  const std::string& name;
  double* values;  // of its record, all 0
  // What leads to the canvas, for those that look at boxes.
  const Pipeline& pipeline;
  const DrawRecord* records;
  CanvasSize source;
  SampleBoxes boxes;
};

// Takes the same numbers from the stream whether forced or not.
inline bool applies(double p, DrawContext& context) {
  const bool happens = context.stream.bernoulli(p);
  return happens || context.force;
}

inline double uniform(const Range& range, DrawContext& context) {
  return context.stream.uniform(range.low, range.high);
}

// The sides of a box of random area and shape: sqrt(area * ratio) and sqrt(area / ratio), rounded.
struct BoxSides {
  double by_ratio, against_ratio;
};

BoxSides draw_sides(double canvas_area, const Range& scale, const Range& log_ratio,
                    DrawContext& context);
Range log_of(const Range& ratio);

constexpr int kBoxTries = 10;

// Each fills in the values and says whether the transform is applied.
bool draw_values(const RandomFlip& transform, DrawContext& context);
bool draw_values(const AlternatingFlip& transform, DrawContext& context);
bool draw_values(const RandomQuarterTurn& transform, DrawContext& context);
bool draw_values(const RandomAffine& transform, DrawContext& context);
bool draw_values(const RandomPerspective& transform, DrawContext& context);
bool draw_values(const Crop& transform, DrawContext& context);
bool draw_values(const Pad& transform, DrawContext& context);
bool draw_values(const Resize& transform, DrawContext& context);
bool draw_values(const RandomResizedCrop& transform, DrawContext& context);
bool draw_values(const RandomIoUCrop& transform, DrawContext& context);
bool draw_values(const RandomBoxSafeCrop& transform, DrawContext& context);

bool draw_values(const ColorJitter& transform, DrawContext& context);
bool draw_values(const RandomColor& transform, DrawContext& context);
bool draw_values(const RandomTone& transform, DrawContext& context);
bool draw_values(const RandomSharpness& transform, DrawContext& context);
bool draw_values(const GaussianBlur& transform, DrawContext& context);
bool draw_values(const GaussianNoise& transform, DrawContext& context);
bool draw_values(const RandomErasing& transform, DrawContext& context);
bool draw_values(const PolicyStep& transform, DrawContext& context);
bool draw_values(const ChainMix& transform, DrawContext& context);
bool draw_values(const Normalize& transform, DrawContext& context);
bool draw_values(const ToFloat& transform, DrawContext& context);
bool draw_values(const Untouched& transform, DrawContext& context);

bool draw_values(const Group& group, DrawContext& context);  // of its own, not of its children

}  // namespace fa
