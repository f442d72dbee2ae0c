// Colour steps work on tiles: load a piece of a row, run any number of steps on it, store it. A
// tile stays in the first cache, so a list of steps reads and writes the image once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// A piece of a row as planar float32, in units of the image's own scale (0 to 255 for uint8).
struct ColorTile {
  float* data;
  std::int64_t channel_stride;  // floats; 0 for a store that repeats the first channel
  std::int64_t width;
  int channels;  // 1 or 3 for steps that mix channels; 1 also where they need not be told apart
};

constexpr std::int64_t kTileWidth = 512;
constexpr std::int64_t kTileValues = 3 * kTileWidth;

// Pixels of an image that a tile is loaded from or stored to. Byte is std::byte or const std::byte.
template <class Byte>
struct PixelPiece {
  Byte* data;
  std::int64_t pixel_step, channel_step;  // bytes; a plane's pixels are packed
};

// How the gray of a pixel becomes a number: as it is; or, as torchvision does for integers, floored
// (exactly, for whole levels: kFlooredWide where a level needs more than 8 bits).
enum class GrayRule : std::uint8_t { kPlain, kFloored, kFlooredWide };

struct ColorLinear {  // clip(scale * x + bias)
  float scale, bias, low, high;
};

struct ColorSaturation {  // clip(gray + factor * (x - gray))
  float factor, low, high;
  GrayRule gray;
};

struct ColorHue {
  float shift;  // sixths of a turn, -3 to 3
};

struct ColorSolarize {  // x >= threshold ? sum - x : x
  float threshold, sum;
};

struct ColorPosterize {  // unit * floor(clip((x + offset) * inverse_unit, 0, top)) + low
  float offset, inverse_unit, top, unit, low;
};

struct ColorTable {  // table[x rounded half up]
  const float* table;
  float top;  // the last index
};

// The steps that are bit operations on the levels of integers: (x >= threshold ? x ^ flip : x) &
// mask
struct ColorBits {
  std::uint16_t threshold, flip, mask;
};

struct ColorKernels {
  // [uint8, uint16, float32]; a store to integers clamps and rounds half up.
  void (*load[3])(const PixelPiece<const std::byte>& from, const ColorTile& tile);
  void (*store[3])(const ColorTile& tile, const PixelPiece<std::byte>& to);
  // In place. Saturation, hue and gray leave a tile of one channel alone.
  void (*linear)(const ColorTile& tile, const ColorLinear& step);
  void (*saturation)(const ColorTile& tile, const ColorSaturation& step);
  void (*hue)(const ColorTile& tile, const ColorHue& step);
  void (*gray)(const ColorTile& tile);  // into every channel
  void (*solarize)(const ColorTile& tile, const ColorSolarize& step);
  void (*posterize)(const ColorTile& tile, const ColorPosterize& step);
  void (*look_up)(const ColorTile& tile, const ColorTable& step);
  // Without a tile: packed values of one row, [uint8, uint16].
  void (*bits[2])(const std::byte* from, std::byte* to, std::int64_t values, const ColorBits& step);
  // The sum of the gray pixels, in an order that depends on the width alone.
  double (*sum_of_gray)(const ColorTile& tile, GrayRule rule);
};

FA_DECLARE_KERNELS(ColorKernels, color_kernels)

}  // namespace fa
