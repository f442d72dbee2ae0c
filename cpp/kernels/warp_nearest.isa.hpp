// Nearest sampling along row spans, and with it every map that moves whole pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_rows.isa.hpp"
#include "simd/simd.hpp"

#if FA_HAS_BYTE_SHUFFLE
#include "kernels/warp_eight.isa.hpp"
#endif

namespace fa::FA_ISA {
namespace {

// Moves the floor to the nearest pixel.
constexpr double kNearestShift = 0.5;

// kSize is what is known of a pixel before run time, or 0: its bytes, or its number of values.
template <int kSize>
FA_INLINE void copy_pixel(const std::byte* from, std::int64_t size, PixelRow<std::byte> row,
                          std::int64_t x) {
  std::memcpy(row.pixel<kSize>(x, size), from, static_cast<std::size_t>(kSize > 0 ? kSize : size));
}

template <int kSize, class T>
FA_INLINE void copy_pixel(const T* from, std::int64_t size, ValueRow row, std::int64_t x) {
  float* FA_RESTRICT to = row.pixel<kSize>(x, size);
  for (std::int64_t c = 0; c < (kSize > 0 ? kSize : size); ++c) {
    to[c * row.channel_step] = static_cast<float>(from[c]);
  }
}

// In plain loops.
template <int kSize, class T, class Row>
FA_NOINLINE void pick_pixels(const WarpBand& band, const BandWalk& walk, Stretch stretch,
                             std::int64_t size, Row) {
  const std::int64_t pixel_bytes = (kSize > 0 ? kSize : size) * std::int64_t{sizeof(T)};
  RunCells cells;
  for (; stretch.rows > 0; go_to_next_row(band.map, walk, stretch)) {
    const Row row = row_of(band, stretch.y, Row{});
    for (std::int64_t x = stretch.span.begin; x < stretch.span.end; x += kRun) {
      const std::int64_t count = locate_run(stretch, walk.limits, x, cells);
      for (std::int64_t i = 0; i < count; ++i) {
        copy_pixel<kSize>(reinterpret_cast<const T*>(pixel_of(band, cells, i, pixel_bytes)), size,
                          row, x + i);
      }
    }
  }
}

#if FA_HAS_BYTE_SHUFFLE

// Pixels of kSize bytes, of any dtype.
template <int kSize>
struct CopyBlock {
  const std::byte* first;

  FA_INLINE CopyBlock(const std::byte* lowest, std::int64_t) : first(lowest) {}

  static constexpr bool kMixes = false;

  FA_INLINE void sample(const PlacedPixels& at, PixelRow<std::byte> row, std::int64_t x) const {
    std::byte* FA_RESTRICT to = row.pixel<kSize>(x, kSize);
    // What a store writes beyond its pixel is written over by the next.
    constexpr int kMoved = kSize == 3 ? 4 : kSize == 12 ? 16 : kSize;
    for (int i = 0; i < kEight - 1; ++i) {
      std::memcpy(to + i * kSize, first + at.offsets[i], kMoved);
    }
    std::memcpy(to + (kEight - 1) * kSize, first + at.offsets[kEight - 1], kSize);
  }
};

FA_INLINE F32x8 gather_values(const std::byte* base, const std::int32_t* offsets, const float*) {
  return as_float(gather<std::uint32_t>(base, offsets));
}

template <class T>
FA_INLINE F32x8 gather_values(const std::byte* base, const std::int32_t* offsets, const T*) {
  return to_float(gather<T>(base, offsets));
}

// Pixels of kChannels values of T.
template <int kChannels, class T>
struct ConvertBlock {
  const std::byte* first;

  FA_INLINE ConvertBlock(const std::byte* lowest, std::int64_t) : first(lowest) {}

  static constexpr bool kMixes = false;

  FA_INLINE void sample(const PlacedPixels& at, ValueRow row, std::int64_t x) const {
    for (int c = 0; c < kChannels; ++c) {
      store(row.first + c * row.channel_step + x,
            gather_values(first + c * std::int64_t{sizeof(T)}, at.offsets,
                          static_cast<const T*>(nullptr)));
    }
  }
};

#endif

// A row that runs along a source row pixel by pixel, to the right (1) or to the left (-1).
FA_INLINE bool runs_along(const SourceRow& source, std::int64_t direction) {
  return !source.is_projective && source.x.step == from_whole(direction) && source.y.step == 0;
}

template <class T>
FA_INLINE const T* source_pixel(const WarpBand& band, const SourceRow& source, std::int64_t x) {
  const Cell cell = cell_at(source, x);
  return reinterpret_cast<const T*>(band.source + cell.line * band.source_stride +
                                    cell.column * band.pixel_bytes);
}

template <class T>
FA_INLINE void convert_one(const T* FA_RESTRICT from, float* FA_RESTRICT to, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

template <class T>
FA_INLINE void convert_three(const T* FA_RESTRICT from, float* FA_RESTRICT red,
                             float* FA_RESTRICT green, float* FA_RESTRICT blue,
                             std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    red[i] = static_cast<float>(from[3 * i]);
    green[i] = static_cast<float>(from[3 * i + 1]);
    blue[i] = static_cast<float>(from[3 * i + 2]);
  }
}

// The values from the last down to the first.
template <class T>
FA_INLINE void convert_backwards(const T* FA_RESTRICT from, float* FA_RESTRICT to,
                                 std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[count - 1 - i]);
}

template <class T>
FA_INLINE void convert_three_backwards(const T* from, ValueRow row, std::int64_t x,
                                       std::int64_t count) {
  float values[3][kRun];
  for (std::int64_t left = count; left > 0; left -= kRun) {
    const std::int64_t n = left < kRun ? left : kRun;
    convert_three(from + 3 * (count - left), values[0], values[1], values[2], n);
    for (std::int64_t c = 0; c < 3; ++c) {
      convert_backwards(values[c], row.first + c * row.channel_step + x + left - n, n);
    }
  }
}

// The pixels of a span whose points run along a source row, backwards if kStep is -1.
template <int kStep, class T>
void convert_along(const WarpBand& band, const SourceRow& source, Span span, ValueRow row) {
  const std::int64_t count = span.end - span.begin, channels = band.channels;
  const T* from = source_pixel<T>(band, source, kStep > 0 ? span.begin : span.end - 1);
  const std::int64_t known = known_channels(band, row);
  float* first = row.first + span.begin;
  if (known == 1 && kStep > 0) {
    convert_one(from, first, count);
  } else if (known == 1) {
    convert_backwards(from, first, count);
  } else if (known == 3 && kStep > 0) {
    convert_three(from, first, first + row.channel_step, first + 2 * row.channel_step, count);
  } else if (known == 3) {
    convert_three_backwards(from, row, span.begin, count);
  } else {
    const std::int64_t x = kStep > 0 ? span.begin : span.end - 1;
    for (std::int64_t i = 0; i < count; ++i) {
      copy_pixel<0>(from + i * channels, channels, row, x + kStep * i);
    }
  }
}

struct NearestBase : BandSampler {
  using BandSampler::BandSampler;
  static constexpr double kShift = kNearestShift;
  static constexpr std::int64_t kBefore = 0, kAfter = 0;

  // Pixels of three and of twelve bytes are read with what follows them.
  static FA_INLINE std::int64_t spare_columns(const WarpBand&) { return FA_HAS_BYTE_SHUFFLE; }
  static FA_INLINE bool wants_twins(const WarpBand&) { return false; }
  static FA_INLINE bool keeps_fill(const WarpBand&) { return true; }
};

// Pixels of any dtype, as bytes.
struct NearestPixels : NearestBase {
  using NearestBase::NearestBase;
  using Pixel = std::byte;
  using Row = PixelRow<std::byte>;

  static FA_NOINLINE void sample_edge(const WarpBand& band, const SourceRow& source, Span span,
                                      Row row) {
    for (std::int64_t x = span.begin; x < span.end; ++x) {
      const Cell cell = cell_at(source, x);
      copy_pixel<0>(pixel_or_fill<std::byte>(band, cell.column, cell.line), band.pixel_bytes, row,
                    x);
    }
  }

  static void copy_along(const WarpBand& band, const BandWalk& walk, Stretch stretch) {
    const std::int64_t bytes = band.pixel_bytes;
    const Span span = stretch.span;
    for (; stretch.rows > 0; go_to_next_row(band.map, walk, stretch)) {
      std::memcpy(row_of(band, stretch.y, Row{}).first + span.begin * bytes,
                  source_pixel<std::byte>(band, stretch.source, span.begin),
                  static_cast<std::size_t>((span.end - span.begin) * bytes));
    }
  }

  template <int kSize>
  FA_NOINLINE void sample_known(const WarpBand& band, const Stretch& stretch) const {
#if FA_HAS_BYTE_SHUFFLE
    sample_eights<kSize, CopyBlock<kSize>>(band, walk, steps, stretch, Row{});
#else
    pick_pixels<kSize, std::byte>(band, walk, stretch, kSize, Row{});
#endif
  }

  FA_INLINE void sample_interior(const WarpBand& band, const Stretch& stretch) const {
    if (runs_along(stretch.source, 1)) return copy_along(band, walk, stretch);
    switch (in_eights ? band.pixel_bytes : 0) {
      case 1:
        return sample_known<1>(band, stretch);
      case 2:
        return sample_known<2>(band, stretch);
      case 3:
        return sample_known<3>(band, stretch);
      case 4:
        return sample_known<4>(band, stretch);
      case 12:
        return sample_known<12>(band, stretch);
      default:
        return pick_pixels<0, std::byte>(band, walk, stretch, band.pixel_bytes, Row{});
    }
  }
};

template <class T>
struct NearestValues : NearestBase {
  using NearestBase::NearestBase;
  using Pixel = T;
  using Row = ValueRow;

  static FA_NOINLINE void sample_edge(const WarpBand& band, const SourceRow& source, Span span,
                                      Row row) {
    for (std::int64_t x = span.begin; x < span.end; ++x) {
      const Cell cell = cell_at(source, x);
      copy_pixel<0>(pixel_or_fill<T>(band, cell.column, cell.line), band.channels, row, x);
    }
  }

  template <int kStep>
  static void convert_rows_along(const WarpBand& band, const BandWalk& walk, Stretch stretch) {
    for (; stretch.rows > 0; go_to_next_row(band.map, walk, stretch)) {
      convert_along<kStep, T>(band, stretch.source, stretch.span, row_of(band, stretch.y, Row{}));
    }
  }

  template <int kChannels>
  FA_NOINLINE void sample_known(const WarpBand& band, const Stretch& stretch) const {
#if FA_HAS_BYTE_SHUFFLE
    sample_eights<kChannels, ConvertBlock<kChannels, T>>(band, walk, steps, stretch, Row{});
#else
    pick_pixels<kChannels, T>(band, walk, stretch, kChannels, Row{});
#endif
  }

  FA_INLINE void sample_interior(const WarpBand& band, const Stretch& stretch) const {
    if (runs_along(stretch.source, 1)) return convert_rows_along<1>(band, walk, stretch);
    if (runs_along(stretch.source, -1)) return convert_rows_along<-1>(band, walk, stretch);
    switch (in_eights ? known_channels(band, row_of(band, stretch.y, Row{})) : 0) {
      case 1:
        return sample_known<1>(band, stretch);
      case 3:
        return sample_known<3>(band, stretch);
      default:
        return pick_pixels<0, T>(band, walk, stretch, band.channels, Row{});
    }
  }
};

}  // namespace
}  // namespace fa::FA_ISA
