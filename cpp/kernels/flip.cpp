#include "kernels/flip.hpp"

#include <cstring>

#include "core/prefetch.hpp"
#include "dispatch/isa.hpp"
#include "kernels/flip_kernels.hpp"

namespace fa {
namespace {

constexpr IsaTable<FlipKernels> kTable{FA_KERNEL_ADDRESSES(flip_kernels)};

RowPairs row_pairs(const Source& source, const Target& target, const PixelFormat& format,
                   RowBand band) {
  return RowPairs{row(source, band.plane, band.begin),
                  row(target, band.plane, band.begin),
                  source.row_stride,
                  target.row_stride,
                  band.end - band.begin,
                  source.width,
                  pixel_bytes(format)};
}

void copy_rows(const RowPairs& rows) {
  const std::int64_t row_bytes = rows.width * rows.pixel_bytes;
  if (row_bytes == 0) return;
  if (rows.source_stride == row_bytes && rows.target_stride == row_bytes) {
    std::memcpy(rows.target, rows.source, static_cast<std::size_t>(row_bytes * rows.rows));
    return;
  }
  for (std::int64_t y = 0; y < rows.rows; ++y) {
    const std::byte* source = rows.source + y * rows.source_stride;
    prefetch_row(source + kRowsAhead * rows.source_stride, row_bytes);
    std::memcpy(rows.target + y * rows.target_stride, source, static_cast<std::size_t>(row_bytes));
  }
}

}  // namespace

void mirror_band(const Source& source, const Target& target, const PixelFormat& format,
                 RowBand band) {
  pick(kTable).mirror_rows(row_pairs(source, target, format, band));
}

void copy_band(const Source& source, const Target& target, const PixelFormat& format,
               RowBand band) {
  copy_rows(row_pairs(source, target, format, band));
}

void hflip(const SourceBatch& source, const TargetBatch& target, PerSample<bool> where,
           Threads threads) {
  parallel_rows(target, threads, [&](RowBand band) {
    const auto move = value_of(where, band.sample) ? &mirror_band : &copy_band;
    move(image(source, band.sample), image(target, band.sample), target.format, band);
  });
}

void vflip(const SourceBatch& source, const TargetBatch& target, PerSample<bool> where,
           Threads threads) {
  parallel_rows(target, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    copy_band(value_of(where, band.sample) ? upside_down(from) : from, image(target, band.sample),
              target.format, band);
  });
}

}  // namespace fa
