// One processor for each thread of a region.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace fa {

// Waking a thread, the kernel likes to put it where the waker runs, and some never move it away
// while the other processors idle: the two then take turns. So every thread of a region claims its
// processor, and one that finds it taken moves to a free one that it is allowed to use. Its
// affinity afterwards is what it was. Linux only; elsewhere these do nothing.
class CpuClaims {
 public:
  // By the caller, before the region opens: forgets all claims and claims the caller's processor.
  void open_region();
  // By each worker that takes part.
  void settle();

 private:
  static constexpr int kMaxCpus = 1024;

  bool claim(int cpu);

  // The region that last claimed each processor: no need to clear them all.
  std::array<std::atomic<std::uint32_t>, kMaxCpus> claimed_{};
  std::uint32_t region_ = 0;
};

}  // namespace fa
