// Eight output pixels at a time: where they fall, and the walk along a span in such blocks.
// Included only where vectors have halves (simd/*_halves.hpp): pixels 0 to 3 are in the lower half,
// 4 to 7 in the upper one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "core/prefetch.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_target.isa.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

constexpr std::int64_t kEight = 8;

// The cells of eight pixels.
struct Cells {
  I32x8 column, line;
  I32x8 right, down;  // unsigned
};

// 64-bit numbers fill two vectors: pixels 0, 1, 4, 5 and 2, 3, 6, 7.
struct EightPoints {
  I64x4 x[2], y[2];
};

struct EightNumbers {
  std::int64_t x[kEight], y[kEight];
};

FA_INLINE EightPoints load_points(const EightNumbers& from) {
  EightPoints points;
  for (int i = 0; i < 2; ++i) {
    points.x[i] = load_i64x4(from.x + 2 * i, from.x + 4 + 2 * i);
    points.y[i] = load_i64x4(from.y + 2 * i, from.y + 4 + 2 * i);
  }
  return points;
}

// Rare, and long: kept out of the loops.
FA_NOINLINE void project_eight(const RowPoints& row, std::int64_t x, EightNumbers& points) {
  for (std::int64_t i = 0; i < kEight; ++i) {
    const FixedPoint point = project(row, x + i);
    points.x[i] = point.x;
    points.y[i] = point.y;
  }
}

FA_INLINE EightPoints projected_points(const RowPoints& row, std::int64_t x) {
  EightNumbers numbers;
  project_eight(row, x, numbers);
  return load_points(numbers);
}

// How the points of an affine map follow each other, for all rows.
struct EightSteps {
  EightPoints within;  // of pixels 0 to 7 from the first
  I64x4 x, y;          // from eight pixels to the next eight
};

FA_INLINE EightSteps eight_steps(const SourceSteps& steps) {
  EightNumbers numbers;
  for (std::int64_t i = 0; i < kEight; ++i) {
    numbers.x[i] = steps.x * i;
    numbers.y[i] = steps.y * i;
  }
  return {load_points(numbers), broadcast_i64x4(steps.x * kEight),
          broadcast_i64x4(steps.y * kEight)};
}

FA_INLINE EightPoints points_from(const FixedPoint& first, const EightSteps& steps) {
  const I64x4 x = broadcast_i64x4(first.x), y = broadcast_i64x4(first.y);
  const EightPoints& within = steps.within;
  return {{x + within.x[0], x + within.x[1]}, {y + within.y[0], y + within.y[1]}};
}

FA_INLINE EightPoints points_after(const EightPoints& points, const EightSteps& steps) {
  return {{points.x[0] + steps.x, points.x[1] + steps.x},
          {points.y[0] + steps.y, points.y[1] + steps.y}};
}

struct WideLimits {
  I32x8 left, right, top, bottom;
};

FA_INLINE WideLimits wide_limits(const CellLimits& limits) {
  return {broadcast_i32x8(limits.left), broadcast_i32x8(limits.right), broadcast_i32x8(limits.top),
          broadcast_i32x8(limits.bottom)};
}

FA_INLINE I32x8 clamped(I32x8 value, I32x8 low, I32x8 high) {
  return smaller(larger(value, low), high);
}

FA_INLINE Cells cells_of(const EightPoints& points, const WideLimits& limits) {
  return {clamped(upper_bits(points.x[0], points.x[1]), limits.left, limits.right),
          clamped(upper_bits(points.y[0], points.y[1]), limits.top, limits.bottom),
          lower_bits(points.x[0], points.x[1]), lower_bits(points.y[0], points.y[1])};
}

// How cells become offsets from the first pixel of a source, whose bytes must fit 31 bits.
struct Pitch {
  I32x8 line, column;
};

FA_INLINE bool fits_offsets(const WarpBand& band) {
  const std::int64_t stride = band.source_stride < 0 ? -band.source_stride : band.source_stride;
  return (band.source_height + 2 * kPadding) * stride < INT32_MAX && stride < INT32_MAX;
}

FA_INLINE Pitch pitch_of(const WarpBand& band) {
  return {broadcast_i32x8(static_cast<std::int32_t>(band.source_stride)),
          broadcast_i32x8(static_cast<std::int32_t>(band.pixel_bytes))};
}

FA_INLINE I32x8 offsets_of(const Cells& cells, const Pitch& pitch) {
  return cells.line * pitch.line + cells.column * pitch.column;
}

FA_INLINE F32x8 fractions_of(I32x8 bits) {
  return to_float(shift_right_unsigned<8>(bits)) * broadcast_f32x8(0x1p-24f);
}

// What a sampler makes of the fractions of eight pixels: two numbers for each.
struct Mix {
  I32x8 first, second;
};

// Pixels located together, row after row: what is read back one by one has long been written. A row
// of blocks may end in a few pixels too many.
constexpr std::int64_t kCapacity = 512, kMostRows = 64;

struct LocatedPixels {
  alignas(32) std::int32_t offsets[kCapacity + kEight];
  alignas(32) std::int32_t first[kCapacity + kEight], second[kCapacity + kEight];
};

// Eight of them.
struct PlacedPixels {
  const std::int32_t* offsets;
  const std::int32_t* first;
  const std::int32_t* second;
};

FA_INLINE PlacedPixels placed(const LocatedPixels& pixels, std::int64_t i) {
  return {pixels.offsets + i, pixels.first + i, pixels.second + i};
}

FA_INLINE Mix mix_at(const PlacedPixels& at) {
  return {load_i32x8(at.first), load_i32x8(at.second)};
}

// How points of a band become offsets.
struct EightPlaces {
  WideLimits limits;
  Pitch pitch;
};

// The eight points of pixels i and on.
template <class Block>
FA_INLINE void place_eight(const EightPoints& points, const EightPlaces& places, std::int64_t i,
                           LocatedPixels& located) {
  const Cells cells = cells_of(points, places.limits);
  store(located.offsets + i, offsets_of(cells, places.pitch));
  if constexpr (Block::kMixes) {
    const Mix mix = Block::mix_of(cells);
    store(located.first + i, mix.first);
    store(located.second + i, mix.second);
  }
}

// Pixels [x, x + count) of a stretch's rows become number 0 and on.
template <class Block>
FA_INLINE void locate_affine(const WarpMap& map, const BandWalk& walk, const EightSteps& steps,
                             const EightPlaces& places, Stretch& stretch, std::int64_t rows,
                             std::int64_t x, std::int64_t count, LocatedPixels& located) {
  FixedPoint starts[kMostRows];
  for (std::int64_t r = 0; r < rows; ++r) {
    if (r > 0) go_to_row(map, stretch.y + r, walk.shift, stretch.source);
    starts[r] = point_of(stretch.source, x);
  }
  for (std::int64_t r = 0, i = 0; r < rows; ++r, i = r * count) {
    EightPoints points = points_from(starts[r], steps);
    for (const std::int64_t end = i + count;;) {
      place_eight<Block>(points, places, i, located);
      i += kEight;
      if (i >= end) break;
      points = points_after(points, steps);
    }
  }
}

template <class Block>
FA_INLINE void locate_projective(const RowPoints& points, const EightPlaces& places, std::int64_t x,
                                 std::int64_t count, LocatedPixels& located) {
  for (std::int64_t i = 0; i < count; i += kEight) {
    place_eight<Block>(projected_points(points, x + i), places, i, located);
  }
}

// What a walk across the rows of a large source will touch some output rows later.
struct Lookahead {
  std::int64_t bytes;  // from a pixel of this row to the same pixel of that row, or 0: nothing
  std::int64_t step;   // pixels from one request to the next
};

constexpr std::int64_t kLookaheadRows = 6;

FA_INLINE std::int64_t steps_within(double length, double step) {
  const double count = length / (step < 0.0 ? -step : step);
  return count < 1.0 ? 1 : count > 16.0 ? 16 : static_cast<std::int64_t>(count);
}

FA_INLINE Lookahead lookahead_of(const WarpBand& band) {
  if (!is_read_in_parts(band)) return {0, 1};
  const AffineMap& map = band.map.affine;
  const auto lines = static_cast<std::int64_t>(map.yy * kLookaheadRows);
  const auto columns = static_cast<std::int64_t>(map.xy * kLookaheadRows);
  const std::int64_t along =
      steps_within(kCacheLine, map.xx * static_cast<double>(band.pixel_bytes));
  const std::int64_t across = steps_within(2.0, map.yx);
  return {lines * band.source_stride + columns * band.pixel_bytes, along < across ? along : across};
}

FA_INLINE void look_ahead(const Lookahead& ahead, const std::byte* source,
                          const LocatedPixels& located, std::int64_t count) {
  if (ahead.bytes == 0) return;
  for (std::int64_t i = 0; i < count; i += ahead.step) {
    prefetch(source + located.offsets[i] + ahead.bytes);
  }
}

// Fewer than eight pixels of a row, sampled into memory of their own.
template <class Row>
struct FewPixels;

template <class T>
struct FewPixels<PixelRow<T>> {
  T values[kEight * (sizeof(T) == 1 ? 12 : 4)];  // a pixel has up to four values, or twelve bytes

  FA_INLINE PixelRow<T> row() { return {values}; }
  FA_INLINE void copy(PixelRow<T> to, std::int64_t x, std::int64_t count, std::int64_t channels) {
    std::memcpy(to.first + x * channels, values,
                static_cast<std::size_t>(count * channels) * sizeof(T));
  }
};

template <>
struct FewPixels<ValueRow> {
  float values[kEight * 4];

  FA_INLINE ValueRow row() { return {values, 1, kEight}; }
  FA_INLINE void copy(ValueRow to, std::int64_t x, std::int64_t count, std::int64_t channels) {
    for (std::int64_t c = 0; c < channels; ++c) {
      std::memcpy(to.first + c * to.channel_step + x, values + c * kEight,
                  static_cast<std::size_t>(count) * sizeof(float));
    }
  }
};

// Located pixels [i, i + count) into a row from x on; the last eight overlap the ones before.
// `Block::sample(pixels, row, x)` stores eight pixels and nothing else.
template <int kChannels, class Block, class Row>
FA_INLINE void sample_located(const Block& block, const LocatedPixels& located, std::int64_t i,
                              std::int64_t count, Row row, std::int64_t x) {
  const bool is_few = count < kEight;
  FewPixels<Row> few;
  const Row to = is_few ? few.row() : row;
  const std::int64_t first = is_few ? 0 : x, last = is_few ? 0 : count - kEight;
  for (std::int64_t done = 0;;) {
    block.sample(placed(located, i + done), to, first + done);
    if (done >= last) break;
    done = done + kEight < last ? done + kEight : last;
  }
  if (is_few) few.copy(row, x, count, kChannels);
}

// Whether the rows of a target follow each other without a gap.
template <int kChannels, class T>
FA_INLINE bool is_packed(const WarpBand& band, PixelRow<T>) {
  return band.target_stride == band.width * kChannels * std::int64_t{sizeof(T)};
}

template <int kChannels>
FA_INLINE bool is_packed(const WarpBand& band, ValueRow) {
  return kChannels == 1 && band.values.row_stride == band.width;
}

FA_INLINE std::int64_t rows_together(std::int64_t width, std::int64_t rows) {
  const std::int64_t fitting = width < kCapacity ? kCapacity / width : 1;
  const std::int64_t most = fitting < kMostRows ? fitting : kMostRows;
  return rows < most ? rows : most;
}

// Samples a stretch in blocks of eight pixels, which run on from row to row where they can.
template <int kChannels, class Block, class Row>
FA_INLINE void sample_eights(const WarpBand& band, const BandWalk& walk, const EightSteps& steps,
                             Stretch stretch, Row) {
  const EightPlaces places{wide_limits(walk.limits), pitch_of(band)};
  const Block block(band.source, band.source_stride);
  const Lookahead ahead = lookahead_of(band);
  const bool runs_on = stretch.rows > 1 && is_packed<kChannels>(band, Row{});
  LocatedPixels located;
  while (stretch.rows > 0) {
    const std::int64_t width = stretch.span.end - stretch.span.begin;
    const std::int64_t rows = rows_together(width, stretch.rows);
    for (std::int64_t x = stretch.span.begin; x < stretch.span.end; x += kCapacity) {
      const std::int64_t left = stretch.span.end - x, count = left < kCapacity ? left : kCapacity;
      if (stretch.source.is_projective) {
        locate_projective<Block>(stretch.source.points, places, x, count, located);
      } else {
        locate_affine<Block>(band.map, walk, steps, places, stretch, rows, x, count, located);
      }
      look_ahead(ahead, band.source, located, rows * count);
      for (std::int64_t r = 0; r < rows; r += runs_on ? rows : 1) {
        sample_located<kChannels>(block, located, r * count, runs_on ? rows * count : count,
                                  row_of(band, stretch.y + r, Row{}), x);
      }
    }
    stretch.y += rows;
    stretch.rows -= rows;
    if (stretch.rows > 0) go_to_row(band.map, stretch.y, walk.shift, stretch.source);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
