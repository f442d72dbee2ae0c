#pragma once

#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// Values are made in blocks of this many, from a quarter as many counters.
constexpr std::int64_t kNoiseBlock = 64;

struct NoiseKernels {
  // The values of `blocks` whole blocks of the stream, from block `first` on.
  void (*normal_blocks)(std::uint64_t key, std::int64_t first, std::int64_t blocks, float* target);
};

FA_DECLARE_KERNELS(NoiseKernels, noise_kernels)

}  // namespace fa
