// How a warp samples between pixels.
#pragma once

#include <cstdint>

namespace fa {

enum class Interpolation : std::uint8_t { kNearest, kBilinear, kBicubic };

}  // namespace fa
