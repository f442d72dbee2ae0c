#include "kernels/filter.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/border.hpp"
#include "core/scratch_array.hpp"
#include "dispatch/isa.hpp"
#include "kernels/filter_kernels.hpp"
#include "kernels/flip.hpp"

namespace fa {
namespace {

constexpr IsaTable<FilterKernels> kTable{FA_KERNEL_ADDRESSES(filter_kernels)};

// Of the centre, then by distance from it. An index divided by a tiny sigma may be infinite: its
// weight is 0 then.
void write_gaussian_weights(double sigma, ScratchArray<float>& weights) {
  ScratchArray<double> exact(weights.size(), 1.0);
  double total = 1.0;
  for (std::int64_t distance = 1; distance < exact.size(); ++distance) {
    const double deviations = static_cast<double>(distance) / sigma;
    exact[distance] = std::exp(-0.5 * deviations * deviations);
    total += 2.0 * exact[distance];
  }
  for (std::int64_t i = 0; i < exact.size(); ++i) weights[i] = static_cast<float>(exact[i] / total);
}

// Blurs a band from top to bottom. Rows are blurred along x once each and kept as floats until the
// last output row that needs them, in a ring of as many rows as the kernel is high.
class BandBlur {
 public:
  BandBlur(const SourceBatch& source, const BlurOptions& options, RowBand band)
      : kernels_(pick(kTable)),
        dtype_(image_dtype_index(source.format.dtype)),
        from_(image(source, band.sample)),
        plane_(band.plane),
        channels_(source.format.channels),
        values_(from_.width * channels_),
        height_(options.kernel_height),
        weights_x_(options.kernel_width / 2 + 1),
        weights_y_(options.kernel_height / 2 + 1),
        padded_(values_ + 2 * radius_x() * channels_),
        ring_(values_ * height_),
        before_(std::max(radius_x(), radius_y())),
        after_(before_.size()) {
    write_gaussian_weights(value_of(options.sigma_x, band.sample), weights_x_);
    write_gaussian_weights(value_of(options.sigma_y, band.sample), weights_y_);
  }

  void run(const Target& to, RowBand band) {
    for (std::int64_t y = band.begin - radius_y(); y < band.begin + radius_y(); ++y) blur_x(y);
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      blur_x(y + radius_y());
      for (std::int64_t i = 0; i < radius_y(); ++i) {
        before_[i] = ring_row(y - i - 1);
        after_[i] = ring_row(y + i + 1);
      }
      kernels_.blend_to[dtype_](weighted(ring_row(y), weights_y_), row(to, plane_, y), values_);
    }
  }

 private:
  std::int64_t radius_x() const { return weights_x_.size() - 1; }
  std::int64_t radius_y() const { return weights_y_.size() - 1; }

  float* ring_row(std::int64_t y) { return ring_.data() + floor_modulo(y, height_) * values_; }

  WeightedRows weighted(const float* centre, const ScratchArray<float>& weights) const {
    return {centre, before_.data(), after_.data(), weights.data(), weights.size() - 1};
  }

  // Row y of the reflected image into its place in the ring.
  void blur_x(std::int64_t y) {
    const std::int64_t source_y = border_index(Border::kReflect, y, from_.height);
    float* centre = padded_.data() + radius_x() * channels_;
    kernels_.load[dtype_](row(from_, plane_, source_y), centre, values_);
    for (std::int64_t x = 1; x <= radius_x(); ++x) {
      reflect_pixel(centre, -x);
      reflect_pixel(centre, from_.width - 1 + x);
      before_[x - 1] = centre - x * channels_;
      after_[x - 1] = centre + x * channels_;
    }
    kernels_.blend(weighted(centre, weights_x_), ring_row(y), values_);
  }

  void reflect_pixel(float* centre, std::int64_t x) const {
    const std::int64_t from = border_index(Border::kReflect, x, from_.width);
    std::copy_n(centre + from * channels_, channels_, centre + x * channels_);
  }

  const FilterKernels& kernels_;
  int dtype_;
  Source from_;
  std::int64_t plane_, channels_, values_, height_;
  ScratchArray<float> weights_x_, weights_y_;
  ScratchArray<float> padded_, ring_;
  ScratchArray<const float*> before_, after_;
};

// A batch whose rows stand for `block` rows each: for splitting work where every band costs some
// rows extra.
class RowBlocks {
 public:
  RowBlocks(const TargetBatch& batch, std::int64_t block)
      : blocks_(batch), block_(block), views_(batch.ragged != nullptr ? batch.count : 0) {
    blocks_.first = blocks_of(batch.first);
    if (batch.ragged == nullptr) return;
    for (std::int64_t i = 0; i < views_.size(); ++i) views_[i] = blocks_of(batch.ragged[i]);
    blocks_.ragged = views_.data();
  }

  const TargetBatch& batch() const { return blocks_; }

  RowBand rows_of(RowBand blocks, std::int64_t height) const {
    return {blocks.sample, blocks.plane, blocks.begin * block_,
            std::min(blocks.end * block_, height)};
  }

 private:
  Target blocks_of(Target image) const {
    image.height = (image.height + block_ - 1) / block_;
    image.width *= block_;
    return image;
  }

  TargetBatch blocks_;
  std::int64_t block_;
  ScratchArray<Target> views_;
};

struct SharpenScale {
  float gain, low, high;
};

SharpenScale sharpen_scale(const SharpnessOptions& options, DType dtype, std::int64_t sample) {
  const double largest = std::numeric_limits<float>::max();
  const double gain = (value_of(options.factor, sample) - 1.0) / 13.0;
  const auto stored = static_cast<float>(std::min(gain, largest));
  if (dtype == DType::kUint8) return {stored, 0.0f, 255.0f};
  if (dtype == DType::kUint16) return {stored, 0.0f, 65535.0f};
  return {stored, static_cast<float>(options.low), static_cast<float>(options.high)};
}

void copy_row(const Source& from, const Target& to, const PixelFormat& format, RowBand band,
              std::int64_t y) {
  copy_band(from, to, format, {band.sample, band.plane, y, y + 1});
}

}  // namespace

void gaussian_blur(const SourceBatch& source, const TargetBatch& target, const BlurOptions& options,
                   Threads threads) {
  // A band blurs as many rows beyond its own as the kernel is high.
  const RowBlocks blocks(target, 4 * options.kernel_height);
  parallel_rows(blocks.batch(), threads, [&](RowBand band) {
    const Target to = image(target, band.sample);
    if (to.width == 0) return;
    const RowBand rows = blocks.rows_of(band, to.height);
    BandBlur(source, options, rows).run(to, rows);
  });
}

void sharpness(const SourceBatch& source, const TargetBatch& target,
               const SharpnessOptions& options, Threads threads) {
  const std::int64_t channels = source.format.channels;
  const std::int64_t bytes = pixel_bytes(source.format);
  const auto kernel = pick(kTable).sharpen[image_dtype_index(source.format.dtype)];
  parallel_rows(target, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const Target to = image(target, band.sample);
    const bool is_copy = value_of(options.factor, band.sample) == 1.0;
    if (is_copy || from.height <= 2 || from.width <= 2) {
      return copy_band(from, to, source.format, band);
    }
    const SharpenScale scale = sharpen_scale(options, source.format.dtype, band.sample);
    ScratchArray<float> sums(from.width * channels);
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      if (y == 0 || y == from.height - 1) {
        copy_row(from, to, source.format, band, y);
        continue;
      }
      const std::byte* centre = row(from, band.plane, y);
      std::byte* written = row(to, band.plane, y);
      kernel({row(from, band.plane, y - 1), centre, row(from, band.plane, y + 1), written,
              reinterpret_cast<std::byte*>(sums.data()), from.width * channels, channels,
              scale.gain, scale.low, scale.high});
      const std::int64_t last = (from.width - 1) * bytes;
      std::memcpy(written, centre, static_cast<std::size_t>(bytes));
      std::memcpy(written + last, centre + last, static_cast<std::size_t>(bytes));
    }
  });
}

}  // namespace fa
