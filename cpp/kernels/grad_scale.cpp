#include "kernels/grad_scale.hpp"

#include <algorithm>
#include <cstring>

#include "dispatch/isa.hpp"
#include "kernels/grad_scale_kernels.hpp"
#include "kernels/tensor_blocks.hpp"

namespace fa {
namespace {

constexpr IsaTable<GradScaleKernels> kTable{FA_KERNEL_ADDRESSES(grad_scale_kernels)};

void change(std::span<const TensorView> tensors, const ChangeValues* kernels, double number,
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

void scale_each(std::span<const TensorView> tensors, std::span<const double> factors,
                Threads threads) {
  const GradScaleKernels& kernels = pick(kTable);
  TensorBlocks(tensors).for_each(threads, [&](const TensorBlock& block) {
    const double factor = factors[static_cast<std::size_t>(block.tensor - tensors.data())];
    if (factor == 1.0) return;
    const ChangeValues kernel = kernels.scale[gradient_dtype_index(block.tensor->dtype)];
    update_block(block, [&](std::byte* values, std::int64_t n) { kernel(values, n, factor); });
  });
}

void scale_tensor(const TensorView& tensor, double factor) {
  const ChangeValues kernel = pick(kTable).scale[gradient_dtype_index(tensor.dtype)];
  for (std::int64_t begin = 0; begin < tensor.size; begin += kBlockElements) {
    const TensorBlock block{0, &tensor, begin, std::min(kBlockElements, tensor.size - begin)};
    update_block(block, [&](std::byte* values, std::int64_t n) { kernel(values, n, factor); });
  }
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
