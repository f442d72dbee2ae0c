// Memory that grows when it must and is otherwise kept: for scratch that is used again and again.
#pragma once

#include <cstddef>
#include <new>

namespace fa {

class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  // At least `size` bytes, aligned for vectors; what was there before is lost.
  std::byte* take(std::size_t size) {
    if (size > size_) {
      release();
      data_ = static_cast<std::byte*>(::operator new(size, kAlignment));
      size_ = size;
    }
    return data_;
  }

 private:
  static constexpr std::align_val_t kAlignment{64};

  void release() {
    if (data_ != nullptr) ::operator delete(data_, kAlignment);
    data_ = nullptr;
    size_ = 0;
  }

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace fa
