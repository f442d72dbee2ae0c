// How many threads this process may really use, from the scheduler's affinity mask and the cgroup's
// quota.
#pragma once

namespace fa {

// At least 1. Reads the system each time; the caller keeps the answer.
int usable_cpus();

}  // namespace fa
