#include "kernels/color.hpp"

#include <algorithm>
#include <array>

#include "core/check.hpp"
#include "core/scratch_array.hpp"
#include "dispatch/isa.hpp"
#include "kernels/color_plan.hpp"

namespace fa {
namespace {

constexpr IsaTable<ColorKernels> kTable{FA_KERNEL_ADDRESSES(color_kernels)};

// Entries of a gamma table that are worth another thread.
constexpr std::int64_t kTableGrain = 1024;

// A call: the operations of every sample, and how tiles are loaded and stored.
struct Run {
  const SourceBatch& source;
  const TargetBatch& target;
  std::span<const ColorStep> steps;
  Threads threads;
  const ColorKernels& kernels;
  ColorScale scale;
  int dtype;
  ScratchArray<ColorOperation> operations;  // [sample][step]

  ColorOperation& operation(std::int64_t sample, std::size_t step) {
    return operations.data()[static_cast<std::size_t>(sample) * steps.size() + step];
  }
  const ColorOperation& operation(std::int64_t sample, std::size_t step) const {
    return operations.data()[static_cast<std::size_t>(sample) * steps.size() + step];
  }
  std::span<const ColorOperation> of_sample(std::int64_t sample, std::size_t count) const {
    return {operations.data() + static_cast<std::size_t>(sample) * steps.size(), count};
  }
};

// The rows of all channels of a pixel together: as many as the target has, in one plane.
TargetBatch whole_rows(const Run& run) {
  TargetBatch rows = run.target;
  rows.format.planes = 1;
  rows.format.channels = channels_of(run.source.format);
  return rows;
}

template <class Byte>
PixelPiece<Byte> pixels_of_row(const ImageView<Byte>& image, const PixelFormat& format,
                               std::int64_t y) {
  return {row(image, 0, y), pixel_bytes(format),
          format.planes > 1 ? image.plane_stride : item_size(format.dtype)};
}

template <class Byte>
PixelPiece<Byte> from_pixel(const PixelPiece<Byte>& pixels, std::int64_t x) {
  return {pixels.data + x * pixels.pixel_step, pixels.pixel_step, pixels.channel_step};
}

// Cuts `width` pixels into tiles, loads each, runs the operations on it and hands it on.
template <class Consume>
void for_each_tile(const Run& run, std::span<const ColorOperation> operations,
                   const PixelPiece<const std::byte>& from, std::int64_t width, int channels,
                   Consume consume) {
  alignas(64) float values[kTileValues];
  const std::int64_t step = channels == 1 ? kTileValues : kTileWidth;
  for (std::int64_t x = 0; x < width; x += step) {
    const ColorTile tile{values, kTileWidth, std::min(step, width - x), channels};
    run.kernels.load[run.dtype](from_pixel(from, x), tile);
    for (const ColorOperation& operation : operations) run_on_tile(run.kernels, operation, tile);
    consume(tile, x);
  }
}

void write_row(const Run& run, std::span<const ColorOperation> operations,
               const PixelPiece<const std::byte>& from, const PixelPiece<std::byte>& to,
               std::int64_t width, int channels, int target_channels) {
  for_each_tile(run, operations, from, width, channels, [&](const ColorTile& tile, std::int64_t x) {
    ColorTile stored = tile;
    if (target_channels > channels) stored.channel_stride = 0;
    stored.channels = target_channels;
    run.kernels.store[run.dtype](stored, from_pixel(to, x));
  });
}

std::int64_t levels_of(const Run& run) { return static_cast<std::int64_t>(run.scale.high) + 1; }

// How many tables a step is looked up in: one for all samples, one for each or none. Powers are
// slow: look them up where that saves some, that is, with more values than levels.
std::int64_t tables_of(const Run& run, const ColorStep& step) {
  if (step.kind != ColorKind::kGamma || !is_integer(run.scale)) return 0;
  std::int64_t values = 0;
  for (std::int64_t sample = 0; sample < run.source.count; ++sample) {
    const Source from = image(run.source, sample);
    values += from.height * from.width * channels_of(run.source.format);
  }
  const bool is_shared = step.amount.stride == 0 && step.gain.stride == 0;
  const std::int64_t tables = is_shared ? 1 : run.source.count;
  return tables * levels_of(run) <= values ? tables : 0;
}

std::int64_t all_table_entries(const Run& run) {
  std::int64_t entries = 0;
  for (const ColorStep& step : run.steps) entries += tables_of(run, step) * levels_of(run);
  return entries;
}

// One table for all samples, or one for each.
void tabulate_gamma(Run& run, std::size_t step, std::int64_t tables, float* table) {
  const std::int64_t levels = levels_of(run);
  parallel_for(tables * levels, kTableGrain, run.threads,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   const auto* gamma = std::get_if<ColorGamma>(&run.operation(i / levels, step));
                   if (gamma == nullptr) continue;
                   table[i] = gamma_of_level(*gamma, static_cast<double>(i % levels));
                 }
               });
  for (std::int64_t sample = 0; sample < run.source.count; ++sample) {
    ColorOperation& operation = run.operation(sample, step);
    if (!std::holds_alternative<ColorGamma>(operation)) continue;
    operation =
        ColorTable{table + (tables > 1 ? sample * levels : 0), static_cast<float>(run.scale.high)};
  }
}

// `table` has room for all.
void tabulate_gammas(Run& run, float* table) {
  for (std::size_t s = 0; s < run.steps.size(); ++s) {
    const std::int64_t tables = tables_of(run, run.steps[s]);
    if (tables > 0) tabulate_gamma(run, s, tables, table);
    table += tables * levels_of(run);
  }
}

// Sums of the gray pixels of every row as they are before `step`, row by row and sample by
// sample, so that adding them up does not depend on who computed them.
void add_gray_rows(const Run& run, const ScratchArray<std::int64_t>& first_row, std::size_t step,
                   ScratchArray<double>& sums) {
  const int channels = static_cast<int>(channels_of(run.source.format));
  const GrayRule rule = gray_rule(run.scale);
  parallel_rows(whole_rows(run), run.threads, [&](RowBand band) {
    if (std::holds_alternative<ColorCopy>(run.operation(band.sample, step))) return;
    const Source from = image(run.source, band.sample);
    const std::int64_t first = first_row[band.sample];
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      double& sum = sums[first + y];
      for_each_tile(
          run, run.of_sample(band.sample, step), pixels_of_row(from, run.source.format, y),
          from.width, channels,
          [&](const ColorTile& tile, std::int64_t) { sum += run.kernels.sum_of_gray(tile, rule); });
    }
  });
}

// A contrast step needs every pixel of its sample before the first is written.
void find_mean(Run& run, std::size_t step) {
  ScratchArray<std::int64_t> first_row(run.source.count + 1, 0);
  bool is_needed = false;
  for (std::int64_t sample = 0; sample < run.source.count; ++sample) {
    first_row[sample + 1] = first_row[sample] + image(run.source, sample).height;
    if (!std::holds_alternative<ColorCopy>(run.operation(sample, step))) is_needed = true;
  }
  if (!is_needed) return;
  ScratchArray<double> sums(first_row[run.source.count], 0.0);
  add_gray_rows(run, first_row, step, sums);
  for (std::int64_t sample = 0; sample < run.source.count; ++sample) {
    const Source from = image(run.source, sample);
    double total = 0.0;
    for (std::int64_t y = 0; y < from.height; ++y) {
      total += sums[first_row[sample] + y];
    }
    const double mean = total / static_cast<double>(from.height * from.width);
    run.operation(sample, step) = color_operation(run.steps[step], sample, run.scale, mean);
  }
}

// What the 256 levels of uint8 become, by the very code that rows go through.
using LevelTable = std::array<std::byte, 256>;

LevelTable level_table(const Run& run, std::span<const ColorOperation> operations) {
  LevelTable levels, results;
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = static_cast<std::byte>(i);
  write_row(run, operations, {levels.data(), 1, 0}, {results.data(), 1, 0}, 256, 1, 1);
  return results;
}

bool looks_up(std::span<const ColorOperation> operations) {
  return std::any_of(operations.begin(), operations.end(), [](const ColorOperation& operation) {
    return std::holds_alternative<ColorTable>(operation);
  });
}

// Each value by itself: a row is one line of values, whatever channels they belong to.
void write_values(const Run& run) {
  const std::int64_t item = item_size(run.scale.dtype);
  parallel_rows(run.target, run.threads, [&](RowBand band) {
    const Source from = image(run.source, band.sample);
    const Target to = image(run.target, band.sample);
    const auto operations = run.of_sample(band.sample, run.steps.size());
    const std::int64_t values = from.width * run.source.format.channels;
    const bool by_table = run.scale.dtype == DType::kUint8 && looks_up(operations);
    const LevelTable table = by_table ? level_table(run, operations) : LevelTable{};
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      const std::byte* source = row(from, band.plane, y);
      std::byte* target = row(to, band.plane, y);
      if (!by_table) {
        write_row(run, operations, {source, item, 0}, {target, item, 0}, values, 1, 1);
        continue;
      }
      for (std::int64_t x = 0; x < values; ++x)
        target[x] = table[static_cast<std::size_t>(source[x])];
    }
  });
}

bool only_moves_bits(const Run& run) {
  return run.steps.size() == 1 && run.source.count > 0 &&
         color_bits(run.steps.front(), 0, run.scale).has_value();
}

void write_bits(const Run& run) {
  const auto kernel = run.kernels.bits[run.dtype];
  parallel_rows(run.target, run.threads, [&](RowBand band) {
    const Source from = image(run.source, band.sample);
    const Target to = image(run.target, band.sample);
    const auto bits = color_bits(run.steps.front(), band.sample, run.scale);
    const std::int64_t values = from.width * run.source.format.channels;
    const std::int64_t row_bytes = from.width * pixel_bytes(run.source.format);
    // Rows that follow each other without a gap are one long row.
    const bool is_one_row = from.row_stride == row_bytes && to.row_stride == row_bytes;
    const std::int64_t rows_at_once = is_one_row ? band.end - band.begin : 1;
    for (std::int64_t y = band.begin; y < band.end; y += rows_at_once) {
      kernel(row(from, band.plane, y), row(to, band.plane, y), values * rows_at_once, *bits);
    }
  });
}

void write_pixels(const Run& run) {
  const int channels = static_cast<int>(channels_of(run.source.format));
  const int target_channels = static_cast<int>(channels_of(run.target.format));
  FA_ASSERT(channels == 1 || channels == 3);
  parallel_rows(whole_rows(run), run.threads, [&](RowBand band) {
    const Source from = image(run.source, band.sample);
    const Target to = image(run.target, band.sample);
    const auto operations = run.of_sample(band.sample, run.steps.size());
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      write_row(run, operations, pixels_of_row(from, run.source.format, y),
                pixels_of_row(to, run.target.format, y), from.width, channels, target_channels);
    }
  });
}

}  // namespace

void apply_color(const SourceBatch& source, const TargetBatch& target,
                 std::span<const ColorStep> steps, ValueRange range, Threads threads) {
  const ColorScale scale = color_scale(source.format.dtype, range);
  Run run{source,
          target,
          steps,
          threads,
          pick(kTable),
          scale,
          image_dtype_index(scale.dtype),
          ScratchArray<ColorOperation>(source.count * std::ssize(steps))};
  for (std::int64_t sample = 0; sample < source.count; ++sample) {
    for (std::size_t s = 0; s < steps.size(); ++s) {
      run.operation(sample, s) = color_operation(steps[s], sample, scale, 0.0);
    }
  }
  ScratchArray<float> tables(all_table_entries(run));
  tabulate_gammas(run, tables.data());
  bool mixes = channels_of(source.format) != channels_of(target.format);
  for (std::size_t s = 0; s < steps.size(); ++s) {
    if (steps[s].kind == ColorKind::kContrast) find_mean(run, s);
    mixes = mixes || mixes_channels(steps[s].kind);
  }
  if (mixes) {
    write_pixels(run);
  } else if (only_moves_bits(run)) {
    write_bits(run);
  } else {
    write_values(run);
  }
}

}  // namespace fa
