// Where a warp writes: rows of pixels in the source's dtype, or rows of float32 values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/fill.hpp"
#include "core/inline.hpp"
#include "core/span.hpp"
#include "kernels/warp_kernels.hpp"

namespace fa::FA_ISA {
namespace {

// pixel() is the first value of pixel x, of kChannels channels (0: known at run time only); those
// of its other channels follow in steps of channel_step.
template <class T>
struct PixelRow {
  T* first;
  static constexpr std::int64_t channel_step = 1;

  template <int kChannels>
  FA_INLINE T* pixel(std::int64_t x, std::int64_t channels) const {
    return first + x * (kChannels > 0 ? kChannels : channels);
  }
};

// Where kChannels is known, the values of a channel stand side by side.
struct ValueRow {
  float* first;
  std::int64_t pixel_step, channel_step;

  template <int kChannels>
  FA_INLINE float* pixel(std::int64_t x, std::int64_t) const {
    return first + (kChannels > 0 ? x : x * pixel_step);
  }
};

template <class T>
FA_INLINE PixelRow<T> row_of(const WarpBand& band, std::int64_t y, PixelRow<T>) {
  return {reinterpret_cast<T*>(band.target + y * band.target_stride)};
}

FA_INLINE ValueRow row_of(const WarpBand& band, std::int64_t y, ValueRow) {
  const bool is_planar = band.values.channel_stride != 0;
  return {band.values.first + (y - band.begin) * band.values.row_stride,
          is_planar ? 1 : band.channels, is_planar ? band.values.channel_stride : 1};
}

// How many channels the body for this row may know: 0 asks for the one that reads steps.
template <class T>
FA_INLINE std::int64_t known_channels(const WarpBand& band, PixelRow<T>) {
  return band.channels;
}

FA_INLINE std::int64_t known_channels(const WarpBand& band, ValueRow row) {
  return row.pixel_step == 1 ? band.channels : 0;
}

// Fills spans of rows; T is the dtype of the source.
template <class T, class Row>
struct Filler;

template <class T>
struct Filler<T, PixelRow<T>> {
  FillPattern pattern;

  FA_INLINE explicit Filler(const WarpBand& band) {
    pattern.pixel = nullptr;
    pattern.pixel_bytes = band.pixel_bytes;
  }

  // Most canvases have the fill of the source, and many images show none at all.
  FA_INLINE void fill(PixelRow<T> row, Span span, const std::byte* pixel) {
    if (is_empty(span)) return;
    const std::int64_t bytes = pattern.pixel_bytes;
    if (pixel != pattern.pixel &&
        (pattern.pixel == nullptr ||
         std::memcmp(pixel, pattern.pixel, static_cast<std::size_t>(bytes)) != 0)) {
      make_pattern(pattern, pixel, bytes);
    }
    fill_pixels(reinterpret_cast<std::byte*>(row.first) + span.begin * bytes, span.end - span.begin,
                pattern);
  }
};

template <class T>
struct Filler<T, ValueRow> {
  std::int64_t channels;

  FA_INLINE explicit Filler(const WarpBand& band) : channels(band.channels) {}

  FA_INLINE void fill(ValueRow row, Span span, const std::byte* pixel) {
    for (std::int64_t c = 0; c < channels; ++c) {
      const auto level = static_cast<float>(reinterpret_cast<const T*>(pixel)[c]);
      float* FA_RESTRICT channel = row.first + c * row.channel_step;
      for (std::int64_t x = span.begin; x < span.end; ++x) channel[x * row.pixel_step] = level;
    }
  }
};

}  // namespace
}  // namespace fa::FA_ISA
