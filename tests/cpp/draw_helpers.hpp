// Pipelines and draws for the tests of drawing.
#pragma once

#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/draw.hpp"

namespace fa::test {

using Records = std::vector<DrawRecord>;

constexpr CanvasSize kCanvas{40, 60};
const Outside kBlack{Border::kConstant, {0.0}};
constexpr ResampleOptions kSmooth{ResampleFilter::kBilinear, true};

template <class... What>
Pipeline pipeline_of(What... what) {
  Pipeline pipeline{{}, 0};
  (pipeline.transforms.push_back(Transform{"Step", TransformVariant{std::move(what)}}), ...);
  return pipeline;
}

inline Records draw_at(const Pipeline& pipeline, const SampleKey& key, CanvasSize canvas = kCanvas,
                       bool force = false) {
  Records records(pipeline.transforms.size());
  draw(pipeline, key, canvas, force, records.data());
  return records;
}

inline Records draw_sample(const Pipeline& pipeline, std::uint64_t index,
                           CanvasSize canvas = kCanvas) {
  return draw_at(pipeline, {11, 0, index}, canvas);
}

inline bool are_equal(const DrawRecord& a, const DrawRecord& b) {
  return a.order == b.order && std::memcmp(a.values, b.values, sizeof a.values) == 0;
}

inline bool are_equal(const Records& a, const Records& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!are_equal(a[i], b[i])) return false;
  }
  return true;
}

// Value `which` of a transform that stands alone, over many samples; only where it is applied.
inline std::vector<double> values_of(const Pipeline& pipeline, int which, int samples,
                                     CanvasSize canvas = kCanvas) {
  std::vector<double> values;
  for (int i = 0; i < samples; ++i) {
    const Records records = draw_sample(pipeline, static_cast<std::uint64_t>(i), canvas);
    if (records[0].order >= 0) values.push_back(records[0].values[which]);
  }
  return values;
}

// What draw() throws, or nothing.
inline std::string error_of(const Pipeline& pipeline, CanvasSize canvas) {
  try {
    draw_sample(pipeline, 0, canvas);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

inline RandomAffine affine_of(Range degrees, double translate_x, double translate_y) {
  return {degrees,
          translate_x,
          translate_y,
          {1, 1},
          {0, 0},
          {0, 0},
          false,
          false,
          0.0,
          0.0,
          Interpolation::kBilinear,
          kBlack};
}

inline Crop random_crop(std::int64_t height, std::int64_t width) {
  return {height, width, true, 0, 0, 0, 0, false, kBlack};
}

inline Crop center_crop(std::int64_t height, std::int64_t width) {
  return {height, width, false, 0, 0, 0, 0, false, kBlack};
}

inline RandomResizedCrop resized_crop(Range scale, Range ratio) {
  return {32, 24, scale, ratio, kSmooth};
}

inline ColorJitter jitter_of(double amount) {
  const Range factor{1.0 - amount, 1.0 + amount};
  return {factor, factor, factor, {-0.1, 0.1}, true, true, true, true};
}

inline Group group_of(GroupKind kind, std::int64_t size, double p = 1.0,
                      std::vector<double> weights = {}) {
  return {kind, p, size, size, std::move(weights), size};
}

}  // namespace fa::test
