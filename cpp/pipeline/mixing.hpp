// Which samples of a batch are mixed, and how: a function of their keys.
#pragma once

#include <cstdint>

#include "kernels/mix.hpp"
#include "pipeline/draw.hpp"
#include "pipeline/engine.hpp"

namespace fa {

// How much of a sample stays: a number of Beta(alpha, alpha), with probability p; else all of it.
struct MixShare {
  double alpha, p;
  bool per_sample;  // else one number for the batch, drawn for the sample with the lowest number
};

// Samples in the order of a random number that each draws; those with equal keys as they stand.
// Neither ring nor shares depend on the order in which a batch holds its samples.
void draw_ring(const BatchKeys& keys, std::int64_t count, std::int64_t* order);

// One share for each sample of the ring, at its place in the batch.
void draw_shares(const BatchKeys& keys, const MixRing& ring, const MixShare& share, double* shares);

// Boxes whose area is 1 - share of the image before they are cut at its edges, about a point that
// is drawn uniformly; with `per_sample` false, about the same point in all. Shares are what is
// left outside.
void draw_boxes(const BatchKeys& keys, const MixRing& ring, const MixShare& share, CanvasSize size,
                double* shares, Box* boxes);

// Tiles of sources of one size about a point of the canvas, drawn from low to high of each side:
// the sample itself and the next three of the ring, each with a corner at that point.
void draw_tiles(const BatchKeys& keys, const MixRing& ring, CanvasSize source, CanvasSize canvas,
                double low, double high, MosaicTile* tiles);

// Which values of the next sample's mask are pasted into each: every one that occurs, but for the
// background, with probability p. `next` and a table of `values` zeros for each sample.
void draw_objects(const BatchKeys& keys, const SourceBatch& masks, const std::int64_t* next,
                  double p, std::int64_t background, std::int64_t values, Threads threads,
                  std::uint8_t* chosen);

}  // namespace fa
