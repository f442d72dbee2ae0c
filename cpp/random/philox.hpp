// Philox4x32-10: the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random
// numbers: as easy as 1, 2, 3" (2011). Four random words are a function of a counter and a key, so
// nothing is stored and nothing depends on who asks first.
#pragma once

#include <cstdint>

#include "core/inline.hpp"

namespace fa {

struct PhiloxKey {
  std::uint32_t low, high;
};

struct PhiloxBlock {
  std::uint32_t words[4];
};

FA_INLINE PhiloxKey philox_key(std::uint64_t key) {
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

FA_INLINE PhiloxBlock philox_round(const PhiloxBlock& block, PhiloxKey key) {
  const std::uint64_t even = std::uint64_t{0xD2511F53} * block.words[0];
  const std::uint64_t odd = std::uint64_t{0xCD9E8D57} * block.words[2];
  return {{static_cast<std::uint32_t>(odd >> 32) ^ block.words[1] ^ key.low,
           static_cast<std::uint32_t>(odd),
           static_cast<std::uint32_t>(even >> 32) ^ block.words[3] ^ key.high,
           static_cast<std::uint32_t>(even)}};
}

FA_INLINE PhiloxKey next_round_key(PhiloxKey key) {
  return {key.low + 0x9E3779B9, key.high + 0xBB67AE85};
}

// Unrolled by hand: the compiler vectorises loops around this only when none is inside.
template <int kRounds>
FA_INLINE PhiloxBlock philox_rounds(const PhiloxBlock& block, PhiloxKey key) {
  if constexpr (kRounds == 0) {
    return block;
  } else {
    return philox_rounds<kRounds - 1>(philox_round(block, key), next_round_key(key));
  }
}

FA_INLINE PhiloxBlock philox(const PhiloxBlock& counter, PhiloxKey key) {
  return philox_rounds<10>(counter, key);
}

}  // namespace fa
