#include "kernels/noise.hpp"

#include <algorithm>

#include "dispatch/isa.hpp"
#include "kernels/noise_kernels.hpp"

namespace fa {
namespace {

constexpr IsaTable<NoiseKernels> kTable{FA_KERNEL_ADDRESSES(noise_kernels)};

}  // namespace

void normal_values(std::uint64_t key, std::int64_t first, std::int64_t count, float* target) {
  const NoiseKernels& kernels = pick(kTable);
  const std::int64_t end = first + count;
  while (first < end) {
    const std::int64_t block = first / kNoiseBlock;
    const std::int64_t skipped = first % kNoiseBlock;
    std::int64_t done = (end - first) / kNoiseBlock * kNoiseBlock;
    if (skipped == 0 && done > 0) {
      kernels.normal_blocks(key, block, done / kNoiseBlock, target);
    } else {
      float values[kNoiseBlock];
      kernels.normal_blocks(key, block, 1, values);
      done = std::min(kNoiseBlock - skipped, end - first);
      std::copy_n(values + skipped, done, target);
    }
    first += done;
    target += done;
  }
}

}  // namespace fa
