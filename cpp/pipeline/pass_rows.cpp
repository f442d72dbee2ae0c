#include "pipeline/pass_rows.hpp"

#include <algorithm>
#include <vector>

#include "core/axis_taps.hpp"
#include "core/buffer.hpp"
#include "core/scratch_array.hpp"
#include "dispatch/isa.hpp"
#include "kernels/crop.hpp"
#include "kernels/flip.hpp"
#include "kernels/normalize.hpp"
#include "kernels/resample.hpp"
#include "kernels/warp.hpp"
#include "pipeline/pass_memory.hpp"
#include "threads/parallel_for.hpp"

namespace fa {
namespace {

constexpr IsaTable<ColorKernels> kColor{FA_KERNEL_ADDRESSES(color_kernels)};

// Rows that are made before the first is stored: few enough for the first cache where they are
// short, and at least what the resampling kernels take at once.
constexpr std::int64_t kBlockBytes = 16 * 1024;
constexpr std::int64_t kLeastRows = 4;

// What a thread keeps between calls.
struct RowBuffers {
  Buffer packed, turned, floats, resample;
  std::vector<float> ones, zeros;
};

RowBuffers& row_buffers() {
  thread_local RowBuffers buffers;
  return buffers;
}

std::int64_t rows_per_block(std::int64_t row_bytes) {
  return std::max(kBlockBytes / std::max<std::int64_t>(row_bytes, 1), kLeastRows);
}

// Rows [begin, ...) of a buffer as rows of an image: row y is where the image has it.
Target buffered_rows(std::byte* first, const PassJob& job, std::int64_t begin, std::int64_t rows) {
  const std::int64_t stride = job.pass.size.width * pixel_bytes(job.source_format);
  return {first - begin * stride, job.pass.size.height, job.pass.size.width, stride, rows * stride};
}

// --- kCopy

bool lies_inside(const PassJob& job) {
  const Pass& pass = job.pass;
  return pass.top >= 0 && pass.left >= 0 && pass.top + pass.size.height <= job.source.height &&
         pass.left + pass.size.width <= job.source.width;
}

// The rows of the result as they lie in the source, not yet mirrored.
Source chosen_rows(const PassJob& job) {
  Source view = job.source;
  view.data += job.pass.top * view.row_stride + job.pass.left * pixel_bytes(job.source_format);
  view.height = job.pass.size.height;
  view.width = job.pass.size.width;
  return job.pass.is_upside_down ? upside_down(view) : view;
}

void crop_rows(const PassJob& job, const Target& target, std::int64_t plane, std::int64_t begin,
               std::int64_t end) {
  const Pass& pass = job.pass;
  const CropPlace place{pass.top, pass.left, pass.border, job.plan.fills.data() + pass.fill};
  if (!pass.is_upside_down) {
    return crop_band(job.source, target, job.source_format, place, {0, plane, begin, end});
  }
  const std::int64_t height = pass.size.height;
  crop_band(job.source, upside_down(target), job.source_format, place,
            {0, plane, height - end, height - begin});
}

void copy_rows(const PassJob& job, const Target& target, std::int64_t begin, std::int64_t end) {
  const bool is_mirrored = job.pass.is_mirrored;
  const bool is_inside = lies_inside(job);
  for (std::int64_t plane = 0; plane < job.source_format.planes; ++plane) {
    const RowBand band{0, plane, begin, end};
    if (is_inside) {
      (is_mirrored ? mirror_band : copy_band)(chosen_rows(job), target, job.source_format, band);
    } else if (!is_mirrored) {
      crop_rows(job, target, plane, begin, end);
    } else {
      const std::int64_t row_bytes = job.pass.size.width * pixel_bytes(job.source_format);
      const auto bytes = static_cast<std::size_t>((end - begin) * row_bytes);
      Target rows = buffered_rows(row_buffers().turned.take(bytes), job, begin, end - begin);
      rows.plane_stride = 0;
      crop_rows(job, rows, plane, begin, end);
      mirror_band(as_source(rows), target, job.source_format, band);
    }
  }
}

bool copies_nearest(const Pass& pass) {
  return pass.kind == PassKind::kResample && pass.options.filter == ResampleFilter::kNearest;
}

// Rows of the source's dtype, where they are or in a buffer.
Source packed_rows(const PassJob& job, std::int64_t begin, std::int64_t end) {
  const bool is_copy = job.pass.kind == PassKind::kCopy;
  if (is_copy && !job.pass.is_mirrored && lies_inside(job)) return chosen_rows(job);
  const std::int64_t row_bytes = job.pass.size.width * pixel_bytes(job.source_format);
  const auto bytes = static_cast<std::size_t>((end - begin) * row_bytes * job.source_format.planes);
  const Target rows = buffered_rows(row_buffers().packed.take(bytes), job, begin, end - begin);
  if (is_copy) {
    copy_rows(job, rows, begin, end);
  } else {
    for (std::int64_t plane = 0; plane < job.source_format.planes; ++plane) {
      resample_nearest(job.source, job.source_format, *job.resample, rows, {0, plane, begin, end});
    }
  }
  return as_source(rows);
}

// --- rows of floats

// Planar rows: channel c of row y at first + (y - begin) * row_stride + c * channel_stride.
struct FloatBlock {
  float* first;
  std::int64_t row_stride, channel_stride;
};

WarpJob warp_job(const PassJob& job, const WarpCanvas* canvases) {
  const Pass& pass = job.pass;
  return {pass.map,    pass.interpolation,
          pass.border, job.plan.fills.data() + pass.fill,
          canvases,    static_cast<std::int64_t>(pass.canvas_count)};
}

// The canvases of a pass as the kernels want them.
class WarpCanvases {
 public:
  explicit WarpCanvases(const PassJob& job)
      : canvases_(static_cast<std::int64_t>(job.pass.canvas_count)) {
    const PlannedCanvas* planned = job.plan.canvases.data() + job.pass.first_canvas;
    for (WarpCanvas& canvas : canvases_) {
      canvas = {planned->map, planned->size.height, planned->size.width,
                job.plan.fills.data() + planned->fill};
      ++planned;
    }
  }
  const WarpCanvas* data() const { return canvases_.data(); }

 private:
  ScratchArray<WarpCanvas> canvases_;
};

float* resample_buffer(const PassJob& job) {
  const std::int64_t floats = resample_buffer_size(*job.resample, job.source_format.channels);
  const auto bytes = static_cast<std::size_t>(floats) * sizeof(float);
  return reinterpret_cast<float*>(row_buffers().resample.take(bytes));
}

void sample_rows(const PassJob& job, const FloatBlock& block, std::int64_t begin,
                 std::int64_t end) {
  const bool is_warp = job.pass.kind == PassKind::kWarp;
  const WarpCanvases canvases(job);
  float* buffer = is_warp ? nullptr : resample_buffer(job);
  for (std::int64_t plane = 0; plane < job.source_format.planes; ++plane) {
    const RowBand band{0, plane, begin, end};
    const FloatRows rows{block.first + plane * block.channel_stride, block.row_stride,
                         block.channel_stride};
    if (is_warp) {
      warp_rows(job.source, job.source_format, warp_job(job, canvases.data()), job.pass.size.width,
                band, rows);
    } else {
      resample_rows(job.source, job.source_format, *job.resample, band, buffer, rows);
    }
  }
}

template <class Byte>
PixelPiece<Byte> pixels_from(const ImageView<Byte>& image, const PixelFormat& format,
                             std::int64_t y, std::int64_t x) {
  const std::int64_t step = pixel_bytes(format);
  return {row(image, 0, y) + x * step, step,
          format.planes > 1 ? image.plane_stride : item_size(format.dtype)};
}

bool holds_integers(DType dtype) { return dtype == DType::kUint8 || dtype == DType::kUint16; }

template <class Body>
void for_each_tile(const PassJob& job, float* row, const FloatBlock& block, Body body) {
  const std::int64_t width = job.pass.size.width;
  const auto channels = static_cast<int>(channels_of(job.source_format));
  for (std::int64_t x = 0; x < width; x += kTileWidth) {
    body(ColorTile{row + x, block.channel_stride, std::min(kTileWidth, width - x), channels}, x);
  }
}

void load_row(const PassJob& job, const Source& rows, float* row, const FloatBlock& block,
              std::int64_t y) {
  const auto load = pick(kColor).load[image_dtype_index(job.source_format.dtype)];
  for_each_tile(job, row, block, [&](const ColorTile& tile, std::int64_t x) {
    load(pixels_from(rows, job.source_format, y, x), tile);
  });
}

NormalizeFactors factors_of(const PassJob& job) {
  const auto channels = static_cast<std::size_t>(channels_of(job.source_format));
  if (job.pass.has_factors) {
    const float* scale = job.plan.values.data() + job.pass.factors;
    return {scale, scale + channels};
  }
  RowBuffers& buffers = row_buffers();
  buffers.ones.assign(channels, 1.0f);
  buffers.zeros.assign(channels, 0.0f);
  return {buffers.ones.data(), buffers.zeros.data()};
}

// One row of floats through the steps and into the target.
void finish_row(const PassJob& job, const NormalizeFactors& factors, float* row,
                const FloatBlock& block, std::int64_t y) {
  const ColorKernels& kernels = pick(kColor);
  const bool stores_tiles = holds_integers(job.target_format.dtype) ||
                            (job.target_format.dtype == DType::kFloat32 && !job.pass.has_factors);
  for_each_tile(job, row, block, [&](const ColorTile& tile, std::int64_t x) {
    for (const TileStep& step : job.steps) {
      run_step(kernels, step, tile, {x, y, job.pass.size});
    }
    if (!stores_tiles) return;
    kernels.store[image_dtype_index(job.target_format.dtype)](
        tile, pixels_from(job.target, job.target_format, y, x));
  });
  if (stores_tiles) return;
  const std::int64_t channels = channels_of(job.source_format);
  const Source values{reinterpret_cast<const std::byte*>(row), 1, job.pass.size.width, 0,
                      block.channel_stride * std::int64_t{sizeof(float)}};
  Target target = job.target;
  target.data += y * target.row_stride;
  normalize_rows(values, {DType::kFloat32, channels, 1}, target, job.target_format, factors, 0, 1);
}

void run_float_rows(const PassJob& job, std::int64_t begin, std::int64_t end) {
  touch_source(job, begin, end);
  const TargetAhead target_ahead(job, begin, end);
  const NormalizeFactors factors = factors_of(job);
  const std::int64_t channels = channels_of(job.source_format);
  const std::int64_t channel_stride = (job.pass.size.width + kRowSlack + 15) / 16 * 16;
  const std::int64_t row_stride = channels * channel_stride;
  const std::int64_t rows =
      std::min(rows_per_block(row_stride * std::int64_t{sizeof(float)}), end - begin);
  const auto bytes = static_cast<std::size_t>(rows * row_stride) * sizeof(float);
  const FloatBlock block{reinterpret_cast<float*>(row_buffers().floats.take(bytes)), row_stride,
                         channel_stride};
  const bool is_packed = job.pass.kind == PassKind::kCopy || copies_nearest(job.pass);
  for (std::int64_t first = begin; first < end; first += rows) {
    const std::int64_t last = std::min(first + rows, end);
    if (is_packed) {
      const Source source = packed_rows(job, first, last);
      for (std::int64_t y = first; y < last; ++y) {
        load_row(job, source, block.first + (y - first) * row_stride, block, y);
      }
    } else {
      sample_rows(job, block, first, last);
    }
    for (std::int64_t y = first; y < last; ++y) {
      target_ahead.before(y);
      finish_row(job, factors, block.first + (y - first) * row_stride, block, y);
    }
  }
}

// --- without a step between reading and storing

void warp_rows_directly(const PassJob& job, std::int64_t begin, std::int64_t end) {
  const WarpCanvases canvases(job);
  for (std::int64_t plane = 0; plane < job.source_format.planes; ++plane) {
    warp_band(job.source, job.source_format, warp_job(job, canvases.data()), job.target,
              {0, plane, begin, end});
  }
}

void scale_copied_rows(const PassJob& job, std::int64_t begin, std::int64_t end) {
  const std::int64_t row_bytes = job.pass.size.width * pixel_bytes(job.source_format);
  const std::int64_t rows = rows_per_block(row_bytes * job.source_format.planes);
  for (std::int64_t first = begin; first < end; first += rows) {
    const std::int64_t last = std::min(first + rows, end);
    normalize_rows(packed_rows(job, first, last), job.source_format, job.target, job.target_format,
                   factors_of(job), first, last);
  }
}

// Whether the sums of resampling can go where they belong, scaled on the way.
bool resamples_in_place(const PassJob& job) {
  const Target& target = job.target;
  constexpr std::int64_t kFloat = sizeof(float);
  const bool is_aligned = reinterpret_cast<std::uintptr_t>(target.data) % kFloat == 0 &&
                          target.row_stride % kFloat == 0 && target.plane_stride % kFloat == 0;
  const bool is_planar = job.target_format.channels == 1;
  return job.pass.kind == PassKind::kResample && !copies_nearest(job.pass) &&
         job.resample->is_fixed && job.steps.empty() &&
         job.target_format.dtype == DType::kFloat32 && is_planar && is_aligned;
}

void resample_in_place(const PassJob& job, std::int64_t begin, std::int64_t end) {
  touch_source(job, begin, end);
  const TargetAhead target_ahead(job, begin, end);
  const NormalizeFactors factors = factors_of(job);
  float* buffer = resample_buffer(job);
  for (std::int64_t y = begin; y < end; ++y) {
    target_ahead.before(y);
    for (std::int64_t plane = 0; plane < job.source_format.planes; ++plane) {
      const FloatRows rows{reinterpret_cast<float*>(row(job.target, plane, y)), 0,
                           job.target.plane_stride / std::int64_t{sizeof(float)}};
      resample_rows(job.source, job.source_format, *job.resample, {0, plane, y, y + 1}, buffer,
                    rows, {factors.scale + plane, factors.bias + plane});
    }
  }
}

bool keeps_pixels(const PassJob& job) {
  return job.steps.empty() && !job.pass.has_factors &&
         job.source_format.dtype == job.target_format.dtype &&
         job.source_format.planes == job.target_format.planes;
}

}  // namespace

void run_rows(const PassJob& job, std::int64_t begin, std::int64_t end) {
  if (job.pass.size.width == 0) return;
  if (keeps_pixels(job) && job.pass.kind == PassKind::kCopy) {
    copy_rows(job, job.target, begin, end);
  } else if (keeps_pixels(job) && job.pass.kind == PassKind::kWarp) {
    warp_rows_directly(job, begin, end);
  } else if (job.steps.empty() && job.pass.kind == PassKind::kCopy &&
             !holds_integers(job.target_format.dtype)) {
    scale_copied_rows(job, begin, end);
  } else if (resamples_in_place(job)) {
    resample_in_place(job, begin, end);
  } else {
    run_float_rows(job, begin, end);
  }
}

double mean_gray(const Source& window, const PixelFormat& format, const ColorScale& scale,
                 Threads threads) {
  const ColorKernels& kernels = pick(kColor);
  const auto load = kernels.load[image_dtype_index(format.dtype)];
  const auto channels = static_cast<int>(channels_of(format));
  const std::int64_t step = channels == 1 ? kTileValues : kTileWidth;
  ScratchArray<double> row_sums(window.height, 0.0);
  constexpr std::int64_t kGrain = 16;
  // A sum per row, added up in order: the same however the rows are split.
  parallel_for(window.height, kGrain, threads, [&](std::int64_t begin, std::int64_t end) {
    alignas(64) float values[kTileValues];
    for (std::int64_t y = begin; y < end; ++y) {
      for (std::int64_t x = 0; x < window.width; x += step) {
        const ColorTile tile{values, kTileWidth, std::min(step, window.width - x), channels};
        load(pixels_from(window, format, y, x), tile);
        row_sums[y] += kernels.sum_of_gray(tile, gray_rule(scale));
      }
    }
  });
  double total = 0.0;
  for (std::int64_t y = 0; y < window.height; ++y) total += row_sums[y];
  return total / static_cast<double>(window.height * window.width);
}

}  // namespace fa
