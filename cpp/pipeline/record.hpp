// What was drawn for one sample: one record per transform, in the order in which the pipeline lists
// them (a combinator before its children). Python reads the same memory as a structured array.
#pragma once

#include <cstdint>

namespace fa {

constexpr int kRecordValues = 8;

struct DrawRecord {
  // When it runs in its sample, counted from 0 over all but combinators; -1: not applied. Of a
  // combinator: the order that the next transform to run will have when it begins.
  std::int64_t order;
  double values[kRecordValues];  // by the kind of transform (transform.hpp); the rest is 0
};

}  // namespace fa
