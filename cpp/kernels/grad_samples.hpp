// Gradients of single samples (DP-SGD): the norm of each, and their clipped sum with noise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/tensor_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// norms[i] is the 2-norm of row i of all tensors together, each packed with the samples as first
// axis. Same bits for any number of threads and instruction set; as total_norm of one sample.
void sample_norms(std::span<const TensorView> tensors, std::span<double> norms, Threads threads);

// Normal noise of the stream `key`; its values are numbered through all targets.
struct SampleNoise {
  std::uint64_t key = 0;
  double deviation = 0.0;  // 0: none
};

// targets[t] = the sum over samples i of factors[i] * row i of tensors[t], plus noise, in float64
// and rounded once. Targets are packed, float32 or float64, and share no memory with a tensor.
void sum_samples(std::span<const TensorView> tensors, std::span<const double> factors,
                 const SampleNoise& noise, std::span<const TensorView> targets, Threads threads);

}  // namespace fa
