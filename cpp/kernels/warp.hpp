// Resampling through an affine or a projective map.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/border.hpp"
#include "core/float_rows.hpp"
#include "core/image_view.hpp"
#include "core/interpolation.hpp"
#include "core/warp_map.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// The source is extended over the plane by the border rule, then sampled: bilinear between the four
// pixels around a coordinate, bicubic between the sixteen (Keys' kernel, a = -0.75), or the pixel
// at floor(coordinate + 0.5). Maps are float64, coordinates multiples of 2^-32 within 2^-22 of
// their exact values. uint8 is mixed by 14-bit weights (bicubic: along x), all else in float32;
// integers are clamped and round half up. Whole-pixel maps copy. Beyond the horizon of a projective
// map the fill shows, whatever the border. No overlap; images without pixels only with
// Border::kConstant.
struct WarpJob {
  WarpMap map;  // output pixel -> source point
  Interpolation interpolation;
  Border border;               // of the source
  const std::byte* fill;       // one value per channel, in the source's dtype
  const WarpCanvas* canvases;  // the last canvas (nearest to the output) first
  std::int64_t canvas_count;
};

// One band of rows in the source's dtype and layout (band.sample is not looked at). Memory for a
// padded copy of a small source is the thread's own and kept.
void warp_band(const Source& source, const PixelFormat& format, const WarpJob& job,
               const Target& target, const RowBand& band);

// The same rows, `width` pixels each, as float32, not rounded and not clipped: one plane of the
// source (band.plane), of whose interleaved channels FloatRows tells the places. Clamped and
// rounded half up they are the very pixels of warp_band.
void warp_rows(const Source& source, const PixelFormat& format, const WarpJob& job,
               std::int64_t width, const RowBand& band, const FloatRows& target);

struct WarpOptions {
  PerSample<WarpMap> maps;
  Interpolation interpolation;
  Border border;
  const std::byte* fill;  // one value per channel, in the batch's dtype
};

// Every image of a batch, without canvases.
void warp(const SourceBatch& source, const TargetBatch& target, const WarpOptions& options,
          Threads threads);

}  // namespace fa
