#include "kernels/mix.hpp"

#include <algorithm>
#include <cstring>

#include "core/buffer.hpp"
#include "core/fill.hpp"
#include "dispatch/isa.hpp"
#include "kernels/mix_kernels.hpp"
#include "threads/thread_count.hpp"

namespace fa {
namespace {

constexpr IsaTable<MixKernels> kTable{FA_KERNEL_ADDRESSES(mix_kernels)};

// What is mixed at a time of every sample: long enough for the hardware to fetch ahead, and two of
// these stay in the second cache.
constexpr std::int64_t kMostBytes = 128 * 1024;
constexpr std::int64_t kLeastBytes = 4 * 1024;
// With so many blocks for each thread, none waits long for the last.
constexpr std::int64_t kBlocksPerThread = 4;

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// In whole cache lines.
std::int64_t block_bytes(std::int64_t sample_bytes, Threads threads) {
  const std::int64_t wanted = threads.count > 0 ? threads.count : num_threads();
  const std::int64_t share = sample_bytes / (wanted * kBlocksPerThread) / 64 * 64;
  return wanted == 1 ? kMostBytes : std::clamp(share, kLeastBytes, kMostBytes);
}

// A sample as rows of packed values: as one row where its rows and planes follow each other.
struct Rows {
  std::int64_t planes, height, row_bytes;
  std::int64_t source_row, source_plane, target_row, target_plane;  // strides
  std::int64_t block_bytes;
};

Rows rows_of(const SourceBatch& source, const TargetBatch& target, Threads threads) {
  const Source& from = source.first;
  const Target& to = target.first;
  const std::int64_t row_bytes = from.width * pixel_bytes(source.format);
  Rows rows{source.format.planes,
            from.height,
            row_bytes,
            from.row_stride,
            from.plane_stride,
            to.row_stride,
            to.plane_stride,
            block_bytes(source.format.planes * from.height * row_bytes, threads)};
  if (rows.source_row == rows.row_bytes && rows.target_row == rows.row_bytes) {
    rows.row_bytes *= rows.height;
    rows.source_row = rows.target_row = rows.row_bytes;
    rows.height = 1;
  }
  if (rows.height == 1 && rows.source_plane == rows.row_bytes &&
      rows.target_plane == rows.row_bytes) {
    rows.row_bytes *= rows.planes;
    rows.planes = 1;
  }
  return rows;
}

// A part of a row, at the same place in every sample.
struct Block {
  std::int64_t from, to, bytes;  // offsets from the first pixel of a sample
};

Block block_of(const Rows& rows, std::int64_t blocks_per_row, std::int64_t i) {
  const std::int64_t line = i / blocks_per_row;
  const std::int64_t begin = i % blocks_per_row * rows.block_bytes;
  const std::int64_t plane = line / rows.height, y = line % rows.height;
  return {plane * rows.source_plane + y * rows.source_row + begin,
          plane * rows.target_plane + y * rows.target_row + begin,
          std::min(rows.block_bytes, rows.row_bytes - begin)};
}

bool is_in_place(const SourceBatch& source, const TargetBatch& target) {
  return source.first.data == target.first.data;
}

std::byte* kept(std::int64_t bytes) {
  thread_local Buffer buffer;
  return buffer.take(static_cast<std::size_t>(bytes));
}

void mix_block(const SourceBatch& source, const TargetBatch& target, const MixRing& ring,
               const double* factors, const Block& block) {
  const DType dtype = source.format.dtype;
  const std::int64_t values = block.bytes / item_size(dtype);
  const auto size = static_cast<std::size_t>(block.bytes);
  const auto from = [&](std::int64_t i) {
    return source.first.data + ring.order[i] * source.sample_stride + block.from;
  };
  const std::byte* first = from(0);
  if (is_in_place(source, target)) {
    std::byte* copy = kept(block.bytes);
    std::memcpy(copy, first, size);
    first = copy;
  }
  const MixKernels& kernels = pick(kTable);
  for (std::int64_t i = 0; i < ring.count; ++i) {
    const std::byte* one = from(i);
    const std::byte* next = i + 1 < ring.count ? from(i + 1) : first;
    std::byte* to = target.first.data + ring.order[i] * target.sample_stride + block.to;
    const auto factor = static_cast<float>(factors[ring.order[i]]);
    if (factor != 1.0f) {
      kernels.blend(one, next, to, values, dtype, factor);
    } else if (one != to) {
      std::memcpy(to, one, size);
    }
  }
}

// Rows [begin, end) of one plane: where they are copied from and to.
struct Band {
  std::int64_t plane, begin, end;
};

void copy_box(const std::byte* from, std::int64_t from_stride, std::byte* to,
              std::int64_t to_stride, std::int64_t rows, std::int64_t bytes) {
  if (from_stride == bytes && to_stride == bytes) {
    std::memcpy(to, from, static_cast<std::size_t>(rows * bytes));
    return;
  }
  for (std::int64_t y = 0; y < rows; ++y) {
    std::memcpy(to + y * to_stride, from + y * from_stride, static_cast<std::size_t>(bytes));
  }
}

void cut_band(const SourceBatch& source, const TargetBatch& target, const MixRing& ring,
              const Box* boxes, const Band& band) {
  const std::int64_t pixel = pixel_bytes(source.format);
  const std::int64_t row_bytes = source.first.width * pixel;
  const bool in_place = is_in_place(source, target);
  Source first = image(source, ring.order[0]);
  if (in_place) {
    // The last reads what the first was before.
    std::byte* copy = kept((band.end - band.begin) * row_bytes);
    copy_box(row(first, band.plane, band.begin), first.row_stride, copy, row_bytes,
             band.end - band.begin, row_bytes);
    first = {copy - band.begin * row_bytes, first.height, first.width, row_bytes, 0};
  }
  for (std::int64_t k = 0; k < ring.count; ++k) {
    // In place, the next must not have changed yet; else it had better be in the cache.
    const std::int64_t i = in_place ? k : ring.count - 1 - k;
    const Source one = image(source, ring.order[i]);
    const Target to = image(target, ring.order[i]);
    const Source next = i + 1 < ring.count ? image(source, ring.order[i + 1]) : first;
    const Box& box = boxes[ring.order[i]];
    const bool is_empty = box.x0 >= box.x1;
    const std::int64_t top = is_empty ? band.end : std::clamp(box.y0, band.begin, band.end);
    const std::int64_t bottom = is_empty ? band.end : std::clamp(box.y1, top, band.end);
    const std::int64_t left = box.x0 * pixel, right = box.x1 * pixel;
    const auto copy = [&](const Source& from, std::int64_t begin, std::int64_t end,
                          std::int64_t offset, std::int64_t bytes) {
      if (begin >= end || bytes == 0) return;
      copy_box(row(from, band.plane, begin) + offset, from.row_stride,
               row(to, band.plane, begin) + offset, to.row_stride, end - begin, bytes);
    };
    copy(next, top, bottom, left, right - left);
    if (in_place) continue;
    copy(one, band.begin, top, 0, row_bytes);
    copy(one, top, bottom, 0, left);
    copy(one, top, bottom, right, row_bytes - right);
    copy(one, bottom, band.end, 0, row_bytes);
  }
}

// The part of a row of the target that a tile covers.
void copy_tile_row(const SourceBatch& source, const MosaicTile& tile, const Target& to,
                   std::int64_t plane, std::int64_t y, std::int64_t pixel) {
  const Source from = image(source, tile.sample);
  std::memcpy(row(to, plane, y) + tile.box.x0 * pixel,
              row(from, plane, y - tile.shift_y) + (tile.box.x0 - tile.shift_x) * pixel,
              static_cast<std::size_t>((tile.box.x1 - tile.box.x0) * pixel));
}

}  // namespace

void mix_up(const SourceBatch& source, const TargetBatch& target, const MixRing& ring,
            const double* factors, Threads threads) {
  if (ring.count == 0) return;
  const Rows rows = rows_of(source, target, threads);
  const std::int64_t per_row = ceil_divide(rows.row_bytes, rows.block_bytes);
  parallel_for(rows.planes * rows.height * per_row, 1, threads,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   mix_block(source, target, ring, factors, block_of(rows, per_row, i));
                 }
               });
}

void cut_mix(const SourceBatch& source, const TargetBatch& target, const MixRing& ring,
             const Box* boxes, Threads threads) {
  const std::int64_t height = source.first.height;
  const std::int64_t row_bytes = source.first.width * pixel_bytes(source.format);
  if (ring.count == 0 || row_bytes == 0 || height == 0) return;
  const std::int64_t bytes = block_bytes(source.format.planes * height * row_bytes, threads);
  const std::int64_t rows = std::clamp<std::int64_t>(bytes / row_bytes, 1, height);
  const std::int64_t bands = ceil_divide(height, rows);
  parallel_for(source.format.planes * bands, 1, threads, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t top = i % bands * rows;
      cut_band(source, target, ring, boxes, {i / bands, top, std::min(top + rows, height)});
    }
  });
}

void add_scaled(const std::byte* values, std::int64_t count, DType dtype, double share,
                bool is_first, float* sum) {
  pick(kTable).add_scaled(values, count, dtype, static_cast<float>(share), is_first, sum);
}

void round_sum(const float* sum, std::int64_t count, DType dtype, std::byte* values) {
  pick(kTable).round_sum(sum, count, dtype, values);
}

void mosaic(const SourceBatch& source, const TargetBatch& target, const MosaicTile* tiles,
            const std::byte* fill, Threads threads) {
  const std::int64_t pixel = pixel_bytes(source.format);
  parallel_rows(target, threads, [&](RowBand band) {
    const Target to = image(target, band.sample);
    FillPattern pattern;
    make_pattern(pattern, fill + band.plane * pixel, pixel);
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      std::int64_t x = 0;
      for (std::int64_t i = 0; i < kTiles; ++i) {
        const MosaicTile& tile = tiles[band.sample * kTiles + i];
        if (y < tile.box.y0 || y >= tile.box.y1 || tile.box.x1 <= tile.box.x0) continue;
        fill_pixels(row(to, band.plane, y) + x * pixel, tile.box.x0 - x, pattern);
        copy_tile_row(source, tile, to, band.plane, y, pixel);
        x = tile.box.x1;
      }
      fill_pixels(row(to, band.plane, y) + x * pixel, to.width - x, pattern);
    }
  });
}

}  // namespace fa
