#include "kernels/tensor_blocks.hpp"

#include <algorithm>
#include <cstring>

namespace fa {
namespace {

// Walks the elements of a strided tensor from one of them on.
class Cursor {
 public:
  Cursor(const TensorView& tensor, std::int64_t element)
      : tensor_(tensor), item_(item_size(tensor.dtype)) {
    seek(element);
  }

  // The next elements that lie on one line of the innermost axis, at most `most` of them.
  template <class Body>  // body(first byte, stride, count)
  void next_line(std::int64_t most, Body body) {
    const Axis& inner = tensor_.axes[tensor_.rank - 1];
    const std::int64_t count = std::min(most, inner.size - column_);
    body(line_ + column_ * inner.stride, inner.stride, count);
    column_ += count;
    element_ += count;
    if (column_ == inner.size && element_ < tensor_.size) seek(element_);
  }

  std::int64_t item() const { return item_; }

 private:
  void seek(std::int64_t element) {
    element_ = element;
    const Axis& inner = tensor_.axes[tensor_.rank - 1];
    column_ = element % inner.size;
    std::int64_t rest = element / inner.size;
    line_ = tensor_.data;
    for (int axis = tensor_.rank - 2; axis >= 0; --axis) {
      line_ += rest % tensor_.axes[axis].size * tensor_.axes[axis].stride;
      rest /= tensor_.axes[axis].size;
    }
  }

  const TensorView& tensor_;
  std::int64_t item_;
  std::int64_t element_ = 0, column_ = 0;
  std::byte* line_ = nullptr;
};

void gather(Cursor& cursor, std::byte* buffer, std::int64_t count) {
  const auto item = static_cast<std::size_t>(cursor.item());
  while (count > 0) {
    cursor.next_line(count, [&](const std::byte* from, std::int64_t stride, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i, buffer += item) {
        std::memcpy(buffer, from + i * stride, item);
      }
      count -= n;
    });
  }
}

void scatter(Cursor& cursor, const std::byte* buffer, std::int64_t count) {
  const auto item = static_cast<std::size_t>(cursor.item());
  while (count > 0) {
    cursor.next_line(count, [&](std::byte* to, std::int64_t stride, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i, buffer += item) {
        std::memcpy(to + i * stride, buffer, item);
      }
      count -= n;
    });
  }
}

// Room for a piece of the widest elements.
struct alignas(64) PieceBuffer {
  std::byte bytes[kPieceElements * 16];
};

}  // namespace

TensorBlocks::TensorBlocks(std::span<const TensorView> tensors)
    : tensors_(tensors), first_block_(std::ssize(tensors) + 1) {
  std::int64_t blocks = 0;
  for (std::int64_t i = 0; i < std::ssize(tensors); ++i) {
    const TensorView& tensor = tensors[static_cast<std::size_t>(i)];
    first_block_[i] = blocks;
    blocks += (tensor.size + kBlockElements - 1) / kBlockElements;
    elements_ += tensor.size;
  }
  first_block_[std::ssize(tensors)] = blocks;
}

std::int64_t TensorBlocks::tensor_of(std::int64_t block) const {
  return std::upper_bound(first_block_.begin(), first_block_.end(), block) - first_block_.begin() -
         1;
}

void read_strided_block(const TensorBlock& block,
                        FunctionRef<void(const std::byte* values, std::int64_t n)> body) {
  PieceBuffer buffer;
  Cursor cursor(*block.tensor, block.begin);
  for (std::int64_t done = 0; done < block.count; done += kPieceElements) {
    const std::int64_t n = std::min(kPieceElements, block.count - done);
    gather(cursor, buffer.bytes, n);
    body(buffer.bytes, n);
  }
}

void update_strided_block(const TensorBlock& block,
                          FunctionRef<void(std::byte* values, std::int64_t n)> body) {
  PieceBuffer buffer;
  Cursor from(*block.tensor, block.begin);
  Cursor to(*block.tensor, block.begin);
  for (std::int64_t done = 0; done < block.count; done += kPieceElements) {
    const std::int64_t n = std::min(kPieceElements, block.count - done);
    gather(from, buffer.bytes, n);
    body(buffer.bytes, n);
    scatter(to, buffer.bytes, n);
  }
}

}  // namespace fa
