#include "kernels/grad_norm.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/bfloat16.hpp"
#include "core/half.hpp"
#include "core/modulus.hpp"
#include "core/scratch_array.hpp"
#include "dispatch/isa.hpp"
#include "kernels/grad_norm_kernels.hpp"
#include "kernels/tensor_blocks.hpp"

namespace fa {
namespace {

constexpr IsaTable<GradNormKernels> kTable{FA_KERNEL_ADDRESSES(grad_norm_kernels)};

// Sums of powers below this may have lost elements to underflow.
constexpr double kSmallestTrustedSum = 1e-280;

template <class T>
T read(const std::byte* values, std::int64_t i) {
  T value;
  std::memcpy(&value, values + i * static_cast<std::int64_t>(sizeof value), sizeof value);
  return value;
}

// For a complex dtype `i` counts parts.
double part(const std::byte* values, std::int64_t i, DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
      return half_to_float(read<Half>(values, i));
    case DType::kBfloat16:
      return bfloat16_to_float(read<Bfloat16>(values, i));
    case DType::kFloat32:
    case DType::kComplex64:
      return read<float>(values, i);
    default:
      return read<double>(values, i);
  }
}

double magnitude(const std::byte* values, std::int64_t i, DType dtype) {
  if (!is_complex(dtype)) return std::abs(part(values, i, dtype));
  return modulus(part(values, 2 * i, dtype), part(values, 2 * i + 1, dtype));
}

double raised(double value, double p) {
  return p == 2.0 ? value * value : p == 1.0 ? value : std::pow(value, p);
}

double root(double sum, double p) {
  return p == 2.0 ? std::sqrt(sum) : p == 1.0 ? sum : std::pow(sum, 1.0 / p);
}

bool is_trusted(double power) {
  return std::isnan(power) || (std::isfinite(power) && power >= kSmallestTrustedSum);
}

double lane_sum(const TensorBlock& block, AddToLanes add, SumOfPacked sum_of_packed) {
  if (block.tensor->rank == 0) return sum_of_packed(packed_start(block), block.count);
  double lanes[kLanes] = {};
  read_block(block, [&](const std::byte* values, std::int64_t n) { add(values, n, lanes); });
  return sum_of_lanes(lanes);
}

double power_sum(const TensorBlock& block, double p, double unit) {
  double sum = 0.0;
  read_block(block, [&](const std::byte* values, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) {
      sum += std::pow(magnitude(values, i, block.tensor->dtype) / unit, p);
    }
  });
  return sum;
}

double largest_magnitude(const TensorBlock& block, LargestBits largest_bits) {
  std::int64_t largest = 0;
  read_block(block, [&](const std::byte* values, std::int64_t n) {
    largest = std::max(largest, largest_bits(values, n));
  });
  return std::bit_cast<double>(largest);
}

// The sum of |element| ** p over a block; for p = infinity its largest magnitude.
double power_of(const TensorBlock& block, double p, const GradNormKernels& kernels) {
  const int dtype = gradient_dtype_index(block.tensor->dtype);
  if (p == 2.0) return lane_sum(block, kernels.squares[dtype], kernels.square_sum[dtype]);
  if (p == 1.0) return lane_sum(block, kernels.magnitudes[dtype], kernels.magnitude_sum[dtype]);
  if (std::isinf(p)) return largest_magnitude(block, kernels.largest[dtype]);
  return power_sum(block, p, 1.0);
}

// Two of those together. As bits, NaN is larger than all magnitudes.
double joined(double a, double b, double p) {
  if (!std::isinf(p)) return a + b;
  return std::bit_cast<std::int64_t>(a) < std::bit_cast<std::int64_t>(b) ? b : a;
}

double joined(std::span<const double> powers, double p) {
  double power = 0.0;
  for (const double of_block : powers) power = joined(power, of_block, p);
  return power;
}

// One per block.
void write_block_powers(const TensorBlocks& blocks, double p, Threads threads, double* powers) {
  const GradNormKernels& kernels = pick(kTable);
  blocks.for_each(threads, [&](const TensorBlock& block) {
    powers[block.index] = power_of(block, p, kernels);
  });
}

template <class Body>  // body(block)
void for_each_block(const TensorView& tensor, Body body) {
  for (std::int64_t begin = 0; begin < tensor.size; begin += kBlockElements) {
    body(TensorBlock{0, &tensor, begin, std::min(kBlockElements, tensor.size - begin)});
  }
}

// The norm of a tensor whose power left the range of float64: measured in units of its largest
// element.
double norm_in_units(const TensorView& tensor, double p) {
  const double largest = tensor_norm(tensor, HUGE_VAL);
  if (largest == 0.0 || !std::isfinite(largest)) return largest;
  double sum = 0.0;
  for_each_block(tensor, [&](const TensorBlock& block) { sum += power_sum(block, p, largest); });
  return largest * std::pow(sum, 1.0 / p);
}

double norm_from_power(const TensorView& tensor, double power, double p) {
  if (std::isinf(p)) return power;
  return is_trusted(power) ? root(power, p) : norm_in_units(tensor, p);
}

}  // namespace

double total_norm(std::span<const TensorView> tensors, double p, Threads threads) {
  const double power = norm_power(tensors, p, threads);
  if (std::isinf(p)) return power;
  if (is_trusted(power)) return root(power, p);
  NormSum sum(p);
  for (const TensorView& tensor : tensors) sum.add(tensor_powers(tensor, p, threads));
  return sum.norm();
}

double norm_power(std::span<const TensorView> tensors, double p, Threads threads) {
  const TensorBlocks blocks(tensors);
  ScratchArray<double> powers(blocks.count());
  write_block_powers(blocks, p, threads, powers.data());
  return joined({powers.begin(), powers.end()}, p);
}

std::vector<double> norm_of_each(std::span<const TensorView> tensors, double p, Threads threads) {
  const TensorBlocks blocks(tensors);
  ScratchArray<double> powers(blocks.count());
  write_block_powers(blocks, p, threads, powers.data());
  std::vector<double> norms(tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Span own = blocks.blocks_of(i);
    const std::span<const double> own_powers(powers.data() + own.begin,
                                             static_cast<std::size_t>(own.end - own.begin));
    norms[i] = norm_from_power(tensors[i], joined(own_powers, p), p);
  }
  return norms;
}

double tensor_norm(const TensorView& tensor, double p) {
  const GradNormKernels& kernels = pick(kTable);
  double power = 0.0;
  for_each_block(tensor, [&](const TensorBlock& block) {
    power = joined(power, power_of(block, p, kernels), p);
  });
  return norm_from_power(tensor, power, p);
}

TensorPowers tensor_powers(const TensorView& tensor, double p, Threads threads) {
  const TensorBlocks blocks(std::span(&tensor, 1));
  TensorPowers powers{std::vector<double>(static_cast<std::size_t>(blocks.count())), 0.0};
  write_block_powers(blocks, p, threads, powers.of_blocks.data());
  powers.norm = norm_from_power(tensor, joined(powers.of_blocks, p), p);
  return powers;
}

void NormSum::add(const TensorPowers& powers) {
  for (const double of_block : powers.of_blocks) power_ = joined(power_, of_block, p_);
  if (!std::isinf(p_)) add_norm(powers.norm);
}

void NormSum::add_norm(double norm) {
  if (norm == 0.0 || std::isinf(unit_)) return;
  if (norm > unit_) {
    units_ = units_ * raised(unit_ / norm, p_) + 1.0;
    unit_ = norm;
  } else {
    units_ += raised(norm / unit_, p_);
  }
}

double NormSum::norm() const {
  if (std::isinf(p_)) return power_;
  return is_trusted(power_) ? root(power_, p_) : unit_ * root(units_, p_);
}

std::optional<NonFiniteElement> find_nonfinite(std::span<const TensorView> tensors) {
  const TensorBlocks blocks(tensors);
  std::optional<NonFiniteElement> found;
  // In order, on one thread: this runs once, when training has already gone wrong.
  blocks.for_each(Threads{1}, [&](const TensorBlock& block) {
    const int parts = is_complex(block.tensor->dtype) ? 2 : 1;
    std::int64_t before = block.begin;
    read_block(block, [&](const std::byte* values, std::int64_t n) {
      for (std::int64_t i = 0; i < n * parts && !found.has_value(); ++i) {
        const double value = part(values, i, block.tensor->dtype);
        if (std::isfinite(value)) continue;
        found = NonFiniteElement{block.tensor - tensors.data(), before + i / parts, value};
      }
      before += n;
    });
  });
  return found;
}

}  // namespace fa
