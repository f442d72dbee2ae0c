// Resizing: separable filters that know each axis by a table of taps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/image_view.hpp"
#include "kernels/resample_filter.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Floats that a caller of resample_rows lends it.
std::int64_t resample_buffer_size(const ResamplePlan& plan, std::int64_t channels);

// Where resample_rows puts rows: value c of pixel x at row[c * channel_stride + x], or with a
// channel_stride of 0 at row[x * channels + c]. kRowSlack floats after a row's last are scratch.
struct ResampledRows {
  float* first;                             // of row `begin`
  std::int64_t row_stride, channel_stride;  // floats
};

// Rows of one resampled plane (band.sample is not looked at) as float32: rows are mixed first, then
// columns, each as a float32 sum in a fixed order. Not clamped, not rounded. Allocates
// nothing. uint8, uint16, float32.
void resample_rows(const Source& source, const PixelFormat& format, const ResamplePlan& plan,
                   const RowBand& band, float* buffer, const ResampledRows& target);

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
