#pragma once

#include <cstddef>
#include <cstdint>

#include "core/axis_taps.hpp"
#include "dispatch/kernel_table.hpp"

namespace fa {

// Output rows [begin, end) of one plane as float32.
struct ResampleBand {
  const std::byte* source;  // first row, at the first column that a tap reads
  std::int64_t source_stride;
  std::int64_t source_width;  // columns that taps read
  std::int64_t channels;      // interleaved
  AxisTaps rows, columns;     // columns.first counts from `source`
  std::int64_t begin, end, width;
  float* buffer;                // resample_buffer_size()
  float* target;                // of row `begin`; each row with kRowSlack after its last value
  std::int64_t row_stride;      // floats
  std::int64_t channel_stride;  // floats between channels; 0: pixels stay interleaved
  // For fixed_rows: FixedTaps of the columns; and, of planar rows, what each channel is multiplied
  // by and what is added then (nullptr: 1 and 0).
  const std::int32_t* pairs;
  std::int64_t pair_count;
  const float *scale, *bias;
};

// Output rows [begin, end) of one plane, each pixel copied from where its one tap is.
struct ResampleCopy {
  const std::byte* source;
  std::int64_t source_stride;
  AxisTaps rows, columns;
  std::byte* target;  // the plane's first row
  std::int64_t target_stride;
  std::int64_t begin, end, width;
  std::int64_t pixel_bytes;
};

struct ResampleKernels {
  // By the source's dtype: uint8, uint16, float32.
  void (*rows[3])(const ResampleBand& band);
  void (*fixed_rows)(const ResampleBand& band);  // of uint8, in whole numbers
  // `count` floats to pixels; integers are clamped and rounded half up.
  void (*store[3])(const float* from, std::byte* to, std::int64_t count);
  void (*copy)(const ResampleCopy& band);  // any dtype
};

FA_DECLARE_KERNELS(ResampleKernels, resample_kernels)

}  // namespace fa
