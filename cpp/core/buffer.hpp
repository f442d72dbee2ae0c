// Memory that grows when it must and is otherwise kept: for scratch that is used again and again.
#pragma once

#include <cstddef>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace fa {

class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  // At least `size` bytes, aligned for vectors; what was there before is lost.
  std::byte* take(std::size_t size) {
    forbid_beyond(size_);
    if (size > size_) {
      release();
      data_ = static_cast<std::byte*>(::operator new(size, kAlignment));
      size_ = size;
    }
    forbid_beyond(size);
    return data_;
  }

 private:
  static constexpr std::align_val_t kAlignment{64};

  void release() {
    forbid_beyond(size_);
    if (data_ != nullptr) ::operator delete(data_, kAlignment);
    data_ = nullptr;
    size_ = 0;
  }

  // The address sanitizer then sees accesses beyond what was asked for, as it would in memory of
  // that size.
  void forbid_beyond([[maybe_unused]] std::size_t size) {
#if defined(__SANITIZE_ADDRESS__)
    ASAN_UNPOISON_MEMORY_REGION(data_, size);
    ASAN_POISON_MEMORY_REGION(data_ + size, size_ - size);
#endif
  }

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace fa
