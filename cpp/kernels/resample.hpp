// Resizing: separable filters that know each axis by a table of taps.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/float_rows.hpp"
#include "core/image_view.hpp"
#include "kernels/normalize.hpp"
#include "kernels/resample_filter.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Floats that a caller of resample_rows lends it.
std::int64_t resample_buffer_size(const ResamplePlan& plan, std::int64_t channels);

// Rows of one resampled plane (band.sample is not looked at) as float32: rows are mixed first, then
// columns, each as a float32 sum in a fixed order. Not clamped, not rounded. Allocates
// nothing. uint8, uint16, float32.
void resample_rows(const Source& source, const PixelFormat& format, const ResamplePlan& plan,
                   const RowBand& band, float* buffer, const FloatRows& target);

// The same, scaled: planar rows where plan.is_fixed, with a factor for each channel of the plane.
// Nothing is written behind a row.
void resample_rows(const Source& source, const PixelFormat& format, const ResamplePlan& plan,
                   const RowBand& band, float* buffer, const FloatRows& target,
                   const NormalizeFactors& factors);

// The same for ResampleFilter::kNearest: pixels are copied, in any dtype.
void resample_nearest(const Source& source, const PixelFormat& format, const ResamplePlan& plan,
                      const Target& target, const RowBand& band);

struct ResampleJobs {
  ResampleOptions options;
  // One box per sample or one for all; nullptr: the whole image.
  PerSample<Box> boxes;
};

// Each sample's box becomes its target. Integers are clamped and rounded half up, floats stay as
// they are; kNearest copies pixels. The box must lie in the image and have a pixel. No overlap.
void resample(const SourceBatch& source, const TargetBatch& target, const ResampleJobs& jobs,
              Threads threads);

}  // namespace fa
