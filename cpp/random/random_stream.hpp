// The random numbers of one transform of one sample.
#pragma once

#include <cstdint>
#include <utility>

#include "core/check.hpp"
#include "core/inline.hpp"
#include "random/philox.hpp"

namespace fa {

// What a stream is a function of, and nothing else.
struct StreamKey {
  std::uint64_t seed;
  std::uint32_t epoch;
  std::uint64_t index;     // of the sample
  std::uint32_t position;  // of the transform in its pipeline, below 2^16
};

// Words are taken in order from Philox blocks: the key is the seed, the counter (position * 2^16 +
// number of the block, epoch, low half of the index, high half). At most 2^18 words.
class RandomStream {
 public:
  explicit FA_INLINE RandomStream(const StreamKey& key)
      : key_(philox_key(key.seed)),
        counter_{{key.position << 16, key.epoch, static_cast<std::uint32_t>(key.index),
                  static_cast<std::uint32_t>(key.index >> 32)}},
        block_{},
        used_(kWords) {
    FA_ASSERT(key.position < 1 << 16);
  }

  FA_INLINE std::uint32_t word() {
    if (used_ == kWords) {
      block_ = philox(counter_, key_);
      ++counter_.words[0];
      FA_ASSERT((counter_.words[0] & 0xffff) != 0);
      used_ = 0;
    }
    return block_.words[used_++];
  }

  // A multiple of 2^-53 in [0, 1).
  FA_INLINE double uniform() { return static_cast<double>(bits53()) * 0x1p-53; }

  // In [low, high]; exactly `low` where both are equal.
  FA_INLINE double uniform(double low, double high) {
    const double value = low + (high - low) * uniform();
    return value < high ? value : high;
  }

  // A whole number in [0, count), 1 <= count <= 2^40: none is likelier than another by more than a
  // part in 2^13.
  FA_INLINE std::int64_t below(std::int64_t count) {
    FA_ASSERT(count >= 1 && count <= std::int64_t{1} << 40);
    return static_cast<std::int64_t>(uniform() * static_cast<double>(count));
  }

  FA_INLINE std::uint64_t bits53() {
    const std::uint64_t high = word() >> 5;
    return high << 26 | word() >> 6;
  }

  // Always for p >= 1, never for p <= 0.
  FA_INLINE bool bernoulli(double p) { return uniform() < p; }

  // Every order of the items is equally likely.
  template <class T>
  FA_INLINE void shuffle(T* items, std::int64_t count) {
    for (std::int64_t i = count - 1; i > 0; --i) std::swap(items[i], items[below(i + 1)]);
  }

  // i with probability weights[i] / sum; -1 when all weights are 0. None is negative.
  FA_INLINE std::int64_t choose(const double* weights, std::int64_t count) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < count; ++i) sum += weights[i];
    double rest = uniform() * sum;
    std::int64_t chosen = -1;
    for (std::int64_t i = 0; i < count; ++i) {
      if (weights[i] <= 0.0) continue;
      chosen = i;  // rounding may leave a rest behind the last
      if (rest < weights[i]) break;
      rest -= weights[i];
    }
    return chosen;
  }

 private:
  static constexpr int kWords = 4;

  PhiloxKey key_;
  PhiloxBlock counter_, block_;
  int used_;
};

}  // namespace fa
