// Per-pixel colour: a list of steps in one pass over the images.
#pragma once

#include <cstdint>
#include <span>

#include "core/image_view.hpp"
#include "core/value_range.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

enum class ColorKind : std::uint8_t {
  kBrightness,  // factor * x
  kContrast,    // factor * x + (1 - factor) * mean gray of the image
  kSaturation,  // factor * x + (1 - factor) * gray of the pixel
  kHue,         // turned by `amount` of a full turn, -0.5 to 0.5
  kGamma,       // gain * x ** gamma, of values scaled to 0 to 1
  kGray,        // into every channel
  kInvert,
  kSolarize,   // inverts values of at least a threshold
  kPosterize,  // keeps the upper bits
};

struct ColorStep {
  ColorKind kind;
  PerSample<double> amount{};  // factor, delta, gamma, threshold or bits, by kind
  PerSample<double> gain{};    // of kGamma
};

// target = the steps on source, one after the other in float32, each clipped to the value range
// (hue, gray, invert and solarize keep values inside it anyway), then rounded half up for integers.
// Between the steps nothing is rounded, but gamma, solarize and posterize of integers take the
// level that a value would round to. Steps that change nothing (a factor of 1) are skipped,
// clipping included. Gray is 0.2989 R + 0.587 G + 0.114 B, floored for the contrast and saturation
// of integers.
//
// Batches of one dtype, uint8, uint16 or float32, and one size; no overlap. 1 or 3 channels for
// contrast, saturation, hue and gray; with kGray the target may have 1 channel, or 3 for 1.
void apply_color(const SourceBatch& source, const TargetBatch& target,
                 std::span<const ColorStep> steps, ValueRange range, Threads threads);

}  // namespace fa
