#include "threads/parallel_for.hpp"

#include <algorithm>
#include <atomic>
#include <exception>

#include "core/scratch_array.hpp"
#include "threads/thread_count.hpp"
#include "threads/thread_pool.hpp"

namespace fa {
namespace {

// Work below this many output bytes is done before another thread would have woken up.
constexpr std::int64_t kGrainBytes = 16 * 1024;
// More ranges than threads, so that one slow thread does not hold up the rest.
constexpr std::int64_t kRangesPerThread = 8;

// Keeps the first exception of a region; later ranges are skipped.
class FirstException {
 public:
  bool has_thrown() const { return caught_.load(std::memory_order_relaxed); }
  void catch_current() {
    if (!caught_.exchange(true)) exception_ = std::current_exception();
  }
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::atomic<bool> caught_{false};
  std::exception_ptr exception_;
};

}  // namespace

void parallel_for(std::int64_t items, std::int64_t grain, Threads threads,
                  FunctionRef<void(std::int64_t, std::int64_t)> body) {
  if (items <= 0) return;
  grain = std::max<std::int64_t>(grain, 1);
  const std::int64_t wanted = threads.count > 0 ? threads.count : num_threads();
  const std::int64_t useful = std::min(wanted, (items + grain - 1) / grain);
  if (useful <= 1) {
    body(0, items);
    return;
  }
  const std::int64_t step = std::max(grain, items / (useful * kRangesPerThread));
  std::atomic<std::int64_t> next{0};
  FirstException failure;
  run_region(static_cast<int>(useful), [&](int) {
    for (;;) {
      const std::int64_t begin = next.fetch_add(step, std::memory_order_relaxed);
      if (begin >= items || failure.has_thrown()) return;
      try {
        body(begin, std::min(begin + step, items));
      } catch (...) {
        failure.catch_current();
      }
    }
  });
  failure.rethrow();
}

void parallel_rows(const TargetBatch& batch, Threads threads, FunctionRef<void(RowBand)> body) {
  if (batch.count == 0) return;
  const std::int64_t planes = batch.format.planes;
  // first_row[i] is the number of rows before sample i; equal sizes need no table.
  const bool is_ragged = batch.ragged != nullptr;
  ScratchArray<std::int64_t> first_row(is_ragged ? batch.count : 0);
  std::int64_t rows = batch.count * planes * batch.first.height;
  std::int64_t row_bytes = batch.first.width * pixel_bytes(batch.format);
  if (is_ragged) {
    rows = 0;
    row_bytes = 1;
    for (std::int64_t sample = 0; sample < batch.count; ++sample) {
      first_row[sample] = rows;
      rows += planes * batch.ragged[sample].height;
      row_bytes = std::max(row_bytes, batch.ragged[sample].width * pixel_bytes(batch.format));
    }
  }
  const auto sample_of = [&](std::int64_t index) {
    if (!is_ragged) return index / (planes * batch.first.height);
    const auto after = std::upper_bound(first_row.begin(), first_row.end(), index);
    return static_cast<std::int64_t>(after - first_row.begin()) - 1;
  };
  const std::int64_t grain = kGrainBytes / std::max<std::int64_t>(row_bytes, 1) + 1;
  parallel_for(rows, grain, threads, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t sample = sample_of(begin); begin < end; ++sample) {
      const std::int64_t height = image(batch, sample).height;
      const std::int64_t before = is_ragged ? first_row[sample] : sample * planes * height;
      for (std::int64_t plane = 0; plane < planes && begin < end; ++plane) {
        const std::int64_t start = before + plane * height;
        const std::int64_t stop = std::min(start + height, end);
        if (begin >= stop) continue;
        body(RowBand{sample, plane, begin - start, stop - start});
        begin = stop;
      }
    }
  });
}

}  // namespace fa
