// Resampling through an affine map.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/affine_map.hpp"
#include "core/border.hpp"
#include "core/image_view.hpp"
#include "core/interpolation.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

struct WarpOptions {
  PerSample<AffineMap> maps;  // from inverse_map()
  Interpolation interpolation;
  Border border;
  const std::byte* fill;  // one value per channel, in the batch's dtype
};

// The source is extended over the plane by the border rule, then sampled: bilinear between the four
// pixels around a coordinate, or the pixel at floor(coordinate + 0.5). Coordinates are float64;
// uint8 is mixed by 14-bit weights, uint16 and float32 in float32; integers round half up.
// Whole-pixel maps copy. No overlap; images without pixels only with Border::kConstant.
void warp(const SourceBatch& source, const TargetBatch& target, const WarpOptions& options,
          Threads threads);

}  // namespace fa
