#include "kernels/warp.hpp"

#include "dispatch/isa.hpp"
#include "kernels/affine_map.hpp"
#include "kernels/warp_kernels.hpp"

namespace fa {
namespace {

constexpr IsaTable<WarpKernels> kTable{FA_KERNEL_ADDRESSES(warp_kernels)};

using WarpKernel = void (*)(const WarpBand&);

WarpKernel bilinear_kernel(const WarpKernels& kernels, DType dtype) {
  if (dtype == DType::kUint8) return kernels.bilinear_u8;
  if (dtype == DType::kUint16) return kernels.bilinear_u16;
  return kernels.bilinear_f32;
}

}  // namespace

void warp(const SourceBatch& source, const TargetBatch& target, const WarpOptions& options,
          Threads threads) {
  const WarpKernels& kernels = pick(kTable);
  const WarpKernel bilinear = bilinear_kernel(kernels, source.format.dtype);
  const std::int64_t bytes = pixel_bytes(source.format);
  parallel_rows(target, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const Target to = image(target, band.sample);
    const AffineMap map = value_of(options.maps, band.sample);
    // Between whole pixels there is nothing to interpolate, and nothing to round.
    const bool exact = options.interpolation == Interpolation::kNearest || moves_whole_pixels(map);
    (exact ? kernels.nearest : bilinear)(WarpBand{
        row(from, band.plane, 0), from.row_stride, from.height, from.width, row(to, band.plane, 0),
        to.row_stride, to.width, band.begin, band.end, source.format.channels, bytes,
        options.fill + band.plane * bytes, map, options.border});
  });
}

}  // namespace fa
