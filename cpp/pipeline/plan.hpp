// What the engine does to one sample: passes, each of which reads an image, moves its pixels, works
// on their values and stores them. Flat lists that keep their memory from sample to sample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/border.hpp"
#include "core/dtype.hpp"
#include "core/interpolation.hpp"
#include "core/warp_map.hpp"
#include "kernels/color_plan.hpp"
#include "kernels/resample_filter.hpp"
#include "pipeline/draw.hpp"
#include "pipeline/matrix.hpp"

namespace fa {

enum class PassKind : std::uint8_t {
  kCopy,      // a window of whole pixels, perhaps mirrored
  kWarp,      // along a map
  kResample,  // separable filters
  kBlur,      // these four need the whole image and do nothing else
  kSharpen,
  kEqualize,
  kAutocontrast,
};

// Why a pass could not be part of the one before.
enum class PassReason : std::uint8_t {
  kFirst,
  kGeometryAfterColor,  // colour of mixed pixels is not the mix of coloured pixels
  kBorder,              // the border shows pixels of an image that exists only between two passes
  kInterpolation,       // nearest and smooth sampling do not compose
  kResize,              // a filter that reads many pixels for one
  kWholeImage,          // a step that depends on the whole image so far
  kFilter,              // a neighbourhood filter
};

// A number that looks up `count` values of a flat list of the plan.
using Offset = std::size_t;

struct PlannedCanvas {
  WarpMap map;
  CanvasSize size;
  Offset fill;
};

// A canvas of a geometry that is still growing.
struct OpenCanvas {
  Matrix after;  // from this canvas on
  CanvasSize size;
  Offset fill;
};

enum class StepKind : std::uint8_t { kColor, kFactors, kErase, kNoise };

// A step on the values of pixels where they are.
struct PixelStep {
  StepKind kind;
  ColorScale scale;  // of the values it finds
  // kColor
  ColorKind color;
  double amount, gain;
  // kFactors: the scales of all channels, then the biases; kErase: what each channel becomes
  Offset values;
  std::int64_t channels;
  // kErase
  Box box;
  bool is_noise;
  // kErase, kNoise
  std::uint64_t key;
  double mean, sigma;
  bool clips;
};

struct Pass {
  PassKind kind;
  PassReason reason;
  int cause;                    // the transform that made a new pass necessary; -1
  Box window;                   // what it reads of its source
  CanvasSize size;              // of what it makes
  DType dtype;                  // of what it reads
  DType result;                 // of what it makes
  bool is_mirrored;             // kCopy, kResample
  bool is_upside_down;          // kCopy, kResample
  std::int64_t top, left;       // kCopy: where in the window, before mirroring; may lie outside
  Border border;                // kCopy, kWarp
  Offset fill;                  // kCopy, kWarp
  Interpolation interpolation;  // kWarp
  WarpMap map;                  // kWarp
  Offset first_canvas, canvas_count;
  ResampleOptions options;  // kResample, of the window to `resized`, of which `wanted` is made
  CanvasSize resized;
  Box wanted;
  double amount;  // kBlur: sigma; kSharpen: factor
  std::int64_t kernel_height, kernel_width;
  Offset first_step, step_count;
  bool has_factors;  // at the end, into `values` as for StepKind::kFactors
  Offset factors;
  Offset first_transform, transform_count;  // those that it does
};

struct Plan {
  std::vector<Pass> passes;
  std::vector<PlannedCanvas> canvases;
  std::vector<PixelStep> steps;
  std::vector<float> values;
  std::vector<std::byte> fills;
  std::vector<int> transforms;
  // While it is made.
  std::vector<int> order;  // the applied transforms as they run
  std::vector<OpenCanvas> open_canvases;
};

}  // namespace fa
