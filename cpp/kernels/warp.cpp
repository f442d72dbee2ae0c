#include "kernels/warp.hpp"

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

}  // namespace

void warp_band(const Source& source, const PixelFormat& format, const WarpJob& job,
               const Target& target, const RowBand& band) {
  const WarpKernels& kernels = pick(kTable);
  WarpBand work = band_of(source, format, job, target.width, band);
  work.target = row(target, band.plane, 0);
  work.target_stride = target.row_stride;
  const int dtype = image_dtype_index(format.dtype);
  switch (needed(job)) {
    case Interpolation::kNearest:
      return kernels.nearest(work);
    case Interpolation::kBilinear:
      return kernels.bilinear[dtype](work);
    case Interpolation::kBicubic:
      return kernels.bicubic[dtype](work);
  }
}

void warp_rows(const Source& source, const PixelFormat& format, const WarpJob& job,
               std::int64_t width, const RowBand& band, const FloatRows& target) {
  const WarpKernels& kernels = pick(kTable);
  WarpBand work = band_of(source, format, job, width, band);
  work.values = target;
  const int dtype = image_dtype_index(format.dtype);
  switch (needed(job)) {
    case Interpolation::kNearest:
      return kernels.nearest_values[dtype](work);
    case Interpolation::kBilinear:
      return kernels.bilinear_values[dtype](work);
    case Interpolation::kBicubic:
      return kernels.bicubic_values[dtype](work);
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
