#include "kernels/normalize.hpp"

#include "dispatch/isa.hpp"
#include "kernels/normalize_kernels.hpp"

namespace fa {
namespace {

constexpr IsaTable<NormalizeKernels> kTable{FA_KERNEL_ADDRESSES(normalize_kernels)};

int target_index(DType dtype) {
  if (dtype == DType::kFloat32) return 0;
  return dtype == DType::kFloat16 ? 1 : 2;
}

}  // namespace

void normalize_rows(const Source& source, const PixelFormat& source_format, const Target& target,
                    const PixelFormat& target_format, const NormalizeFactors& factors,
                    std::int64_t begin, std::int64_t end) {
  if (begin >= end) return;
  // Rows that follow each other without a gap are one long row: short ones would be mostly the ends
  // of loops.
  const bool is_dense = source.row_stride == source.width * pixel_bytes(source_format) &&
                        target.row_stride == target.width * pixel_bytes(target_format);
  const std::int64_t rows_at_once = is_dense ? end - begin : 1;
  const auto kernel =
      pick(kTable).rows[image_dtype_index(source_format.dtype)][target_index(target_format.dtype)];
  for (std::int64_t y = begin; y < end; y += rows_at_once) {
    kernel(NormalizeRow{row(source, 0, y), row(target, 0, y), source.plane_stride,
                        target.plane_stride, source_format.planes > 1, target_format.planes > 1,
                        source.width * rows_at_once, channels_of(source_format), factors.scale,
                        factors.bias});
  }
}

void normalize(const SourceBatch& source, const TargetBatch& target,
               const NormalizeFactors& factors, Threads threads) {
  // A row is all channels at once, so the target counts as one plane here.
  TargetBatch rows = target;
  rows.format.planes = 1;
  rows.format.channels = channels_of(source.format);
  parallel_rows(rows, threads, [&](RowBand band) {
    normalize_rows(image(source, band.sample), source.format, image(target, band.sample),
                   target.format, factors, band.begin, band.end);
  });
}

}  // namespace fa
