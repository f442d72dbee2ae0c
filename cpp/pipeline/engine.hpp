// A pipeline on a batch: every sample drawn by its key, lowered, and run in as few passes as may
// be.
#pragma once

#include <cstdint>

#include "core/image_view.hpp"
#include "pipeline/draw.hpp"
#include "pipeline/record.hpp"
#include "pipeline/transform.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// The keys of a batch: sample i has indices[i], or first_index + i without indices.
struct BatchKeys {
  std::uint64_t seed;
  std::uint32_t epoch;
  std::uint64_t first_index;
  const std::uint64_t* indices;
  // Sample i has boxes box_offsets[i] to box_offsets[i + 1]; nullptr where there are none.
  const double* boxes = nullptr;
  const std::int64_t* box_offsets = nullptr;
};

// Fills records[sample * transforms + position] and the sizes that samples end in. Throws
// std::invalid_argument ("Name: ..." as draw() does) for the first sample that cannot be done; the
// number of that sample is written to `failed`.
void draw_batch(const Pipeline& pipeline, const SourceBatch& source, const BatchKeys& keys,
                Threads threads, DrawRecord* records, CanvasSize* sizes, std::int64_t& failed);

// The same checks and sizes for records that were drawn before.
void check_batch(const Pipeline& pipeline, const SourceBatch& source, const DrawRecord* records,
                 Threads threads, CanvasSize* sizes, std::int64_t& failed);

// No overlap; targets have the sizes that draw_batch found.
void run_batch(const Pipeline& pipeline, const SourceBatch& source, const TargetBatch& target,
               const DrawRecord* records, Threads threads);

}  // namespace fa
