#include "kernels/paste.hpp"

#include <cstring>

namespace fa {
namespace {

template <class T>
T value_at(const std::byte* values, std::int64_t i) {
  T value;
  std::memcpy(&value, values + i * static_cast<std::int64_t>(sizeof(T)), sizeof value);
  return value;
}

// Calls body(begin, end, is_chosen) for the runs of a row of a mask.
template <class T, class Body>
void for_each_run(const std::byte* mask, std::int64_t width, const std::uint8_t* chosen,
                  Body body) {
  std::int64_t begin = 0;
  while (begin < width) {
    const std::uint8_t is_chosen = chosen[value_at<T>(mask, begin)];
    std::int64_t end = begin + 1;
    while (end < width && chosen[value_at<T>(mask, end)] == is_chosen) ++end;
    body(begin, end, is_chosen != 0);
    begin = end;
  }
}

template <class Body>
void for_each_run_of(DType dtype, const std::byte* mask, std::int64_t width,
                     const std::uint8_t* chosen, Body body) {
  if (dtype == DType::kUint8) return for_each_run<std::uint8_t>(mask, width, chosen, body);
  for_each_run<std::uint16_t>(mask, width, chosen, body);
}

template <class T>
void mark(const Source& mask, std::uint8_t* table) {
  for (std::int64_t y = 0; y < mask.height; ++y) {
    const std::byte* values = row(mask, 0, y);
    for (std::int64_t x = 0; x < mask.width; ++x) table[value_at<T>(values, x)] = 1;
  }
}

// Rows of a batch, of images or of the masks themselves.
void paste_rows(const SourceBatch& source, const SourceBatch& masks, const TargetBatch& target,
                const std::int64_t* next, const PastedObjects& objects, Threads threads) {
  const std::int64_t bytes = pixel_bytes(source.format);
  parallel_rows(target, threads, [&](RowBand band) {
    const std::int64_t other = next[band.sample];
    const Source own = image(source, band.sample), theirs = image(source, other);
    const Source mask = image(masks, other);
    const Target to = image(target, band.sample);
    const std::uint8_t* chosen = objects.chosen + band.sample * objects.values;
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      const auto copy = [&](std::int64_t begin, std::int64_t end, bool is_chosen) {
        const std::byte* from = row(is_chosen ? theirs : own, band.plane, y);
        std::memcpy(row(to, band.plane, y) + begin * bytes, from + begin * bytes,
                    static_cast<std::size_t>((end - begin) * bytes));
      };
      for_each_run_of(masks.format.dtype, row(mask, 0, y), mask.width, chosen, copy);
    }
  });
}

}  // namespace

void mark_values(const Source& mask, DType dtype, std::uint8_t* table) {
  if (dtype == DType::kUint8) return mark<std::uint8_t>(mask, table);
  mark<std::uint16_t>(mask, table);
}

void paste(const SourceBatch& source, const SourceBatch& masks, const TargetBatch& target,
           const TargetBatch& target_masks, const std::int64_t* next, const PastedObjects& objects,
           Threads threads) {
  paste_rows(source, masks, target, next, objects, threads);
  paste_rows(masks, masks, target_masks, next, objects, threads);
}

}  // namespace fa
