// Mixing the samples of a batch with each other: pixels blended, boxes exchanged, tiles put
// together.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/image_view.hpp"
#include "kernels/resample_filter.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Every sample of the batch once: each is mixed with the next, the last with the first.
struct MixRing {
  const std::int64_t* order;
  std::int64_t count;
};

// uint8, uint16 and float32; batches of one size and format. The target may be the source itself,
// else there is no overlap: in place, only a block of the first sample is kept apart, for the last.

// target = factor * sample + (1 - factor) * next, in float32, rounded half up for integers; a
// sample with a factor of exactly 1 is copied.
void mix_up(const SourceBatch& source, const TargetBatch& target, const MixRing& ring,
            const double* factors, Threads threads);

// target = sample, but the pixels in its box are those of the next. Boxes lie in the image.
void cut_mix(const SourceBatch& source, const TargetBatch& target, const MixRing& ring,
             const Box* boxes, Threads threads);

// sum = share * values, or more of it: a weighted sum of images, value by value, in float32.
void add_scaled(const std::byte* values, std::int64_t count, DType dtype, double share,
                bool is_first, float* sum);
// The sum as values of the dtype: integers are clipped and rounded half up.
void round_sum(const float* sum, std::int64_t count, DType dtype, std::byte* values);

// A window of a source as it lies in the target.
struct MosaicTile {
  std::int64_t sample;            // of the source
  Box box;                        // in the target
  std::int64_t shift_x, shift_y;  // from source to target coordinates
};
constexpr std::int64_t kTiles = 4;

// Each target is kTiles tiles, which do not overlap: above left, above right, below left, below
// right. What no tile covers is filled: one value of the dtype per channel. No overlap of batches.
void mosaic(const SourceBatch& source, const TargetBatch& target, const MosaicTile* tiles,
            const std::byte* fill, Threads threads);

}  // namespace fa
