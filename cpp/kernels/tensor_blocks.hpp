// A list of tensors cut into blocks that depend on nothing but their sizes: what makes a reduction
// give the same bits on any number of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/function_ref.hpp"
#include "core/scratch_array.hpp"
#include "core/span.hpp"
#include "core/tensor_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Elements of a block; a tensor's last block is shorter, and no block spans two tensors.
constexpr std::int64_t kBlockElements = 32768;
// Elements of the pieces in which strided blocks pass through a buffer.
constexpr std::int64_t kPieceElements = 1024;

struct TensorBlock {
  std::int64_t index;  // counts through the whole list
  const TensorView* tensor;
  std::int64_t begin, count;  // elements, in the tensor's own order
};

class TensorBlocks {
 public:
  explicit TensorBlocks(std::span<const TensorView> tensors);

  std::int64_t count() const { return first_block_[std::ssize(tensors_)]; }
  // The numbers of a tensor's blocks.
  Span blocks_of(std::size_t tensor) const {
    const auto position = static_cast<std::int64_t>(tensor);
    return {first_block_[position], first_block_[position + 1]};
  }
  // Calls body(block) once per block, on several threads. A template, as tensors may be so small
  // that a call of a function counts.
  template <class Body>
  void for_each(Threads threads, Body body) const {
    if (count() == 0) return;
    parallel_for(count(), grain(), threads, [&](std::int64_t first, std::int64_t last) {
      std::int64_t position = tensor_of(first);
      for (std::int64_t index = first; index < last; ++index) {
        while (first_block_[position + 1] <= index) ++position;
        const TensorView& tensor = tensors_[static_cast<std::size_t>(position)];
        const std::int64_t begin = (index - first_block_[position]) * kBlockElements;
        body(TensorBlock{index, &tensor, begin, std::min(kBlockElements, tensor.size - begin)});
      }
    });
  }

 private:
  // Many small tensors share a range, so that a range is worth a thread.
  std::int64_t grain() const {
    return kBlockElements * count() / std::max<std::int64_t>(elements_, 1);
  }
  std::int64_t tensor_of(std::int64_t block) const;

  std::span<const TensorView> tensors_;
  ScratchArray<std::int64_t> first_block_;  // of each tensor, and the end
  std::int64_t elements_ = 0;
};

// Where a block of a packed tensor begins.
inline std::byte* packed_start(const TensorBlock& block) {
  return block.tensor->data + block.begin * item_size(block.tensor->dtype);
}

void read_strided_block(const TensorBlock& block,
                        FunctionRef<void(const std::byte* values, std::int64_t n)> body);
void update_strided_block(const TensorBlock& block,
                          FunctionRef<void(std::byte* values, std::int64_t n)> body);

// Calls body(values, n) with the packed elements of the block, in order: the tensor's own memory,
// or pieces of kPieceElements copied out of strided memory.
template <class Body>
void read_block(const TensorBlock& block, Body body) {
  if (block.tensor->rank > 0) return read_strided_block(block, body);
  body(static_cast<const std::byte*>(packed_start(block)), block.count);
}

// As read_block; what body leaves in `values` becomes the tensor's.
template <class Body>
void update_block(const TensorBlock& block, Body body) {
  if (block.tensor->rank > 0) return update_strided_block(block, body);
  body(packed_start(block), block.count);
}

}  // namespace fa
