#include "threads/cgroup_quota.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

namespace fa {
namespace {

// Half a processor still needs one thread.
int whole_cpus(double quota, double period) {
  if (!(quota > 0.0) || !(period > 0.0)) return 0;
  const double cpus = std::ceil(quota / period);
  return static_cast<int>(std::min<double>(cpus, std::numeric_limits<int>::max()));
}

// The smaller of two limits, of which 0 is none.
int tighter(int limit, int other) {
  if (limit == 0 || other == 0) return std::max(limit, other);
  return std::min(limit, other);
}

double read_number(const std::string& path) {
  std::ifstream file(path);
  double value = -1.0;
  file >> value;
  return file ? value : -1.0;
}

// Version 2: "max 100000", or a quota in place of "max".
int limit_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  std::string quota;
  double period = 0.0;
  if (!(file >> quota >> period) || quota == "max") return 0;
  return whole_cpus(std::strtod(quota.c_str(), nullptr), period);
}

// Version 1: a quota of -1 is none.
int limit_v1(const std::string& folder) {
  return whole_cpus(read_number(folder + "/cpu.cfs_quota_us"),
                    read_number(folder + "/cpu.cfs_period_us"));
}

// A container often sees its own group at the mount itself, under the path that the group has
// outside, so folders that do not exist are passed over.
int limit_of_group(const std::string& mount, std::string group,
                   int (*limit_of)(const std::string&)) {
  int limit = 0;
  for (;;) {
    if (!group.empty() && group.back() == '/') group.pop_back();
    limit = tighter(limit, limit_of(mount + group));
    if (group.empty()) return limit;
    const std::size_t parent = group.find_last_of('/');
    group.resize(parent == std::string::npos ? 0 : parent);
  }
}

bool lists_cpu(const std::string& controllers) {
  std::istringstream names(controllers);
  for (std::string controller; std::getline(names, controller, ',');) {
    if (controller == "cpu") return true;
  }
  return false;
}

}  // namespace

// Lines of /proc/self/cgroup read "0::/group" (version 2) or "4:cpu,cpuacct:/group" (version 1).
int cgroup_quota(const std::string& root) {
  const std::string mounts = root + "/sys/fs/cgroup";
  int limit = 0;
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      for (const char* mount : {"", "/unified"}) {
        limit = tighter(limit, limit_of_group(mounts + mount, group, &limit_v2));
      }
    } else if (lists_cpu(controllers)) {
      for (const char* mount : {"/cpu", "/cpu,cpuacct", "/cpuacct,cpu"}) {
        limit = tighter(limit, limit_of_group(mounts + mount, group, &limit_v1));
      }
    }
  }
  return limit;
}

}  // namespace fa
