// Rows of float32 values that a kernel writes and another reads.
#pragma once

#include <cstdint>

namespace fa {

// Value c of pixel x of row y at first[(y - begin) * row_stride + c * channel_stride + x], or with
// a channel_stride of 0 at first[(y - begin) * row_stride + x * channels + c]. kRowSlack floats
// after the last of a row (of a channel's row, if planar) are scratch.
struct FloatRows {
  float* first;                             // of row `begin`
  std::int64_t row_stride, channel_stride;  // floats
};

}  // namespace fa
