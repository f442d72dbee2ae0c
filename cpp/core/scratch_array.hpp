// Arrays for the length of a scope, in memory that the thread keeps for the next ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <type_traits>

#include "core/buffer.hpp"

namespace fa {

// The buffers of a thread: the arrays that are alive use the first of them.
struct ScratchStack {
  std::deque<Buffer> buffers;
  std::size_t used = 0;
};

inline ScratchStack& scratch_stack() {
  thread_local ScratchStack stack;
  return stack;
}

// For local variables and their members only: arrays end in the opposite order of their making, on
// the thread that made them. In between any thread may use the elements.
template <class T>
class ScratchArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  // Numbers and pointers are not initialised.
  explicit ScratchArray(std::int64_t size) : size_(size), data_(take(size)) {
    std::uninitialized_default_construct_n(data_, size);
  }
  ScratchArray(std::int64_t size, const T& value) : size_(size), data_(take(size)) {
    std::uninitialized_fill_n(data_, size, value);
  }
  ScratchArray(const ScratchArray&) = delete;
  ScratchArray& operator=(const ScratchArray&) = delete;
  ~ScratchArray() { --scratch_stack().used; }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::int64_t size() const { return size_; }
  T& operator[](std::int64_t i) { return data_[i]; }
  const T& operator[](std::int64_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  static T* take(std::int64_t size) {
    ScratchStack& stack = scratch_stack();
    if (stack.used == stack.buffers.size()) stack.buffers.emplace_back();
    const auto bytes = static_cast<std::size_t>(size) * sizeof(T);
    std::byte* data = stack.buffers[stack.used].take(bytes);
    ++stack.used;
    return reinterpret_cast<T*>(data);
  }

  std::int64_t size_;
  T* data_;
};

}  // namespace fa
