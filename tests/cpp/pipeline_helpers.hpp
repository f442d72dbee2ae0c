// Images for the tests of the engine, and pipelines run on them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "draw_helpers.hpp"
#include "pipeline/engine.hpp"

namespace fa::test {

constexpr PixelFormat hwc(DType dtype, std::int64_t channels = 3) { return {dtype, 1, channels}; }
constexpr PixelFormat chw(DType dtype, std::int64_t channels = 3) { return {dtype, channels, 1}; }

inline std::int64_t bytes_of(const PixelFormat& format, CanvasSize size) {
  return size.height * size.width * pixel_bytes(format) * format.planes;
}

// A batch in memory of its own: of one size, or a list of views where sizes differ.
class Images {
 public:
  Images(const PixelFormat& format, const std::vector<CanvasSize>& sizes) : format_(format) {
    std::size_t used = 0;
    for (const CanvasSize& size : sizes) {
      used += static_cast<std::size_t>(test::bytes_of(format, size));
    }
    bytes_.resize(used);
    std::byte* next = bytes_.data();
    for (const auto& [height, width] : sizes) {
      const std::int64_t row_bytes = width * pixel_bytes(format);
      views_.push_back({next, height, width, row_bytes, height * row_bytes});
      next += test::bytes_of(format, {height, width});
    }
    sources_.assign(views_.size(), {});
    std::transform(views_.begin(), views_.end(), sources_.begin(), [](const Target& view) {
      return Source{view.data, view.height, view.width, view.row_stride, view.plane_stride};
    });
    is_ragged_ = std::any_of(sizes.begin(), sizes.end(), [&](const CanvasSize& size) {
      return size.height != sizes[0].height || size.width != sizes[0].width;
    });
  }

  SourceBatch source() const {
    return {format_, count(), sources_[0], stride(), is_ragged_ ? sources_.data() : nullptr};
  }
  TargetBatch target() {
    return {format_, count(), views_[0], stride(), is_ragged_ ? views_.data() : nullptr};
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }
  void fill(std::byte value) { std::fill(bytes_.begin(), bytes_.end(), value); }

  // Numbers that look random: all levels of integers, 0 to 1 of floats.
  void fill_with_noise() {
    std::uint32_t state = 1;
    const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
    if (format_.dtype != DType::kFloat32) {
      for (std::byte& byte : bytes_) byte = static_cast<std::byte>(next() >> 16);
      return;
    }
    for (std::size_t i = 0; i + sizeof(float) <= bytes_.size(); i += sizeof(float)) {
      const float value = static_cast<float>(next()) * 0x1p-24f;
      std::memcpy(bytes_.data() + i, &value, sizeof value);
    }
  }

 private:
  std::int64_t count() const { return static_cast<std::int64_t>(views_.size()); }
  std::int64_t stride() const { return views_[0].height * views_[0].row_stride * format_.planes; }

  PixelFormat format_;
  std::vector<std::byte> bytes_;
  std::vector<Target> views_;
  std::vector<Source> sources_;
  bool is_ragged_ = false;
};

inline Images noise_images(const PixelFormat& format, const std::vector<CanvasSize>& sizes) {
  Images images(format, sizes);
  images.fill_with_noise();
  return images;
}

// The sizes that the samples of a batch end in, by keys that are always the same.
struct Drawn {
  Records records;
  std::vector<CanvasSize> sizes;
};

inline void draw_into(Drawn& drawn, const Pipeline& pipeline, const SourceBatch& source,
                      Threads threads) {
  std::int64_t failed = -1;
  draw_batch(pipeline, source, {11, 0, 0, nullptr}, threads, drawn.records.data(),
             drawn.sizes.data(), failed);
}

inline Drawn draw_all(const Pipeline& pipeline, const SourceBatch& source) {
  const auto count = static_cast<std::size_t>(source.count);
  Drawn drawn{Records(count * pipeline.transforms.size()), std::vector<CanvasSize>(count)};
  draw_into(drawn, pipeline, source, {1});
  return drawn;
}

}  // namespace fa::test
