// Steps on pixel values, ready to run on tiles.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "kernels/color_kernels.hpp"
#include "kernels/color_plan.hpp"
#include "pipeline/plan.hpp"

namespace fa {

struct ChannelFactors {  // scale * x + bias
  const float* scale;
  const float* bias;
};

struct ErasedBox {
  Box box;
  const float* value;  // one per channel; nullptr: normal noise
  std::uint64_t key;
};

struct AddedNoise {
  std::uint64_t key;
  float mean, sigma;
  float low, high;  // what results are clipped to
};

using TileStep = std::variant<ColorOperation, ChannelFactors, ErasedBox, AddedNoise>;

// Where a tile lies in its image.
struct TilePlace {
  std::int64_t x, y;
  CanvasSize image;
};

// The steps of a pass. `mean` is that of the gray pixels of what the pass reads; contrast asks for
// it. `tables` keeps what the steps look up.
void make_tile_steps(const Plan& plan, const Pass& pass, double mean, std::vector<TileStep>& steps,
                     std::vector<float>& tables);

// Whether the pass begins with a step that depends on the mean.
bool needs_mean(const Plan& plan, const Pass& pass);

void run_step(const ColorKernels& kernels, const TileStep& step, const ColorTile& tile,
              const TilePlace& place);

}  // namespace fa
