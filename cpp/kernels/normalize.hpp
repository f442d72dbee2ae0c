// Cast, scale, subtract the mean, divide by the deviation and change the layout, in one pass.
#pragma once

#include "core/image_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// target = source * scale + bias per channel, in float32 with one rounding per step, then rounded
// to the target's dtype (float32, float16 or bfloat16). Source: uint8, uint16 or float32. Either
// batch may be interleaved or planar. No overlap.
struct NormalizeFactors {
  const float* scale;  // one per channel
  const float* bias;
};

void normalize(const SourceBatch& source, const TargetBatch& target,
               const NormalizeFactors& factors, Threads threads);

// All channels of rows [begin, end).
void normalize_rows(const Source& source, const PixelFormat& source_format, const Target& target,
                    const PixelFormat& target_format, const NormalizeFactors& factors,
                    std::int64_t begin, std::int64_t end);

}  // namespace fa
