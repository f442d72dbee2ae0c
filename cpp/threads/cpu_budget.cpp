#include "threads/cpu_budget.hpp"

#include <algorithm>
#include <thread>

#include "threads/cgroup_quota.hpp"

#if defined(__linux__)
#include <sched.h>
#endif

namespace fa {
namespace {

int affinity_cpus() {
#if defined(__linux__)
  // Machines with more than 1,024 processors need a larger set than cpu_set_t.
  for (int capacity = 1024; capacity <= 1 << 20; capacity *= 4) {
    cpu_set_t* set = CPU_ALLOC(capacity);
    if (set == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(capacity);
    const bool known = sched_getaffinity(0, bytes, set) == 0;
    const int count = known ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
  }
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

CpuBudget cpu_budget() { return {affinity_cpus(), cgroup_quota()}; }

int usable_cpus() {
  const CpuBudget budget = cpu_budget();
  return budget.quota > 0 ? std::min(budget.affinity, budget.quota) : budget.affinity;
}

}  // namespace fa
