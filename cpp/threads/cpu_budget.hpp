// How many threads this process may really use, from the scheduler's affinity mask and the cgroup's
// quota.
#pragma once

namespace fa {

// Both read the system each time; the caller keeps the answer.
struct CpuBudget {
  int affinity;  // processors in the mask, at least 1
  int quota;     // whole processors, 0 when there is no limit
};
CpuBudget cpu_budget();

// The smaller of the two, at least 1.
int usable_cpus();

}  // namespace fa
