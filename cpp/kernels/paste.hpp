// Objects of one image into another, along a mask.
#pragma once

#include <cstdint>

#include "core/image_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Which values of a mask are objects to paste: a table for each sample, by its place in the batch.
struct PastedObjects {
  const std::uint8_t* chosen;  // 0 or 1
  std::int64_t values;         // of a mask: 256 or 65536
};

// Marks the values of a mask, one channel of uint8 or uint16, in a table of zeros.
void mark_values(const Source& mask, DType dtype, std::uint8_t* table);

// target = sample, but where the mask of sample next[i] has a chosen value, its pixel; the same for
// masks. Batches of one size, masks with one channel; no overlap.
void paste(const SourceBatch& source, const SourceBatch& masks, const TargetBatch& target,
           const TargetBatch& target_masks, const std::int64_t* next, const PastedObjects& objects,
           Threads threads);

}  // namespace fa
