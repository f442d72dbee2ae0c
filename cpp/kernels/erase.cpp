#include "kernels/erase.hpp"

#include <algorithm>
#include <cstring>

#include "core/fill.hpp"
#include "core/span.hpp"
#include "kernels/flip.hpp"

namespace fa {
namespace {

// The part of [start, start + count) inside [0, length). No sum here overflows, whatever `start`
// and `count` are.
Span inside(std::int64_t start, std::int64_t count, std::int64_t length) {
  const std::int64_t begin = std::clamp<std::int64_t>(start, 0, length);
  if (start >= 0) return {begin, begin + std::min(count, length - begin)};
  return {begin, std::clamp<std::int64_t>(start + count, begin, length)};
}

void copy_pixels(const std::byte* source, std::byte* target, Span pixels, std::int64_t bytes) {
  if (is_empty(pixels)) return;
  std::memcpy(target + pixels.begin * bytes, source + pixels.begin * bytes,
              static_cast<std::size_t>((pixels.end - pixels.begin) * bytes));
}

}  // namespace

void erase(const SourceBatch& source, const TargetBatch& target, const EraseBox& box,
           Threads threads) {
  const std::int64_t bytes = pixel_bytes(source.format);
  parallel_rows(target, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const Target to = image(target, band.sample);
    const Span rows =
        inside(value_of(box.top, band.sample), value_of(box.height, band.sample), from.height);
    const Span columns =
        inside(value_of(box.left, band.sample), value_of(box.width, band.sample), from.width);
    FillPattern fill;
    make_pattern(fill, box.fill + band.plane * bytes, bytes);
    const auto copy_rows = [&](std::int64_t begin, std::int64_t end) {
      if (begin < end) copy_band(from, to, source.format, {band.sample, band.plane, begin, end});
    };
    const std::int64_t top = std::clamp(rows.begin, band.begin, band.end);
    const std::int64_t bottom = std::clamp(rows.end, top, band.end);
    copy_rows(band.begin, top);
    for (std::int64_t y = top; y < bottom; ++y) {
      const std::byte* source_row = row(from, band.plane, y);
      std::byte* target_row = row(to, band.plane, y);
      copy_pixels(source_row, target_row, {0, columns.begin}, bytes);
      fill_pixels(target_row + columns.begin * bytes, columns.end - columns.begin, fill);
      copy_pixels(source_row, target_row, {columns.end, from.width}, bytes);
    }
    copy_rows(bottom, band.end);
  });
}

}  // namespace fa
