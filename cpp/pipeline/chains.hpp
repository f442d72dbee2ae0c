// Samples whose pipeline mixes chains: the parts before and after are plans, and so is each chain.
#pragma once

#include "core/image_view.hpp"
#include "pipeline/record.hpp"
#include "pipeline/transform.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

bool has_chains(const Pipeline& pipeline);

// One sample; the formats of the source and the target are those of Ends. Between the parts the
// image is kept in the source's dtype; sums of chains are float32 and rounded half up.
void run_with_chains(const Pipeline& pipeline, const DrawRecord* records, const Source& source,
                     const PixelFormat& source_format, const Target& target,
                     const PixelFormat& target_format, Threads threads);

}  // namespace fa
