// Running a pass on a range of rows of what it makes.
#pragma once

#include <cstdint>
#include <span>

#include "core/image_view.hpp"
#include "pipeline/pixel_steps.hpp"
#include "pipeline/plan.hpp"

namespace fa {

struct PassJob {
  const Plan& plan;
  const Pass& pass;
  Source source;  // the window that the pass reads
  PixelFormat source_format;
  Target target;
  PixelFormat target_format;
  std::span<const TileStep> steps;
  const ResamplePlan* resample;  // of kResample
};

// Rows [begin, end). Any range, on any thread; the rest of the target is left alone. Not for the
// kinds that need the whole image.
void run_rows(const PassJob& job, std::int64_t begin, std::int64_t end);

// The mean of the gray pixels of a window, for contrast.
double mean_gray(const Source& window, const PixelFormat& format, const ColorScale& scale,
                 Threads threads);

}  // namespace fa
