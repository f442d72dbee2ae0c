// Counts what a program allocates, on all threads. Include it once per program: it replaces the
// global operator new, of which the other forms are made.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace fa::test {

inline std::atomic<std::int64_t> allocations{0};

inline void* counted(void* memory) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// How many allocations a call makes.
template <class Call>
std::int64_t allocations_of(Call call) {
  const std::int64_t before = allocations.load();
  call();
  return allocations.load() - before;
}

// Whether a call comes to allocate nothing. On several threads it is chance which of them does
// what, so memory grows in any of the first calls; but only so often.
template <class Call>
bool settles(Call call) {
  constexpr int kCalls = 200, kQuietCalls = 20;
  int quiet = 0;
  for (int i = 0; i < kCalls && quiet < kQuietCalls; ++i) {
    quiet = allocations_of(call) == 0 ? quiet + 1 : 0;
  }
  return quiet == kQuietCalls;
}

}  // namespace fa::test

void* operator new(std::size_t size) { return fa::test::counted(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  return fa::test::counted(std::aligned_alloc(unit, (size + unit - 1) / unit * unit));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
