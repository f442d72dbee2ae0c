// Between rows of pixels and tiles of planar float32. Plain loops where the compiler makes good
// vectors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/color_kernels.hpp"
#include "simd/split_pixels.hpp"
#include "simd/wide.hpp"

namespace fa::FA_ISA {
namespace {

// NaN becomes 0, so that the conversion is defined.
template <class T>
FA_INLINE T rounded_level(float value) {
  constexpr float kTop = sizeof(T) == 1 ? 255.0f : 65535.0f;
  const float above = value > 0.0f ? value : 0.0f;
  const float inside = above < kTop ? above : kTop;
  return static_cast<T>(static_cast<std::int32_t>(inside + 0.5f));
}

FA_INLINE void store_value(float value, std::uint8_t* to) {
  *to = rounded_level<std::uint8_t>(value);
}
FA_INLINE void store_value(float value, std::uint16_t* to) {
  *to = rounded_level<std::uint16_t>(value);
}
FA_INLINE void store_value(float value, float* to) { *to = value; }

template <class T>
FA_INLINE void load_packed(const T* FA_RESTRICT from, float* FA_RESTRICT to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);
}

template <class T>
FA_INLINE void store_packed(const float* FA_RESTRICT from, T* FA_RESTRICT to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) store_value(from[i], to + i);
}

#if FA_HAS_WIDE
// The compiler does this with masks, at twice the time.
FA_INLINE void store_packed(const float* FA_RESTRICT from, std::uint8_t* FA_RESTRICT to,
                            std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 32 <= n; i += 32) store_levels(from + i, to + i);
  for (; i < n; ++i) store_value(from[i], to + i);
}
#endif

template <class T>
FA_INLINE void load_interleaved(const T* FA_RESTRICT from, const ColorTile& tile) {
  float* FA_RESTRICT red = tile.data;
  float* FA_RESTRICT green = red + tile.channel_stride;
  float* FA_RESTRICT blue = green + tile.channel_stride;
#if FA_HAS_SPLIT_PIXELS
  if constexpr (sizeof(T) == 1) {
    constexpr float kOnes[3] = {1.0f, 1.0f, 1.0f}, kZeros[3] = {};
    if (tile.width >= kPixelsAtOnce) {
      return split_pixels(from, tile.width, kOnes, kZeros, {red, green, blue});
    }
  }
#endif
  for (std::int64_t i = 0; i < tile.width; ++i) {
    red[i] = static_cast<float>(from[3 * i]);
    green[i] = static_cast<float>(from[3 * i + 1]);
    blue[i] = static_cast<float>(from[3 * i + 2]);
  }
}

template <class T>
FA_INLINE void store_interleaved(const ColorTile& tile, T* FA_RESTRICT to) {
  const float* red = tile.data;
  const float* green = red + tile.channel_stride;
  const float* blue = green + tile.channel_stride;
  for (std::int64_t i = 0; i < tile.width; ++i) {
    store_value(red[i], to + 3 * i);
    store_value(green[i], to + 3 * i + 1);
    store_value(blue[i], to + 3 * i + 2);
  }
}

// One channel of interleaved pixels of any number of channels.
template <class T>
FA_INLINE void load_spread(const T* FA_RESTRICT from, std::int64_t step, float* FA_RESTRICT to,
                           std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<float>(from[i * step]);
}

template <class T>
FA_INLINE void store_spread(const float* FA_RESTRICT from, T* FA_RESTRICT to, std::int64_t step,
                            std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) store_value(from[i], to + i * step);
}

template <class T>
FA_INLINE bool is_interleaved(const ColorTile& tile, std::int64_t pixel_step) {
  return tile.channels == 3 && pixel_step == 3 * std::int64_t{sizeof(T)};
}

template <class T>
void load_tile(const PixelPiece<const std::byte>& from, const ColorTile& tile) {
  if (is_interleaved<T>(tile, from.pixel_step)) {
    return load_interleaved(reinterpret_cast<const T*>(from.data), tile);
  }
  const std::int64_t step = from.pixel_step / std::int64_t{sizeof(T)};
  for (int c = 0; c < tile.channels; ++c) {
    if (step > 1) {
      load_spread(reinterpret_cast<const T*>(from.data + c * from.channel_step), step,
                  tile.data + c * tile.channel_stride, tile.width);
      continue;
    }
    load_packed(reinterpret_cast<const T*>(from.data + c * from.channel_step),
                tile.data + c * tile.channel_stride, tile.width);
  }
}

template <class T>
void store_tile(const ColorTile& tile, const PixelPiece<std::byte>& to) {
  if (is_interleaved<T>(tile, to.pixel_step)) {
    return store_interleaved(tile, reinterpret_cast<T*>(to.data));
  }
  const std::int64_t step = to.pixel_step / std::int64_t{sizeof(T)};
  for (int c = 0; c < tile.channels; ++c) {
    if (step > 1) {
      store_spread(tile.data + c * tile.channel_stride,
                   reinterpret_cast<T*>(to.data + c * to.channel_step), step, tile.width);
      continue;
    }
    store_packed(tile.data + c * tile.channel_stride,
                 reinterpret_cast<T*>(to.data + c * to.channel_step), tile.width);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
