// Running a plan: its passes one after the other, through scratch images, into the target.
#pragma once

#include "core/image_view.hpp"
#include "pipeline/plan.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Work of one sample is spread over `threads` in bands of rows; the pixels do not depend on it.
// Allocates only what no earlier call on this thread has needed.
void run_plan(const Plan& plan, const Source& source, const PixelFormat& source_format,
              const Target& target, const PixelFormat& target_format, Threads threads);

}  // namespace fa
