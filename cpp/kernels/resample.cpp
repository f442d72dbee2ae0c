#include "kernels/resample.hpp"

#include <algorithm>
#include <vector>

#include "core/scratch_array.hpp"
#include "dispatch/isa.hpp"
#include "kernels/resample_kernels.hpp"

namespace fa {
namespace {

constexpr IsaTable<ResampleKernels> kTable{FA_KERNEL_ADDRESSES(resample_kernels)};

// Enough for kernels that take four rows at once, few enough to stay in the first cache.
constexpr std::int64_t kRowsPerCall = 4;

// The pixel that taps count from.
const std::byte* origin(const Source& source, const PixelFormat& format, const ResamplePlan& plan,
                        std::int64_t plane) {
  return row(source, plane, plan.box.y0) + plan.box.x0 * pixel_bytes(format);
}

Box box_of(const ResampleJobs& jobs, const Source& image, std::int64_t sample) {
  if (jobs.boxes.values == nullptr) return {0, 0, image.width, image.height};
  return value_of(jobs.boxes, sample);
}

// One plan for all samples where they agree, else one for each, made before any row is.
class Plans {
 public:
  Plans(const SourceBatch& source, const TargetBatch& target, const ResampleJobs& jobs,
        Threads threads)
      : plans_(kept_plans()) {
    const bool is_shared = source.ragged == nullptr && jobs.boxes.stride == 0;
    stride_ = is_shared ? 0 : 1;
    const std::int64_t count = is_shared ? 1 : source.count;
    if (std::ssize(plans_) < count) plans_.resize(static_cast<std::size_t>(count));
    // A table costs about as much as a few thousand pixels.
    constexpr std::int64_t kGrain = 4;
    parallel_for(count, kGrain, threads, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const Target to = image(target, i);
        const ResampleGeometry geometry{box_of(jobs, image(source, i), i), to.height, to.width,
                                        {0, 0, to.width, to.height},       false,     false};
        make_resample_plan(geometry, jobs.options, source.format.dtype,
                           plans_[static_cast<std::size_t>(i)]);
      }
    });
  }

  const ResamplePlan& of(std::int64_t sample) const {
    return plans_[static_cast<std::size_t>(sample * stride_)];
  }

 private:
  // Of the thread that makes the call, since plans keep their memory.
  static std::vector<ResamplePlan>& kept_plans() {
    thread_local std::vector<ResamplePlan> plans;
    return plans;
  }

  std::vector<ResamplePlan>& plans_;
  std::int64_t stride_;
};

void filter_band(const SourceBatch& source, const TargetBatch& target, const Plans& plans,
                 const RowBand& band) {
  const ResamplePlan& plan = plans.of(band.sample);
  const Source from = image(source, band.sample);
  const Target to = image(target, band.sample);
  const std::int64_t values = to.width * target.format.channels;
  const std::int64_t stride = values + kRowSlack;
  const std::int64_t buffer_size = resample_buffer_size(plan, source.format.channels);
  ScratchArray<float> buffer(buffer_size);
  ScratchArray<float> rows(kRowsPerCall * stride);
  const auto store = pick(kTable).store[image_dtype_index(target.format.dtype)];
  for (std::int64_t y = band.begin; y < band.end; y += kRowsPerCall) {
    const RowBand part{band.sample, band.plane, y, std::min(y + kRowsPerCall, band.end)};
    resample_rows(from, source.format, plan, part, buffer.data(), {rows.data(), stride, 0});
    for (std::int64_t i = y; i < part.end; ++i) {
      store(rows.data() + (i - y) * stride, row(to, band.plane, i), values);
    }
  }
}

}  // namespace

std::int64_t resample_buffer_size(const ResamplePlan& plan, std::int64_t channels) {
  const std::int64_t row = (plan.box.x1 - plan.box.x0) * channels + kRowSlack;
  // One channel goes by four rows at a time, and those once more column by column.
  return channels == 1 ? 8 * row : row;
}

void resample_rows(const Source& source, const PixelFormat& format, const ResamplePlan& plan,
                   const RowBand& band, float* buffer, const FloatRows& target,
                   const NormalizeFactors& factors) {
  const ResampleKernels& kernels = pick(kTable);
  const auto kernel =
      plan.is_fixed ? kernels.fixed_rows : kernels.rows[image_dtype_index(format.dtype)];
  const FixedTaps fixed = plan.columns.fixed();
  kernel(ResampleBand{origin(source, format, plan, band.plane), source.row_stride,
                      plan.box.x1 - plan.box.x0, format.channels, plan.rows.view(),
                      plan.columns.view(), band.begin, band.end, plan.width, buffer, target.first,
                      target.row_stride, target.channel_stride, fixed.pairs, fixed.count,
                      factors.scale, factors.bias});
}

void resample_rows(const Source& source, const PixelFormat& format, const ResamplePlan& plan,
                   const RowBand& band, float* buffer, const FloatRows& target) {
  resample_rows(source, format, plan, band, buffer, target, {nullptr, nullptr});
}

void resample_nearest(const Source& source, const PixelFormat& format, const ResamplePlan& plan,
                      const Target& target, const RowBand& band) {
  pick(kTable).copy(ResampleCopy{origin(source, format, plan, band.plane), source.row_stride,
                                 plan.rows.view(), plan.columns.view(), row(target, band.plane, 0),
                                 target.row_stride, band.begin, band.end, plan.width,
                                 pixel_bytes(format)});
}

void resample(const SourceBatch& source, const TargetBatch& target, const ResampleJobs& jobs,
              Threads threads) {
  if (source.count == 0) return;
  const Plans plans(source, target, jobs, threads);
  const bool is_copy = jobs.options.filter == ResampleFilter::kNearest;
  parallel_rows(target, threads, [&](RowBand band) {
    if (is_copy) {
      resample_nearest(image(source, band.sample), source.format, plans.of(band.sample),
                       image(target, band.sample), band);
    } else {
      filter_band(source, target, plans, band);
    }
  });
}

}  // namespace fa
