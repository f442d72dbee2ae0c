#include "kernels/warp.hpp"

#include <cmath>

#include "core/scratch_array.hpp"
#include "dispatch/isa.hpp"
#include "kernels/affine_map.hpp"
#include "kernels/warp_kernels.hpp"

namespace fa {
namespace {

constexpr IsaTable<WarpKernels> kTable{FA_KERNEL_ADDRESSES(warp_kernels)};

// Between whole pixels there is nothing to interpolate, and nothing to round.
Interpolation needed(const WarpJob& job) {
  return moves_whole_pixels(job.map) ? Interpolation::kNearest : job.interpolation;
}

// Everything but where to write.
WarpBand band_of(const Source& source, const PixelFormat& format, const WarpJob& job,
                 std::int64_t width, const RowBand& band) {
  const std::int64_t bytes = pixel_bytes(format);
  WarpBand result{};
  result.source = row(source, band.plane, 0);
  result.source_stride = source.row_stride;
  result.source_height = source.height;
  result.source_width = source.width;
  result.channels = format.channels;
  result.pixel_bytes = bytes;
  result.map = job.map;
  result.border = job.border;
  result.fill = job.fill + band.plane * bytes;
  result.canvases = job.canvases;
  result.canvas_count = job.canvas_count;
  result.canvas_fill_offset = band.plane * bytes;
  result.begin = band.begin;
  result.end = band.end;
  result.width = width;
  return result;
}

// Padded copies up to this size share the second cache with the source and the target.
constexpr std::int64_t kLargestPadded = 384 * 1024;

bool runs_along_rows(const WarpMap& map) {
  return !is_projective(map) && std::abs(map.affine.xx) == 1.0 && map.affine.yx == 0.0;
}

// How many bytes of scratch a padded copy of the source takes, or 0 if copying is not worth it.
std::int64_t scratch_bytes(const WarpBand& band, bool copies_pixels) {
  const std::int64_t pixels = band.source_height * band.source_width;
  if (pixels == 0 || (band.end - band.begin) * band.width * 2 < pixels) return 0;
  if (copies_pixels && runs_along_rows(band.map)) return 0;
  const PaddedSize size = padded_size(band.source_height, band.source_width, band.pixel_bytes);
  const std::int64_t bytes = padded_source_bytes(size, band.pixel_bytes);
  return bytes <= kLargestPadded ? bytes : 0;
}

void run(WarpKernel kernel, WarpBand& band, Interpolation how) {
  const std::int64_t bytes = scratch_bytes(band, how == Interpolation::kNearest);
  ScratchArray<std::byte> scratch(bytes);
  if (bytes > 0) band.scratch = scratch.data();
  kernel(band);
}

}  // namespace

void warp_band(const Source& source, const PixelFormat& format, const WarpJob& job,
               const Target& target, const RowBand& band) {
  const WarpKernels& kernels = pick(kTable);
  WarpBand work = band_of(source, format, job, target.width, band);
  work.target = row(target, band.plane, 0);
  work.target_stride = target.row_stride;
  const int dtype = image_dtype_index(format.dtype);
  const Interpolation how = needed(job);
  switch (how) {
    case Interpolation::kNearest:
      return run(kernels.nearest, work, how);
    case Interpolation::kBilinear:
      return run(kernels.bilinear[dtype], work, how);
    case Interpolation::kBicubic:
      return run(kernels.bicubic[dtype], work, how);
  }
}

void warp_rows(const Source& source, const PixelFormat& format, const WarpJob& job,
               std::int64_t width, const RowBand& band, const FloatRows& target) {
  const WarpKernels& kernels = pick(kTable);
  WarpBand work = band_of(source, format, job, width, band);
  work.values = target;
  const int dtype = image_dtype_index(format.dtype);
  const Interpolation how = needed(job);
  switch (how) {
    case Interpolation::kNearest:
      return run(kernels.nearest_values[dtype], work, how);
    case Interpolation::kBilinear:
      return run(kernels.bilinear_values[dtype], work, how);
    case Interpolation::kBicubic:
      return run(kernels.bicubic_values[dtype], work, how);
  }
}

void warp(const SourceBatch& source, const TargetBatch& target, const WarpOptions& options,
          Threads threads) {
  parallel_rows(target, threads, [&](RowBand band) {
    const WarpJob job{value_of(options.maps, band.sample),
                      options.interpolation,
                      options.border,
                      options.fill,
                      nullptr,
                      0};
    warp_band(image(source, band.sample), source.format, job, image(target, band.sample), band);
  });
}

}  // namespace fa
