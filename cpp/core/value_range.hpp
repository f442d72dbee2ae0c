// What the values of a float image run from and to; integers run from 0 to their maximum.
#pragma once

namespace fa {

struct ValueRange {
  double low, high;
};

}  // namespace fa
