#include "kernels/crop.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/fill.hpp"
#include "core/prefetch.hpp"

namespace fa {
namespace {

struct CropRow {
  const std::byte* source;  // the source row that shows
  std::byte* target;
  const FillPattern& fill;
  std::int64_t source_width, target_width, left, pixel_bytes;
  Border border;
};

// Columns [begin, end) of the target, all of them outside the source.
void write_outside(const CropRow& job, std::int64_t begin, std::int64_t end) {
  std::byte* target = job.target + begin * job.pixel_bytes;
  if (job.border == Border::kConstant) {
    fill_pixels(target, end - begin, job.fill);
    return;
  }
  for (std::int64_t x = begin; x < end; ++x, target += job.pixel_bytes) {
    const std::int64_t from = border_index(job.border, job.left + x, job.source_width);
    std::memcpy(target, job.source + from * job.pixel_bytes,
                static_cast<std::size_t>(job.pixel_bytes));
  }
}

// Narrow borders around a row, as padding makes them: two copies of fixed size.
bool has_narrow_sides(const CropRow& job, std::int64_t begin, std::int64_t end) {
  return job.border == Border::kConstant && job.target_width * job.pixel_bytes >= kQuickBytes &&
         begin * job.pixel_bytes <= kQuickBytes &&
         (job.target_width - end) * job.pixel_bytes <= kQuickBytes &&
         job.pixel_bytes <= kQuickBytes;
}

void crop_row(const CropRow& job) {
  const std::int64_t begin = std::clamp<std::int64_t>(-job.left, 0, job.target_width);
  const std::int64_t end =
      std::clamp<std::int64_t>(job.source_width - job.left, begin, job.target_width);
  if (has_narrow_sides(job, begin, end)) {
    if (begin > 0) fill_left_quickly(job.target, job.fill);
    if (end < job.target_width) {
      fill_right_quickly(job.target + job.target_width * job.pixel_bytes, job.fill);
    }
  } else {
    write_outside(job, 0, begin);
    write_outside(job, end, job.target_width);
  }
  if (end > begin) {
    std::memcpy(job.target + begin * job.pixel_bytes,
                job.source + (job.left + begin) * job.pixel_bytes,
                static_cast<std::size_t>((end - begin) * job.pixel_bytes));
  }
}

// Whether all that shows is one stretch of the source's memory: rows of the same width without
// gaps, moved by a few pixels.
bool is_one_stretch(const Source& source, const Target& target, const CropPlace& place,
                    std::int64_t pixel_bytes) {
  const std::int64_t row_bytes = source.width * pixel_bytes;
  return place.border == Border::kConstant && source.width == target.width &&
         source.row_stride == row_bytes && target.row_stride == row_bytes &&
         std::abs(place.left) * pixel_bytes <= kQuickBytes && std::abs(place.left) <= source.width;
}

// One copy, which also moves pixels from the end of a row to the beginning of the next, or back;
// the sides are written over them.
void crop_stretch(const Source& source, const Target& target, const CropPlace& place,
                  const FillPattern& fill, const RowBand& band) {
  const std::int64_t bytes = fill.pixel_bytes, width = source.width;
  const std::int64_t begin = std::clamp(-place.top, band.begin, band.end);
  const std::int64_t end = std::clamp(source.height - place.top, begin, band.end);
  fill_pixels(row(target, band.plane, band.begin), (begin - band.begin) * width, fill);
  fill_pixels(row(target, band.plane, end), (band.end - end) * width, fill);
  if (begin == end) return;
  const std::int64_t from = (place.top + begin) * width + place.left;
  const std::int64_t first = std::max<std::int64_t>(-from, 0);
  const std::int64_t last = std::min((end - begin) * width, source.height * width - from);
  std::byte* to = row(target, band.plane, begin);
  std::memcpy(to + first * bytes, row(source, band.plane, 0) + (from + first) * bytes,
              static_cast<std::size_t>((last - first) * bytes));
  const std::int64_t side = place.left < 0 ? 0 : (width - place.left) * bytes;
  const std::int64_t side_bytes = std::abs(place.left) * bytes;
  if (side_bytes == 0) return;
  for (std::int64_t y = begin; y < end; ++y) {
    fill_few(row(target, band.plane, y) + side, side_bytes, fill);
  }
}

}  // namespace

void crop_band(const Source& source, const Target& target, const PixelFormat& format,
               const CropPlace& place, RowBand band) {
  const std::int64_t bytes = pixel_bytes(format);
  FillPattern fill;
  make_pattern(fill, place.fill + band.plane * bytes, bytes);
  if (is_one_stretch(source, target, place, bytes)) {
    return crop_stretch(source, target, place, fill, band);
  }
  CropRow job{nullptr, nullptr, fill, source.width, target.width, place.left, bytes, place.border};
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    job.target = row(target, band.plane, y);
    const std::int64_t source_y = border_index(place.border, place.top + y, source.height);
    if (source_y < 0) {
      fill_pixels(job.target, target.width, fill);
      continue;
    }
    job.source = row(source, band.plane, source_y);
    prefetch_row(job.source + kRowsAhead * source.row_stride, source.width * bytes);
    crop_row(job);
  }
}

void crop(const SourceBatch& source, const TargetBatch& target, const CropWindow& window,
          Threads threads) {
  parallel_rows(target, threads, [&](RowBand band) {
    const CropPlace place{value_of(window.top, band.sample), value_of(window.left, band.sample),
                          window.border, window.fill};
    crop_band(image(source, band.sample), image(target, band.sample), source.format, place, band);
  });
}

}  // namespace fa
