#include "pipeline/pixel_steps.hpp"

#include <algorithm>
#include <limits>

#include "kernels/noise.hpp"

namespace fa {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kLevels = 256;

ColorTile channel_of(const ColorTile& tile, int channel) {
  return {tile.data + channel * tile.channel_stride, tile.channel_stride, tile.width, 1};
}

// Every value of an image has noise of its own, whichever tile it is reached through.
std::int64_t value_index(const TilePlace& place, int channel) {
  return (channel * place.image.height + place.y) * place.image.width + place.x;
}

struct StepRunner {
  const ColorKernels& kernels;
  const ColorTile& tile;
  const TilePlace& place;

  void operator()(const ColorOperation& operation) const { run_on_tile(kernels, operation, tile); }

  void operator()(const ChannelFactors& factors) const {
    for (int c = 0; c < tile.channels; ++c) {
      kernels.linear(channel_of(tile, c),
                     {factors.scale[c], factors.bias[c], -kInfinity, kInfinity});
    }
  }

  void operator()(const ErasedBox& erased) const {
    const Box& box = erased.box;
    if (place.y < box.y0 || place.y >= box.y1) return;
    const std::int64_t begin = std::clamp<std::int64_t>(box.x0 - place.x, 0, tile.width);
    const std::int64_t end = std::clamp<std::int64_t>(box.x1 - place.x, begin, tile.width);
    for (int c = 0; c < tile.channels; ++c) {
      float* values = tile.data + c * tile.channel_stride;
      if (erased.value != nullptr) {
        std::fill(values + begin, values + end, erased.value[c]);
      } else {
        normal_values(erased.key, value_index(place, c) + begin, end - begin, values + begin);
      }
    }
  }

  void operator()(const AddedNoise& noise) const {
    float normal[kTileWidth];
    for (int c = 0; c < tile.channels; ++c) {
      float* values = tile.data + c * tile.channel_stride;
      for (std::int64_t x = 0; x < tile.width; x += kTileWidth) {
        const std::int64_t n = std::min(tile.width - x, kTileWidth);
        normal_values(noise.key, value_index(place, c) + x, n, normal);
        for (std::int64_t i = 0; i < n; ++i) {
          const float sum = values[x + i] + (noise.sigma * normal[i] + noise.mean);
          values[x + i] = std::clamp(sum, noise.low, noise.high);
        }
      }
    }
  }
};

TileStep color_step(const PixelStep& step, double mean, std::vector<float>& tables) {
  const ColorStep described{step.color, {&step.amount, 0}, {&step.gain, 0}};
  const ColorOperation operation = color_operation(described, 0, step.scale, mean);
  const auto* gamma = std::get_if<ColorGamma>(&operation);
  if (gamma == nullptr || step.scale.dtype != DType::kUint8) return operation;
  float* table = tables.data() + tables.size();
  for (std::size_t level = 0; level < kLevels; ++level) {
    tables.push_back(gamma_of_level(*gamma, static_cast<double>(level)));
  }
  return ColorOperation{ColorTable{table, 255.0f}};
}

// Cubic weights are negative at some distance: a sum of levels may leave their range, where an
// image of integers would stop it.
bool overshoots(const Pass& pass) {
  const bool is_cubic_warp =
      pass.kind == PassKind::kWarp && pass.interpolation == Interpolation::kBicubic;
  const bool is_cubic_resample =
      pass.kind == PassKind::kResample && pass.options.filter == ResampleFilter::kBicubic;
  return (is_cubic_warp || is_cubic_resample) && pass.dtype != DType::kFloat32;
}

TileStep noise_step(const PixelStep& step) {
  const bool clips = step.clips || is_integer(step.scale);
  return AddedNoise{step.key, static_cast<float>(step.mean), static_cast<float>(step.sigma),
                    clips ? static_cast<float>(step.scale.low) : -kInfinity,
                    clips ? static_cast<float>(step.scale.high) : kInfinity};
}

}  // namespace

bool needs_mean(const Plan& plan, const Pass& pass) {
  if (pass.step_count == 0) return false;
  const PixelStep& first = plan.steps[pass.first_step];
  return first.kind == StepKind::kColor && first.color == ColorKind::kContrast;
}

void make_tile_steps(const Plan& plan, const Pass& pass, double mean, std::vector<TileStep>& steps,
                     std::vector<float>& tables) {
  steps.clear();
  tables.clear();
  tables.reserve(pass.step_count * kLevels);  // so that tables stay where they are
  const float* values = plan.values.data();
  // A store to integers clips anyway.
  if (overshoots(pass) && (pass.step_count > 0 || pass.result != pass.dtype)) {
    const auto top = static_cast<float>(full_scale(pass.dtype));
    steps.push_back(ColorOperation{ColorLinear{1.0f, 0.0f, 0.0f, top}});
  }
  for (std::size_t i = 0; i < pass.step_count; ++i) {
    const PixelStep& step = plan.steps[pass.first_step + i];
    switch (step.kind) {
      case StepKind::kColor:
        steps.push_back(color_step(step, mean, tables));
        break;
      case StepKind::kFactors:
        steps.push_back(ChannelFactors{values + step.values, values + step.values + step.channels});
        break;
      case StepKind::kErase:
        steps.push_back(
            ErasedBox{step.box, step.is_noise ? nullptr : values + step.values, step.key});
        break;
      case StepKind::kNoise:
        steps.push_back(noise_step(step));
        break;
    }
  }
}

void run_step(const ColorKernels& kernels, const TileStep& step, const ColorTile& tile,
              const TilePlace& place) {
  std::visit(StepRunner{kernels, tile, place}, step);
}

}  // namespace fa
