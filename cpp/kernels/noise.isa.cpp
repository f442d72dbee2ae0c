// Normal noise by Box and Muller's method.
#include "kernels/noise_kernels.hpp"

#include <cstdint>

#include "core/inline.hpp"
#include "kernels/noise_math.isa.hpp"
#include "random/philox.hpp"

namespace fa::FA_ISA {
namespace {

constexpr int kCounters = kNoiseBlock / 4;

// Two independent normal values at a random angle. The first word gives a uniform number in (0, 1]
// whose small values are dense, so that the tails are as they should be.
FA_INLINE CosSin normal_pair(std::uint32_t for_radius, std::uint32_t for_angle) {
  const auto upper_bits = static_cast<std::int32_t>(for_radius >> 1);
  const float unit = (static_cast<float>(upper_bits) + 0.5f) * 0x1p-31f;
  const float radius = __builtin_sqrtf(-2.0f * log_of(unit));
  const CosSin direction = cos_sin_of_turn(for_angle);
  return {radius * direction.cosine, radius * direction.sine};
}

// Lane i of the counters gives the values i, i + 16, i + 32 and i + 48 of the block.
FA_INLINE void normal_block(PhiloxKey key, std::int64_t block, float* FA_RESTRICT target) {
  const std::uint64_t first = static_cast<std::uint64_t>(block) * kCounters;
  const auto low = static_cast<std::uint32_t>(first);
  const auto high = static_cast<std::uint32_t>(first >> 32);
  for (std::uint32_t i = 0; i < kCounters; ++i) {
    const PhiloxBlock words = philox({{low + i, high, 0, 0}}, key);
    const CosSin one = normal_pair(words.words[0], words.words[1]);
    const CosSin other = normal_pair(words.words[2], words.words[3]);
    target[i] = one.cosine;
    target[i + kCounters] = one.sine;
    target[i + 2 * kCounters] = other.cosine;
    target[i + 3 * kCounters] = other.sine;
  }
}

void normal_blocks(std::uint64_t key, std::int64_t first, std::int64_t blocks, float* target) {
  const PhiloxKey words = philox_key(key);
  for (std::int64_t i = 0; i < blocks; ++i) {
    normal_block(words, first + i, target + i * kNoiseBlock);
  }
}

}  // namespace

const NoiseKernels noise_kernels{&normal_blocks};

}  // namespace fa::FA_ISA
