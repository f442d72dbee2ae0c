#include "kernels/turn.hpp"

#include "core/prefetch.hpp"
#include "dispatch/isa.hpp"
#include "kernels/flip.hpp"
#include "kernels/turn_kernels.hpp"

namespace fa {
namespace {

constexpr IsaTable<TurnKernels> kTable{FA_KERNEL_ADDRESSES(turn_kernels)};

// The source as the target sees it: transposed, then its columns or rows read backwards.
StridedSource turned(const Source& source, std::int64_t plane, std::int64_t turns,
                     std::int64_t bytes) {
  const std::byte* first = row(source, plane, 0);
  if (turns == 1) return {first + (source.width - 1) * bytes, source.row_stride, -bytes};
  return {first + (source.height - 1) * source.row_stride, -source.row_stride, bytes};
}

void gather_band(const Source& image, StridedSource source, const Target& target, RowBand band,
                 std::int64_t bytes) {
  const std::int64_t row_bytes = image.width * bytes;
  // Reading columns waits for every line; a small image that is turned whole is read in order
  // first.
  if (row_bytes * image.height <= kSmallImageBytes &&
      (band.end - band.begin) * 4 >= target.height) {
    touch_rows(row(image, band.plane, 0), image.row_stride, image.height, row_bytes);
  }
  source.first += band.begin * source.step_y;
  pick(kTable).gather_rows(source, {row(target, band.plane, band.begin), target.row_stride,
                                    band.end - band.begin, target.width, bytes});
}

}  // namespace

void rot90(const SourceBatch& source, const TargetBatch& target, PerSample<std::int64_t> turns,
           Threads threads) {
  const std::int64_t bytes = pixel_bytes(source.format);
  parallel_rows(target, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const Target to = image(target, band.sample);
    const std::int64_t quarter_turns = value_of(turns, band.sample);
    if (quarter_turns % 2 == 1) {
      gather_band(from, turned(from, band.plane, quarter_turns, bytes), to, band, bytes);
    } else if (quarter_turns == 0) {
      copy_band(from, to, source.format, band);
    } else {
      mirror_band(upside_down(from), to, source.format, band);
    }
  });
}

void transpose(const SourceBatch& source, const TargetBatch& target, Threads threads) {
  const std::int64_t bytes = pixel_bytes(source.format);
  parallel_rows(target, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const StridedSource columns{row(from, band.plane, 0), from.row_stride, bytes};
    gather_band(from, columns, image(target, band.sample), band, bytes);
  });
}

}  // namespace fa
