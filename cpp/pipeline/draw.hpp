// Drawing: the random parameters of one sample, a function of its key alone.
#pragma once

#include <cstdint>

#include "pipeline/record.hpp"
#include "pipeline/transform.hpp"

namespace fa {

struct SampleKey {
  std::uint64_t seed;
  std::uint32_t epoch;
  std::uint64_t index;
};

struct CanvasSize {
  std::int64_t height, width;
};

// Writes one record per transform, for a source of this size. Throws std::invalid_argument, with
// the name of the transform, when the source (or what earlier transforms left of it) is too small
// for one. `force`: as if every probability were 1 (for showing what a pipeline does).
void draw(const Pipeline& pipeline, const SampleKey& key, CanvasSize source, bool force,
          DrawRecord* records);

// The canvas after one applied transform (not a combinator).
CanvasSize canvas_after(const Transform& transform, const DrawRecord& record, CanvasSize canvas);

}  // namespace fa
