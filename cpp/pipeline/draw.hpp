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

// The boxes of a sample in its source, x0, y0, x1, y1 each, for transforms that look at them.
struct SampleBoxes {
  const double* edges = nullptr;
  std::int64_t count = 0;
};

// Groups have at most this many children, themselves groups or not.
constexpr int kMaxChildren = 64;

// How many entries belong to the transform that begins here: descendants, further steps.
std::int64_t entries_of(const Transform& transform);

// Writes one record per transform, for a source of this size; returns the canvas at the end. What
// one transform draws depends on the key, its position and the canvas that it finds, never on what
// others drew beside that. `force`: as if every probability were 1, one of several were the first
// and some of them the most (for showing what a pipeline does). Allocates nothing. Throws
// std::invalid_argument, with the name of the transform, when the source (or what earlier
// transforms left of it) is too small for one.
CanvasSize draw(const Pipeline& pipeline, const SampleKey& key, CanvasSize source, bool force,
                DrawRecord* records, const SampleBoxes& boxes = {});

// The canvas after one applied transform (not a combinator).
CanvasSize canvas_after(const Transform& transform, const DrawRecord& record, CanvasSize canvas);

}  // namespace fa
