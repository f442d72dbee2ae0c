#include "kernels/grad_samples.hpp"

#include <algorithm>
#include <vector>

#include "dispatch/isa.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_samples_kernels.hpp"
#include "kernels/noise.hpp"
#include "kernels/tensor_blocks.hpp"
#include "threads/thread_count.hpp"

namespace fa {
namespace {

constexpr IsaTable<GradSamplesKernels> kTable{FA_KERNEL_ADDRESSES(grad_samples_kernels)};

// Sums of this many elements stay in the second cache while the samples pass by.
constexpr std::int64_t kSumElements = 8192;
// Fewer when there would not be enough such pieces for many threads.
constexpr std::int64_t kFewElements = 1024;
constexpr std::int64_t kManyPieces = 32;
// Below this many samples per thread, threads share one sample.
constexpr std::int64_t kSamplesPerThread = 4;

double norm_of_sample(std::span<const TensorView> tensors, std::int64_t sample,
                      std::int64_t samples, Threads threads) {
  std::vector<TensorView> rows(tensors.begin(), tensors.end());
  for (TensorView& row : rows) {
    row.size /= samples;
    row.data += sample * row.size * item_size(row.dtype);
  }
  return total_norm(rows, 2.0, threads);
}

struct alignas(64) Sums {
  double values[kSumElements];
};

void add_noise(const SampleNoise& noise, std::int64_t first, std::int64_t n, double* sums) {
  alignas(64) float normal[kSumElements];
  normal_values(noise.key, first, n, normal);
  for (std::int64_t i = 0; i < n; ++i) {
    sums[i] += noise.deviation * static_cast<double>(normal[i]);
  }
}

void store(const double* sums, std::int64_t n, DType dtype, std::byte* target) {
  if (dtype == DType::kFloat64) {
    std::copy_n(sums, n, reinterpret_cast<double*>(target));
    return;
  }
  float* values = reinterpret_cast<float*>(target);
  for (std::int64_t i = 0; i < n; ++i) values[i] = static_cast<float>(sums[i]);
}

}  // namespace

void sample_norms(std::span<const TensorView> tensors, std::span<double> norms, Threads threads) {
  const auto samples = static_cast<std::int64_t>(norms.size());
  const std::int64_t wanted = threads.count > 0 ? threads.count : num_threads();
  const bool shares_samples = samples < wanted * kSamplesPerThread;
  const auto measure = [&](std::int64_t begin, std::int64_t end, Threads team) {
    for (std::int64_t i = begin; i < end; ++i) {
      norms[static_cast<std::size_t>(i)] = norm_of_sample(tensors, i, samples, team);
    }
  };
  if (shares_samples) return measure(0, samples, threads);
  parallel_for(samples, 1, threads,
               [&](std::int64_t begin, std::int64_t end) { measure(begin, end, Threads{1}); });
}

void sum_samples(std::span<const TensorView> tensors, std::span<const double> factors,
                 const SampleNoise& noise, std::span<const TensorView> targets, Threads threads) {
  const GradSamplesKernels& kernels = pick(kTable);
  std::vector<std::int64_t> first_element(1, 0);  // of each target, for the noise
  for (const TensorView& target : targets) {
    first_element.push_back(first_element.back() + target.size);
  }
  const bool is_large = first_element.back() >= kManyPieces * kSumElements;
  const std::int64_t piece_elements = is_large ? kSumElements : kFewElements;
  std::vector<std::int64_t> first_piece(1, 0);  // of each target
  for (const TensorView& target : targets) {
    first_piece.push_back(first_piece.back() + (target.size + piece_elements - 1) / piece_elements);
  }
  const auto samples = static_cast<std::int64_t>(factors.size());
  const auto sum_piece = [&](std::size_t t, std::int64_t begin, Sums& sums) {
    const std::int64_t n = std::min(piece_elements, targets[t].size - begin);
    const std::int64_t item = item_size(tensors[t].dtype);
    const AddScaledRows add = kernels.add_scaled[gradient_dtype_index(tensors[t].dtype)];
    std::fill_n(sums.values, n, 0.0);
    add({tensors[t].data + begin * item, targets[t].size * item, samples, n}, factors.data(),
        sums.values);
    if (noise.deviation > 0.0) add_noise(noise, first_element[t] + begin, n, sums.values);
    store(sums.values, n, targets[t].dtype, targets[t].data + begin * item_size(targets[t].dtype));
  };
  const std::int64_t grain = kBlockElements / (std::max<std::int64_t>(samples, 1) * piece_elements);
  parallel_for(first_piece.back(), grain, threads, [&](std::int64_t first, std::int64_t last) {
    Sums sums;
    const auto after = std::upper_bound(first_piece.begin(), first_piece.end(), first);
    auto t = static_cast<std::size_t>(after - first_piece.begin()) - 1;
    for (std::int64_t piece = first; piece < last; ++piece) {
      while (first_piece[t + 1] <= piece) ++t;
      sum_piece(t, (piece - first_piece[t]) * piece_elements, sums);
    }
  });
}

}  // namespace fa
