// Neighbourhood filters: Gaussian blur and sharpness. uint8, uint16 or float32, no overlap;
// integers round half up.
#pragma once

#include <cstdint>

#include "core/image_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Along each axis: an odd number of pixels and the deviation in pixels, above 0.
struct BlurOptions {
  std::int64_t kernel_height, kernel_width;
  PerSample<double> sigma_y, sigma_x;
};

// Weights exp(-0.5 (distance / sigma)^2), normalised in float64, applied in float32 along x, then
// along y. Pixels outside are those of Border::kReflect, however far.
void gaussian_blur(const SourceBatch& source, const TargetBatch& target, const BlurOptions& options,
                   Threads threads);

struct SharpnessOptions {
  PerSample<double> factor;
  double low, high;  // what floats are clipped to
};

// clip(factor * x + (1 - factor) * smooth) with smooth = 3x3 [[1,1,1],[1,5,1],[1,1,1]] / 13, not
// rounded in between. The outermost pixels, images with a side of at most 2, and all pixels for a
// factor of 1 are copied.
void sharpness(const SourceBatch& source, const TargetBatch& target,
               const SharpnessOptions& options, Threads threads);

}  // namespace fa
