// Tone curves that a whole image decides: equalize and autocontrast, each channel by itself.
#pragma once

#include "core/image_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Spreads the levels so that each covers about as many pixels: Pillow's table of whole numbers. A
// channel with too few pixels below its highest level (fewer than 255) stays as it is. uint8 only,
// no overlap.
void equalize(const SourceBatch& source, const TargetBatch& target, Threads threads);

// What the smallest and the largest value of a channel become.
struct StretchRange {
  double low, high;
};

// low + (x - min) * (high - low) / (max - min) in float64; integers round half up. A channel of one
// value, or of floats that are infinite, stays as it is; NaN is skipped and stays. uint8, uint16 or
// float32, no overlap.
void autocontrast(const SourceBatch& source, const TargetBatch& target, StretchRange range,
                  Threads threads);

}  // namespace fa
