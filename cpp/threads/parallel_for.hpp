// Splitting independent work over the pool.
#pragma once

#include <cstdint>

#include "core/function_ref.hpp"
#include "core/image_view.hpp"

namespace fa {

// How many threads a call may use; 0 means num_threads().
struct Threads {
  int count = 0;
};

// Calls body(begin, end) for ranges that together make up [0, items), each of at least `grain`
// items but the last. Small work runs on the caller. Which thread gets which range is not fixed, so
// a body may depend only on its range. An exception of a body is thrown again here, after all have
// stopped.
void parallel_for(std::int64_t items, std::int64_t grain, Threads threads,
                  FunctionRef<void(std::int64_t, std::int64_t)> body);

// A band of rows [begin, end) of one plane of one sample.
struct RowBand {
  std::int64_t sample, plane, begin, end;
};

// Calls body(band) for bands that together make up every row of every plane of the batch.
void parallel_rows(const TargetBatch& batch, Threads threads, FunctionRef<void(RowBand)> body);

}  // namespace fa
