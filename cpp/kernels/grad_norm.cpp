#include "kernels/grad_norm.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/half.hpp"
#include "core/scratch_array.hpp"
#include "dispatch/isa.hpp"
#include "kernels/grad_norm_kernels.hpp"
#include "kernels/tensor_blocks.hpp"

namespace fa {
namespace {

constexpr IsaTable<GradNormKernels> kTable{FA_KERNEL_ADDRESSES(grad_norm_kernels)};

// Sums of squares below this may have lost elements to underflow.
constexpr double kSmallestTrustedSum = 1e-280;

double element(const std::byte* values, std::int64_t i, DType dtype) {
  const auto read = [&](auto value) {
    std::memcpy(&value, values + i * static_cast<std::int64_t>(sizeof value), sizeof value);
    return value;
  };
  if (dtype == DType::kFloat16) return half_to_float(read(Half{}));
  if (dtype == DType::kFloat32) return read(0.0f);
  return read(0.0);
}

double sum_in_order(const ScratchArray<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum;
}

double lane_sum(const TensorBlocks& blocks, const AddToLanes (&kernels)[3], Threads threads) {
  ScratchArray<double> partial(blocks.count());
  blocks.for_each(threads, [&](const TensorBlock& block) {
    const AddToLanes add = kernels[gradient_dtype_index(block.tensor->dtype)];
    double lanes[kLanes] = {};
    read_block(block, [&](const std::byte* values, std::int64_t n) { add(values, n, lanes); });
    for (int width = kLanes / 2; width > 0; width /= 2) {
      for (int lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
    }
    partial[block.index] = lanes[0];
  });
  return sum_in_order(partial);
}

// The sum of |element / scale| ** p.
double power_sum(const TensorBlocks& blocks, double p, double scale, Threads threads) {
  ScratchArray<double> partial(blocks.count());
  blocks.for_each(threads, [&](const TensorBlock& block) {
    double sum = 0.0;
    read_block(block, [&](const std::byte* values, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) {
        sum += std::pow(std::abs(element(values, i, block.tensor->dtype)) / scale, p);
      }
    });
    partial[block.index] = sum;
  });
  return sum_in_order(partial);
}

double largest_magnitude(const TensorBlocks& blocks, Threads threads) {
  const GradNormKernels& kernels = pick(kTable);
  ScratchArray<std::int64_t> partial(blocks.count(), 0);
  blocks.for_each(threads, [&](const TensorBlock& block) {
    std::int64_t& largest = partial[block.index];
    read_block(block, [&](const std::byte* values, std::int64_t n) {
      largest =
          std::max(largest, kernels.largest[gradient_dtype_index(block.tensor->dtype)](values, n));
    });
  });
  const auto largest = std::max_element(partial.begin(), partial.end());
  return largest == partial.end() ? 0.0 : std::bit_cast<double>(*largest);
}

}  // namespace

double total_norm(std::span<const TensorView> tensors, double p, Threads threads) {
  const TensorBlocks blocks(tensors);
  if (std::isinf(p)) return largest_magnitude(blocks, threads);
  const GradNormKernels& kernels = pick(kTable);
  const double sum = p == 2.0   ? lane_sum(blocks, kernels.squares, threads)
                     : p == 1.0 ? lane_sum(blocks, kernels.magnitudes, threads)
                                : power_sum(blocks, p, 1.0, threads);
  const bool trusted = std::isnan(sum) || (std::isfinite(sum) && sum >= kSmallestTrustedSum);
  if (trusted) return p == 2.0 ? std::sqrt(sum) : p == 1.0 ? sum : std::pow(sum, 1.0 / p);
  // The powers left the range of float64 though the norm may not: measure in units of the largest.
  const double largest = largest_magnitude(blocks, threads);
  if (largest == 0.0 || !std::isfinite(largest)) return largest;
  return largest * std::pow(power_sum(blocks, p, largest, threads), 1.0 / p);
}

std::optional<NonFiniteElement> find_nonfinite(std::span<const TensorView> tensors) {
  const TensorBlocks blocks(tensors);
  std::optional<NonFiniteElement> found;
  // In order, on one thread: this runs once, when training has already gone wrong.
  blocks.for_each(Threads{1}, [&](const TensorBlock& block) {
    std::int64_t before = block.begin;
    read_block(block, [&](const std::byte* values, std::int64_t n) {
      for (std::int64_t i = 0; i < n && !found.has_value(); ++i) {
        const double value = element(values, i, block.tensor->dtype);
        if (std::isfinite(value)) continue;
        found = NonFiniteElement{block.tensor - tensors.data(), before + i, value};
      }
      before += n;
    });
  });
  return found;
}

}  // namespace fa
