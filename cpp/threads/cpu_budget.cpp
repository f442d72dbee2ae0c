#include "threads/cpu_budget.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

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

// Quotas round up: half a processor still needs one thread.
int whole_cpus(double quota, double period) {
  if (!(quota > 0.0) || !(period > 0.0)) return 0;
  return std::max(1, static_cast<int>(std::ceil(quota / period)));
}

double read_number(const std::string& path) {
  std::ifstream file(path);
  double value = -1.0;
  file >> value;
  return file ? value : -1.0;
}

// The tightest limit of a version 2 group and its parents, 0 when there is none.
int quota_v2(const std::string& group) {
  int limit = 0;
  std::string path = group;
  for (;;) {
    std::ifstream file("/sys/fs/cgroup" + path + "/cpu.max");
    std::string quota;
    double period = 0.0;
    if (file >> quota >> period && quota != "max") {
      const int cpus = whole_cpus(std::strtod(quota.c_str(), nullptr), period);
      if (cpus > 0) limit = limit == 0 ? cpus : std::min(limit, cpus);
    }
    if (path.empty() || path == "/") return limit;
    path.resize(path.find_last_of('/'));
  }
}

int quota_v1(const std::string& group) {
  for (const char* mount : {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"}) {
    // Inside a container the group's own files often stand at the mount itself.
    for (const std::string& folder : {std::string(mount) + group, std::string(mount)}) {
      const int cpus = whole_cpus(read_number(folder + "/cpu.cfs_quota_us"),
                                  read_number(folder + "/cpu.cfs_period_us"));
      if (cpus > 0) return cpus;
    }
  }
  return 0;
}

bool lists_cpu(const std::string& controllers) {
  std::istringstream names(controllers);
  for (std::string controller; std::getline(names, controller, ',');) {
    if (controller == "cpu") return true;
  }
  return false;
}

// Lines of /proc/self/cgroup read "0::/group" (version 2) or "4:cpu,cpuacct:/group" (version 1).
int quota_cpus() {
  int limit = 0;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    int cpus = 0;
    if (controllers.empty()) cpus = quota_v2(group);
    if (lists_cpu(controllers)) cpus = quota_v1(group);
    if (cpus > 0) limit = limit == 0 ? cpus : std::min(limit, cpus);
  }
  return limit;
}

}  // namespace

int usable_cpus() {
  const int affinity = affinity_cpus();
  const int quota = quota_cpus();
  return quota > 0 ? std::min(affinity, quota) : affinity;
}

}  // namespace fa
