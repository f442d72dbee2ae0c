// Counts what a program allocates, on all threads: its .cpp replaces the global operator new.
#pragma once

#include <atomic>
#include <cstdint>

namespace fa::test {

inline std::atomic<std::int64_t> allocations{0};

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
