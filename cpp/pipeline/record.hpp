// What was drawn for one sample: one record per transform, in the order in which the pipeline lists
// them (a combinator before its children). Python reads the same memory as a structured array.
#pragma once

#include <cstdint>

namespace fa {

constexpr int kRecordValues = 8;

struct DrawRecord {
  std::int64_t order;            // when it runs in its sample, counted from 0; -1: not applied
  double values[kRecordValues];  // by the kind of transform (transform.hpp); the rest is 0
};

}  // namespace fa
