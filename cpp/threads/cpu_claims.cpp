#include "threads/cpu_claims.hpp"

#if defined(__linux__)
#include <sched.h>
#endif

namespace fa {

bool CpuClaims::claim(int cpu) {
  // A processor beyond the table counts as free.
  if (cpu < 0 || cpu >= kMaxCpus) return true;
  auto& holder = claimed_[static_cast<std::size_t>(cpu)];
  return holder.exchange(region_, std::memory_order_relaxed) != region_;
}

#if defined(__linux__)

void CpuClaims::open_region() {
  ++region_;
  claim(sched_getcpu());
}

void CpuClaims::settle() {
  if (claim(sched_getcpu())) return;
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || !claim(cpu)) continue;
    cpu_set_t target;
    CPU_ZERO(&target);
    CPU_SET(cpu, &target);
    if (sched_setaffinity(0, sizeof target, &target) != 0) return;
    sched_setaffinity(0, sizeof allowed, &allowed);
    return;
  }
}

#else

void CpuClaims::open_region() {}
void CpuClaims::settle() {}

#endif

}  // namespace fa
