#include "kernels/grad_scale.hpp"

#include <cstring>

#include "dispatch/isa.hpp"
#include "kernels/grad_scale_kernels.hpp"
#include "kernels/tensor_blocks.hpp"

namespace fa {
namespace {

constexpr IsaTable<GradScaleKernels> kTable{FA_KERNEL_ADDRESSES(grad_scale_kernels)};

void change(std::span<const TensorView> tensors, const ChangeValues (&kernels)[3], double number,
            Threads threads) {
  TensorBlocks(tensors).for_each(threads, [&](const TensorBlock& block) {
    const ChangeValues kernel = kernels[gradient_dtype_index(block.tensor->dtype)];
    update_block(block, [&](std::byte* values, std::int64_t n) { kernel(values, n, number); });
  });
}

}  // namespace

void scale(std::span<const TensorView> tensors, double factor, Threads threads) {
  change(tensors, pick(kTable).scale, factor, threads);
}

void clamp(std::span<const TensorView> tensors, double limit, Threads threads) {
  change(tensors, pick(kTable).clamp, limit, threads);
}

void set_to_zero(std::span<const TensorView> tensors, Threads threads) {
  TensorBlocks(tensors).for_each(threads, [&](const TensorBlock& block) {
    update_block(block, [&](std::byte* values, std::int64_t n) {
      std::memset(values, 0, static_cast<std::size_t>(n * item_size(block.tensor->dtype)));
    });
  });
}

}  // namespace fa
