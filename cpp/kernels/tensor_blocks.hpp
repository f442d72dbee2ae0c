// A list of tensors cut into blocks that depend on nothing but their sizes: what makes a reduction
// give the same bits on any number of threads.
#pragma once

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
  // Calls body once per block, on several threads.
  void for_each(Threads threads, FunctionRef<void(const TensorBlock&)> body) const;

 private:
  std::span<const TensorView> tensors_;
  ScratchArray<std::int64_t> first_block_;  // of each tensor, and the end
  std::int64_t elements_ = 0;
};

// Where a block of a packed tensor begins.
inline std::byte* packed_start(const TensorBlock& block) {
  return block.tensor->data + block.begin * item_size(block.tensor->dtype);
}

// Calls body(values, n) with the packed elements of the block, in order: the tensor's own memory,
// or pieces of kPieceElements copied out of strided memory.
void read_block(const TensorBlock& block,
                FunctionRef<void(const std::byte* values, std::int64_t n)> body);

// As read_block; what body leaves in `values` becomes the tensor's.
void update_block(const TensorBlock& block,
                  FunctionRef<void(std::byte* values, std::int64_t n)> body);

}  // namespace fa
