#include "kernels/normalize.hpp"

#include "dispatch/isa.hpp"
#include "kernels/normalize_kernels.hpp"

namespace fa {
namespace {

constexpr IsaTable<NormalizeKernels> kTable{FA_KERNEL_ADDRESSES(normalize_kernels)};

}  // namespace

void normalize(const SourceBatch& source, const TargetBatch& target,
               const NormalizeFactors& factors, Threads threads) {
  const bool to_half = target.format.dtype == DType::kFloat16;
  const auto kernel = pick(kTable).rows[image_dtype_index(source.format.dtype)][to_half ? 1 : 0];
  const std::int64_t channels = source.format.planes * source.format.channels;
  // A row is all channels at once, so the target counts as one plane here.
  TargetBatch rows = target;
  rows.format.planes = 1;
  rows.format.channels = channels;
  parallel_rows(rows, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const Target to = image(target, band.sample);
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      kernel(NormalizeRow{row(from, 0, y), row(to, 0, y), from.plane_stride, to.plane_stride,
                          source.format.planes > 1, target.format.planes > 1, from.width, channels,
                          factors.scale, factors.bias});
    }
  });
}

}  // namespace fa
