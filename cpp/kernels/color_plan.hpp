// A colour step with the parameters of one sample, ready to run on tiles.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "core/dtype.hpp"
#include "kernels/color.hpp"
#include "kernels/color_kernels.hpp"

namespace fa {

// What the values of an image run from and to.
struct ColorScale {
  DType dtype;
  double low, high;
};

ColorScale color_scale(DType dtype, ValueRange range);
bool is_integer(const ColorScale& scale);

struct ColorCopy {};
struct ColorGray {};

// Power functions are the C library's, so they run in code compiled for every processor.
struct ColorGamma {
  double gamma, gain;
  ColorScale scale;
};

using ColorOperation = std::variant<ColorCopy, ColorLinear, ColorSaturation, ColorHue, ColorGray,
                                    ColorSolarize, ColorPosterize, ColorTable, ColorGamma>;

// `mean` is that of the sample's gray pixels; only kContrast asks for it.
ColorOperation color_operation(const ColorStep& step, std::int64_t sample, const ColorScale& scale,
                               double mean);

// The step as bit operations, where it is one and the image holds integers.
std::optional<ColorBits> color_bits(const ColorStep& step, std::int64_t sample,
                                    const ColorScale& scale);

void run_on_tile(const ColorKernels& kernels, const ColorOperation& operation,
                 const ColorTile& tile);

// What a level of an integer image becomes, not yet rounded.
float gamma_of_level(const ColorGamma& step, double level);

// How the gray behind contrast and saturation is taken.
GrayRule gray_rule(const ColorScale& scale);

// Whether a step needs the channels of a pixel together.
bool mixes_channels(ColorKind kind);

}  // namespace fa
