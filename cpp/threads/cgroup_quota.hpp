// The processor time that control groups leave to this process.
#pragma once

#include <string>

namespace fa {

// Whole processors, rounded up, in the tightest limit of the process's groups and their parents, of
// version 1 and version 2; 0 when there is no limit. Reads `root`/proc/self/cgroup and what is
// mounted under `root`/sys/fs/cgroup.
int cgroup_quota(const std::string& root = "");

}  // namespace fa
