// The colour steps on tiles. Branch-free plain loops: the compiler turns each into vectors.
#include "core/inline.hpp"
#include "kernels/color_kernels.hpp"
#include "kernels/color_tile.isa.hpp"

namespace fa::FA_ISA {
namespace {

// NaN stays NaN.
FA_INLINE float clip(float value, float low, float high) {
  const float above = value < low ? low : value;
  return above > high ? high : above;
}

FA_INLINE float floor_of_positive(float value) {
  return static_cast<float>(static_cast<std::int32_t>(value));
}

// torchvision's weights. Floored grays use them as whole numbers, in a type that holds their sum
// exactly; the half keeps a whole quotient from falling below itself.
template <GrayRule kRule>
FA_INLINE float gray_of(float red, float green, float blue) {
  if constexpr (kRule == GrayRule::kPlain) {
    return 0.2989f * red + 0.587f * green + 0.114f * blue;
  } else if constexpr (kRule == GrayRule::kFloored) {
    return floor_of_positive((2989.0f * red + 5870.0f * green + 1140.0f * blue + 0.5f) * 1e-4f);
  } else {
    const double sum = 2989.0 * static_cast<double>(red) + 5870.0 * static_cast<double>(green) +
                       1140.0 * static_cast<double>(blue);
    return static_cast<float>(static_cast<std::int32_t>((sum + 0.5) * 1e-4));
  }
}

void linear(const ColorTile& tile, const ColorLinear& step) {
  const ColorLinear s = step;
  for (int c = 0; c < tile.channels; ++c) {
    float* FA_RESTRICT values = tile.data + c * tile.channel_stride;
    for (std::int64_t i = 0; i < tile.width; ++i) {
      values[i] = clip(s.scale * values[i] + s.bias, s.low, s.high);
    }
  }
}

struct Channels {
  float *red, *green, *blue;
};

FA_INLINE Channels channels_of(const ColorTile& tile) {
  return {tile.data, tile.data + tile.channel_stride, tile.data + 2 * tile.channel_stride};
}

template <GrayRule kRule>
FA_INLINE void saturate(const ColorTile& tile, const ColorSaturation& s) {
  const Channels channels = channels_of(tile);
  float* FA_RESTRICT red = channels.red;
  float* FA_RESTRICT green = channels.green;
  float* FA_RESTRICT blue = channels.blue;
  const float factor = s.factor, low = s.low, high = s.high;
  for (std::int64_t i = 0; i < tile.width; ++i) {
    const float gray = gray_of<kRule>(red[i], green[i], blue[i]);
    red[i] = clip(gray + factor * (red[i] - gray), low, high);
    green[i] = clip(gray + factor * (green[i] - gray), low, high);
    blue[i] = clip(gray + factor * (blue[i] - gray), low, high);
  }
}

void saturation(const ColorTile& tile, const ColorSaturation& step) {
  if (tile.channels == 1) return;
  switch (step.gray) {
    case GrayRule::kPlain:
      return saturate<GrayRule::kPlain>(tile, step);
    case GrayRule::kFloored:
      return saturate<GrayRule::kFloored>(tile, step);
    case GrayRule::kFlooredWide:
      return saturate<GrayRule::kFlooredWide>(tile, step);
  }
}

// 0 where the channel is the pixel's largest, 1 where it is the smallest, linear between: the
// distance of `position` (0 to 12, in sixths of a turn) from where the channel is full.
FA_INLINE float distance_from_full(float position) {
  const float wrapped = position - 6.0f;
  const float k = position >= 6.0f ? wrapped : position;
  const float falling = 4.0f - k;
  const float nearer = k < falling ? k : falling;
  return clip(nearer, 0.0f, 1.0f);
}

// HSV without its value and saturation: turning the hue keeps a pixel's largest and smallest
// channel, so only the distances between them move.
void hue(const ColorTile& tile, const ColorHue& step) {
  if (tile.channels == 1) return;
  const Channels channels = channels_of(tile);
  float* FA_RESTRICT red = channels.red;
  float* FA_RESTRICT green = channels.green;
  float* FA_RESTRICT blue = channels.blue;
  const float shift = step.shift;
  for (std::int64_t i = 0; i < tile.width; ++i) {
    const float r = red[i], g = green[i], b = blue[i];
    const float larger = r > g ? r : g, smaller = r < g ? r : g;
    const float most = larger > b ? larger : b;
    const float least = smaller < b ? smaller : b;
    const float chroma = most - least;
    const float rise_red = g - b, rise_green = b - r, rise_blue = r - g;
    const float rise_other = most == g ? rise_green : rise_blue;
    const float rise = most == r ? rise_red : rise_other;
    const float start_other = most == g ? 2.0f : 4.0f;
    const float start = most == r ? 0.0f : start_other;
    const float divisor = chroma > 0.0f ? chroma : 1.0f;
    const float turned = start + rise / divisor + shift;  // -4 to 8
    const float up = turned + 6.0f;
    const float positive = turned < 0.0f ? up : turned;
    const float down = positive - 6.0f;
    const float sixths = positive >= 6.0f ? down : positive;  // 0 to 6
    red[i] = most - chroma * distance_from_full(5.0f + sixths);
    green[i] = most - chroma * distance_from_full(3.0f + sixths);
    blue[i] = most - chroma * distance_from_full(1.0f + sixths);
  }
}

void gray(const ColorTile& tile) {
  if (tile.channels == 1) return;
  const Channels channels = channels_of(tile);
  float* FA_RESTRICT red = channels.red;
  float* FA_RESTRICT green = channels.green;
  float* FA_RESTRICT blue = channels.blue;
  for (std::int64_t i = 0; i < tile.width; ++i) {
    const float value = gray_of<GrayRule::kPlain>(red[i], green[i], blue[i]);
    red[i] = value;
    green[i] = value;
    blue[i] = value;
  }
}

void solarize(const ColorTile& tile, const ColorSolarize& step) {
  const ColorSolarize s = step;
  for (int c = 0; c < tile.channels; ++c) {
    float* FA_RESTRICT values = tile.data + c * tile.channel_stride;
    for (std::int64_t i = 0; i < tile.width; ++i) {
      const float inverted = s.sum - values[i];
      values[i] = values[i] >= s.threshold ? inverted : values[i];
    }
  }
}

void posterize(const ColorTile& tile, const ColorPosterize& step) {
  const ColorPosterize s = step;
  for (int c = 0; c < tile.channels; ++c) {
    float* FA_RESTRICT values = tile.data + c * tile.channel_stride;
    for (std::int64_t i = 0; i < tile.width; ++i) {
      const float level = (values[i] + s.offset) * s.inverse_unit;
      const float above = level > 0.0f ? level : 0.0f;  // NaN becomes 0
      const float inside = above < s.top ? above : s.top;
      values[i] = s.unit * floor_of_positive(inside) + s.low;
    }
  }
}

void look_up(const ColorTile& tile, const ColorTable& step) {
  const float* FA_RESTRICT table = step.table;
  const float top = step.top;
  for (int c = 0; c < tile.channels; ++c) {
    float* FA_RESTRICT values = tile.data + c * tile.channel_stride;
    for (std::int64_t i = 0; i < tile.width; ++i) {
      const float above = values[i] > 0.0f ? values[i] : 0.0f;
      const float inside = above < top ? above : top;
      values[i] = table[static_cast<std::int32_t>(inside + 0.5f)];
    }
  }
}

template <class T>
void bits(const std::byte* from, std::byte* to, std::int64_t values, const ColorBits& step) {
  const T* FA_RESTRICT source = reinterpret_cast<const T*>(from);
  T* FA_RESTRICT target = reinterpret_cast<T*>(to);
  const T threshold = static_cast<T>(step.threshold);
  const T flip = static_cast<T>(step.flip), mask = static_cast<T>(step.mask);
  for (std::int64_t i = 0; i < values; ++i) {
    const T flipped = static_cast<T>(source[i] ^ flip);
    target[i] = static_cast<T>((source[i] >= threshold ? flipped : source[i]) & mask);
  }
}

// Whole numbers add up exactly in any order; a tile's sum fits 32 bits.
template <GrayRule kRule>
FA_INLINE double sum_of_floored(const ColorTile& tile) {
  const Channels from = channels_of(tile);
  std::int32_t sum = 0;
  if (tile.channels == 1) {
    for (std::int64_t i = 0; i < tile.width; ++i) sum += static_cast<std::int32_t>(from.red[i]);
  } else {
    for (std::int64_t i = 0; i < tile.width; ++i) {
      sum += static_cast<std::int32_t>(gray_of<kRule>(from.red[i], from.green[i], from.blue[i]));
    }
  }
  return static_cast<double>(sum);
}

// Eight lanes whatever the vectors hold.
template <class Gray>
FA_INLINE double sum_in_lanes(std::int64_t width, Gray gray_at) {
  constexpr std::int64_t kLanes = 8;
  double lanes[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      lanes[lane] += static_cast<double>(gray_at(i + lane));
    }
  }
  double sum = 0.0;
  for (std::int64_t lane = 0; lane < kLanes; ++lane) sum += lanes[lane];
  for (; i < width; ++i) sum += static_cast<double>(gray_at(i));
  return sum;
}

FA_INLINE double sum_of_plain(const ColorTile& tile) {
  const Channels from = channels_of(tile);
  if (tile.channels == 1) {
    return sum_in_lanes(tile.width, [=](std::int64_t i) { return from.red[i]; });
  }
  return sum_in_lanes(tile.width, [=](std::int64_t i) {
    return gray_of<GrayRule::kPlain>(from.red[i], from.green[i], from.blue[i]);
  });
}

double sum_of_gray(const ColorTile& tile, GrayRule rule) {
  if (rule == GrayRule::kPlain) return sum_of_plain(tile);
  if (rule == GrayRule::kFloored) return sum_of_floored<GrayRule::kFloored>(tile);
  return sum_of_floored<GrayRule::kFlooredWide>(tile);
}

}  // namespace

const ColorKernels color_kernels{
    {&load_tile<std::uint8_t>, &load_tile<std::uint16_t>, &load_tile<float>},
    {&store_tile<std::uint8_t>, &store_tile<std::uint16_t>, &store_tile<float>},
    &linear,
    &saturation,
    &hue,
    &gray,
    &solarize,
    &posterize,
    &look_up,
    {&bits<std::uint8_t>, &bits<std::uint16_t>},
    &sum_of_gray};

}  // namespace fa::FA_ISA
