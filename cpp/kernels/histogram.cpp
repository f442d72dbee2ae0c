#include "kernels/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <type_traits>

#include "core/check.hpp"
#include "core/scratch_array.hpp"

namespace fa {
namespace {

constexpr std::int64_t kLevels = 256;
// Tables that are worth another thread.
constexpr std::int64_t kTableGrain = 32;
// Interleaved channels are handled as one line of values; what belongs to a channel is repeated up
// to about this many values, so that loops need not know the channels.
constexpr std::int64_t kPeriod = 768;

using Counts = ScratchArray<std::int64_t>;       // [sample][channel][level]
using LevelTables = ScratchArray<std::uint8_t>;  // [sample][channel][level]

std::int64_t period_of(std::int64_t channels) {
  return std::max(kPeriod / channels, std::int64_t{1}) * channels;
}

// --- counting

// Successive values count in different tables: the same counter twice in a row would wait for
// itself.
std::int64_t tables_for(std::int64_t channels) {
  if (channels == 3) return 6;
  return 4 % channels == 0 ? 4 : channels;
}

template <std::int64_t kTables>
void count_row(const std::uint8_t* values, std::int64_t n, std::int64_t tables,
               std::int64_t* counts) {
  if constexpr (kTables > 0) tables = kTables;
  std::int64_t i = 0;
  for (; i + tables <= n; i += tables) {
    for (std::int64_t t = 0; t < tables; ++t) ++counts[t * kLevels + values[i + t]];
  }
  for (std::int64_t t = 0; i + t < n; ++t) ++counts[t * kLevels + values[i + t]];
}

void count_band(const Source& from, RowBand band, std::int64_t channels, std::int64_t tables,
                std::int64_t* counts) {
  const auto count = tables == 4 ? &count_row<4> : tables == 6 ? &count_row<6> : &count_row<0>;
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    count(reinterpret_cast<const std::uint8_t*>(row(from, band.plane, y)), from.width * channels,
          tables, counts);
  }
}

// Whole numbers: the sum is the same in whatever order bands are added.
void count_levels(const SourceBatch& source, const TargetBatch& rows, Threads threads,
                  Counts& total) {
  const std::int64_t channels = source.format.channels;
  std::mutex adding;
  parallel_rows(rows, threads, [&](RowBand band) {
    const std::int64_t tables = tables_for(channels);
    Counts counts(tables * kLevels, 0);
    count_band(image(source, band.sample), band, channels, tables, counts.data());
    std::int64_t* sums =
        total.data() + (band.sample * source.format.planes + band.plane) * channels * kLevels;
    const std::lock_guard lock(adding);
    for (std::int64_t i = 0; i < tables * kLevels; ++i) {
      sums[i % (channels * kLevels)] += counts[i];
    }
  });
}

void equalizing_table(const std::int64_t* counts, std::uint8_t* table) {
  std::int64_t sum = 0, last = 0;
  for (std::int64_t level = 0; level < kLevels; ++level) {
    sum += counts[level];
    if (counts[level] > 0) last = counts[level];
  }
  const std::int64_t step = (sum - last) / (kLevels - 1);
  std::int64_t below = step / 2;
  for (std::int64_t level = 0; level < kLevels; ++level) {
    table[level] =
        static_cast<std::uint8_t>(step == 0 ? level : std::min(below / step, kLevels - 1));
    below += counts[level];
  }
}

// --- looking up

template <std::int64_t kChannels>
void look_up(const std::uint8_t* from, std::uint8_t* to, std::int64_t values, std::int64_t channels,
             const std::uint8_t* tables) {
  if constexpr (kChannels > 0) channels = kChannels;
  for (std::int64_t i = 0; i < values; i += channels) {
    for (std::int64_t c = 0; c < channels; ++c) to[i + c] = tables[c * kLevels + from[i + c]];
  }
}

void apply_tables(const SourceBatch& source, const TargetBatch& target, const LevelTables& tables,
                  Threads threads) {
  const std::int64_t channels = source.format.channels;
  const auto kernel = channels == 1 ? &look_up<1> : channels == 3 ? &look_up<3> : &look_up<0>;
  parallel_rows(target, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const Target to = image(target, band.sample);
    const std::uint8_t* of_band =
        tables.data() + (band.sample * source.format.planes + band.plane) * channels * kLevels;
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      kernel(reinterpret_cast<const std::uint8_t*>(row(from, band.plane, y)),
             reinterpret_cast<std::uint8_t*>(row(to, band.plane, y)), from.width * channels,
             channels, of_band);
    }
  });
}

// --- smallest and largest values

template <class T>
struct Extremes {
  ScratchArray<T> low, high;

  explicit Extremes(std::int64_t count) : low(count, top()), high(count, bottom()) {}

  static constexpr T top() {
    if constexpr (std::is_floating_point_v<T>) return std::numeric_limits<T>::infinity();
    return std::numeric_limits<T>::max();
  }
  static constexpr T bottom() {
    if constexpr (std::is_floating_point_v<T>) return -std::numeric_limits<T>::infinity();
    return 0;
  }
};

// NaN compares false, so it never becomes an extreme.
template <class T>
void widen(const T* lows, const T* highs, std::int64_t n, T* FA_RESTRICT low, T* FA_RESTRICT high) {
  for (std::int64_t i = 0; i < n; ++i) {
    low[i] = lows[i] < low[i] ? lows[i] : low[i];
    high[i] = highs[i] > high[i] ? highs[i] : high[i];
  }
}

template <class T>
void find_extremes(const SourceBatch& source, const TargetBatch& rows, Threads threads,
                   Extremes<T>& total) {
  const std::int64_t channels = source.format.channels;
  std::mutex joining;
  parallel_rows(rows, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const std::int64_t values = from.width * channels;
    const std::int64_t period = std::min(period_of(channels), values);
    Extremes<T> found(period);
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      const T* data = reinterpret_cast<const T*>(row(from, band.plane, y));
      for (std::int64_t i = 0; i < values; i += period) {
        widen(data + i, data + i, std::min(period, values - i), found.low.data(),
              found.high.data());
      }
    }
    const std::int64_t first = (band.sample * source.format.planes + band.plane) * channels;
    const std::lock_guard lock(joining);
    for (std::int64_t i = 0; i < period; i += channels) {
      widen(found.low.data() + i, found.high.data() + i, channels, total.low.data() + first,
            total.high.data() + first);
    }
  });
}

// --- stretching

// Rounds half up.
void stretching_table(std::int64_t low, std::int64_t high, std::uint8_t* table) {
  const std::int64_t extent = high - low;
  for (std::int64_t level = 0; level < kLevels; ++level) {
    const std::int64_t above =
        std::clamp<std::int64_t>(level - low, 0, std::max<std::int64_t>(extent, 0));
    table[level] = static_cast<std::uint8_t>(
        extent <= 0 ? level : (2 * above * (kLevels - 1) + extent) / (2 * extent));
  }
}

struct Stretch {  // (x - zero) * scale + low
  double zero, scale, low;
};

Stretch stretch_of(double low, double high, StretchRange range) {
  const double extent = high - low;
  if (!(extent > 0.0) || !std::isfinite(extent)) return {0.0, 1.0, 0.0};
  return {low, (range.high - range.low) / extent, range.low};
}

void store_value(double value, std::uint16_t* to) {
  *to = static_cast<std::uint16_t>(static_cast<std::int32_t>(value + 0.5));
}
void store_value(double value, float* to) { *to = static_cast<float>(value); }

template <class T>
void stretch_values(const T* FA_RESTRICT from, T* FA_RESTRICT to, std::int64_t n,
                    const Stretch* FA_RESTRICT steps) {
  for (std::int64_t i = 0; i < n; ++i) {
    store_value((static_cast<double>(from[i]) - steps[i].zero) * steps[i].scale + steps[i].low,
                to + i);
  }
}

template <class T>
void stretch(const SourceBatch& source, const TargetBatch& target, StretchRange range,
             Threads threads) {
  Extremes<T> extremes(source.count * channels_of(source.format));
  find_extremes(source, target, threads, extremes);
  const std::int64_t channels = source.format.channels;
  parallel_rows(target, threads, [&](RowBand band) {
    const Source from = image(source, band.sample);
    const Target to = image(target, band.sample);
    const std::int64_t values = from.width * channels;
    const std::int64_t period = std::min(period_of(channels), values);
    const std::int64_t first = (band.sample * source.format.planes + band.plane) * channels;
    ScratchArray<Stretch> steps(period);
    for (std::int64_t i = 0; i < period; ++i) {
      const std::int64_t channel = first + i % channels;
      steps[i] = stretch_of(extremes.low[channel], extremes.high[channel], range);
    }
    for (std::int64_t y = band.begin; y < band.end; ++y) {
      const T* source_row = reinterpret_cast<const T*>(row(from, band.plane, y));
      T* target_row = reinterpret_cast<T*>(row(to, band.plane, y));
      for (std::int64_t i = 0; i < values; i += period) {
        stretch_values(source_row + i, target_row + i, std::min(period, values - i), steps.data());
      }
    }
  });
}

// make(i, table) writes the table of channel i, counted through all samples.
template <class MakeTable>
void map_levels(const SourceBatch& source, const TargetBatch& target, Threads threads,
                MakeTable make) {
  LevelTables tables(source.count * channels_of(source.format) * kLevels);
  parallel_for(tables.size() / kLevels, kTableGrain, threads,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; ++i) make(i, tables.data() + i * kLevels);
               });
  apply_tables(source, target, tables, threads);
}

}  // namespace

void equalize(const SourceBatch& source, const TargetBatch& target, Threads threads) {
  FA_ASSERT(source.format.dtype == DType::kUint8);
  Counts counts(source.count * channels_of(source.format) * kLevels, 0);
  count_levels(source, target, threads, counts);
  map_levels(source, target, threads, [&](std::int64_t i, std::uint8_t* table) {
    equalizing_table(counts.data() + i * kLevels, table);
  });
}

void autocontrast(const SourceBatch& source, const TargetBatch& target, StretchRange range,
                  Threads threads) {
  if (source.format.dtype == DType::kFloat32) return stretch<float>(source, target, range, threads);
  if (source.format.dtype == DType::kUint16) {
    return stretch<std::uint16_t>(source, target, {0.0, 65535.0}, threads);
  }
  Extremes<std::uint8_t> extremes(source.count * channels_of(source.format));
  find_extremes(source, target, threads, extremes);
  map_levels(source, target, threads, [&](std::int64_t i, std::uint8_t* table) {
    stretching_table(extremes.low[i], extremes.high[i], table);
  });
}

}  // namespace fa
