#include "pipeline/run.hpp"

#include <algorithm>
#include <vector>

#include "core/buffer.hpp"
#include "kernels/filter.hpp"
#include "kernels/histogram.hpp"
#include "pipeline/pass_rows.hpp"

namespace fa {
namespace {

// Rows are shared out in pieces of about this many pixels.
constexpr std::int64_t kGrainPixels = 16 * 1024;

// What a thread keeps between calls. A pass reads one image and writes the other.
struct Scratch {
  Buffer images[2];
  std::vector<TileStep> steps;
  std::vector<float> tables;
  ResamplePlan resample;
};

Scratch& scratch() {
  thread_local Scratch kept;
  return kept;
}

constexpr std::int64_t kRowAlignment = 64;

// An image of the source's layout in a buffer. Vector loads may read past the last pixel.
Target scratch_image(Buffer& buffer, const PixelFormat& format, CanvasSize size) {
  const std::int64_t stride =
      (size.width * pixel_bytes(format) + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
  const std::int64_t bytes = stride * size.height * format.planes + kRowAlignment;
  return {buffer.take(static_cast<std::size_t>(bytes)), size.height, size.width, stride,
          stride * size.height};
}

Source window_of(const Source& image, const PixelFormat& format, const Box& window) {
  Source view = image;
  view.data += window.y0 * view.row_stride + window.x0 * pixel_bytes(format);
  view.height = window.y1 - window.y0;
  view.width = window.x1 - window.x0;
  return view;
}

template <class Byte>
BatchView<Byte> batch_of_one(const ImageView<Byte>& image, const PixelFormat& format) {
  return {format, 1, image, 0, nullptr};
}

// The passes that need the whole image at once are the batch kernels on a batch of one.
bool run_whole(const PassJob& job, Threads threads) {
  const Pass& pass = job.pass;
  const SourceBatch source = batch_of_one(job.source, job.source_format);
  const TargetBatch target = batch_of_one(job.target, job.target_format);
  const PerSample<double> amount{&pass.amount, 0};
  switch (pass.kind) {
    case PassKind::kBlur:
      gaussian_blur(source, target, {pass.kernel_height, pass.kernel_width, amount, amount},
                    threads);
      return true;
    case PassKind::kSharpen:
      sharpness(source, target, {amount, 0.0, 1.0}, threads);
      return true;
    case PassKind::kEqualize:
      equalize(source, target, threads);
      return true;
    case PassKind::kAutocontrast:
      autocontrast(source, target, {0.0, 1.0}, threads);
      return true;
    default:
      return false;
  }
}

void run_pass(PassJob job, Threads threads) {
  if (job.pass.size.height == 0 || job.pass.size.width == 0) return;
  if (run_whole(job, threads)) return;
  Scratch& kept = scratch();
  double mean = 0.0;
  if (needs_mean(job.plan, job.pass)) {
    mean = mean_gray(job.source, job.source_format, job.plan.steps[job.pass.first_step].scale,
                     threads);
  }
  make_tile_steps(job.plan, job.pass, mean, kept.steps, kept.tables);
  job.steps = kept.steps;
  if (job.pass.kind == PassKind::kResample) {
    const ResampleGeometry geometry{{0, 0, job.source.width, job.source.height},
                                    job.pass.resized.height,
                                    job.pass.resized.width,
                                    job.pass.wanted,
                                    job.pass.is_mirrored,
                                    job.pass.is_upside_down};
    make_resample_plan(geometry, job.pass.options, job.source_format.dtype, kept.resample);
    job.resample = &kept.resample;
  }
  const std::int64_t grain = std::max<std::int64_t>(kGrainPixels / job.pass.size.width, 1);
  parallel_for(job.pass.size.height, grain, threads,
               [&](std::int64_t begin, std::int64_t end) { run_rows(job, begin, end); });
}

}  // namespace

void run_plan(const Plan& plan, const Source& source, const PixelFormat& source_format,
              const Target& target, const PixelFormat& target_format, Threads threads) {
  Source current = source;
  PixelFormat format = source_format;
  for (std::size_t i = 0; i < plan.passes.size(); ++i) {
    const Pass& pass = plan.passes[i];
    const bool is_last = i + 1 == plan.passes.size();
    // The layout of the source, but for what a mean is taken of: that alone is read by planes.
    PixelFormat next = source_format;
    next.dtype = pass.result;
    if (!is_last && plan.passes[i + 1].kind == PassKind::kCopy &&
        needs_mean(plan, plan.passes[i + 1]) &&
        (pass.kind == PassKind::kResample || pass.step_count > 0)) {
      next.planes = channels_of(format);
      next.channels = 1;
    }
    const Target to = is_last ? target : scratch_image(scratch().images[i % 2], next, pass.size);
    run_pass({plan,
              pass,
              window_of(current, format, pass.window),
              format,
              to,
              is_last ? target_format : next,
              {},
              nullptr},
             threads);
    current = as_source(to);
    format = next;
  }
}

}  // namespace fa
