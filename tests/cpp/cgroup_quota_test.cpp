// Limits of control groups, read from trees of files that look like those of the system.
#include "threads/cgroup_quota.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "check.hpp"
#include "threads/cpu_budget.hpp"

using namespace fa;

namespace {

namespace fs = std::filesystem;

// A tree of files in a folder of its own, removed at the end.
class Tree {
 public:
  explicit Tree(const std::string& groups) {
    static int count = 0;
    const std::string name =
        "cgroup_quota_" + std::to_string(getpid()) + "_" + std::to_string(count++);
    root_ = fs::temp_directory_path() / name;
    write("proc/self/cgroup", groups);
  }
  Tree(const Tree&) = delete;
  ~Tree() { fs::remove_all(root_); }

  Tree& write(const std::string& file, const std::string& text) {
    const fs::path path = root_ / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
    return *this;
  }
  Tree& v2(const std::string& group, const std::string& max) {
    return write("sys/fs/cgroup" + group + "/cpu.max", max);
  }
  Tree& v1(const std::string& folder, const std::string& quota, const std::string& period) {
    write("sys/fs/cgroup/" + folder + "/cpu.cfs_quota_us", quota);
    return write("sys/fs/cgroup/" + folder + "/cpu.cfs_period_us", period);
  }
  int quota() const { return cgroup_quota(root_.string()); }

 private:
  fs::path root_;
};

void test_no_files_and_no_limits() {
  CHECK(cgroup_quota("/nowhere/at/all") == 0);
  CHECK(Tree("0::/").quota() == 0);
  CHECK(Tree("0::/a/b").v2("/a/b", "max 100000").v2("/a", "max 100000").quota() == 0);
  CHECK(Tree("4:cpu,cpuacct:/a").v1("cpu,cpuacct/a", "-1", "100000").quota() == 0);
}

void test_quotas_round_up() {
  CHECK(Tree("0::/a").v2("/a", "200000 100000").quota() == 2);
  CHECK(Tree("0::/a").v2("/a", "150000 100000").quota() == 2);
  CHECK(Tree("0::/a").v2("/a", "1000 100000").quota() == 1);
  CHECK(Tree("1:cpu:/a").v1("cpu/a", "250000", "100000").quota() == 3);
}

void test_the_tightest_of_a_group_and_its_parents() {
  CHECK(Tree("0::/a/b").v2("/a/b", "800000 100000").v2("/a", "300000 100000").quota() == 3);
  CHECK(Tree("0::/a/b").v2("/a/b", "200000 100000").v2("/a", "300000 100000").quota() == 2);
  CHECK(Tree("0::/a/b").v2("/a/b", "max 100000").v2("", "500000 100000").quota() == 5);
  Tree pod("2:cpu:/pod/box");
  pod.v1("cpu/pod/box", "-1", "100000").v1("cpu/pod", "400000", "100000");
  CHECK(pod.quota() == 4);
}

void test_groups_that_are_named_as_outside_of_a_container() {
  CHECK(Tree("0::/docker/abc").v2("", "300000 100000").quota() == 3);
  CHECK(Tree("3:cpuacct,cpu:/docker/abc").v1("cpuacct,cpu", "300000", "100000").quota() == 3);
  CHECK(Tree("0::/../../other").v2("", "300000 100000").quota() == 3);
}

void test_both_versions_at_once() {
  Tree hybrid("4:cpu,cpuacct:/a\n2:memory:/m\n1:name=systemd:/s\n0::/a");
  hybrid.v1("cpu,cpuacct/a", "600000", "100000").v2("/unified/a", "200000 100000");
  CHECK(hybrid.quota() == 2);
  // Only the controller named cpu counts.
  CHECK(Tree("3:cpuset:/a\n2:cpuacct:/a").v1("cpu/a", "100000", "100000").quota() == 0);
}

void test_files_that_make_no_sense() {
  for (const char* text : {"", "100000", "many 100000", "100000 0", "-5 100000", "nan 100000"}) {
    CHECK(Tree("0::/a").v2("/a", text).quota() == 0);
  }
  CHECK(Tree("0::/a").v2("/a", "1e30 1").quota() > 1000);
  CHECK(Tree("no colon\nonly:one\n\n0::/a").v2("/a", "100000 100000").quota() == 1);
  CHECK(Tree("0::").v2("", "100000 100000").quota() == 1);
  CHECK(Tree("0::a").v2("", "100000 100000").quota() == 1);
  CHECK(Tree("1:cpu:/a").v1("cpu/a", "x", "y").quota() == 0);
}

void test_the_budget_of_this_process() {
  const CpuBudget budget = cpu_budget();
  CHECK(budget.affinity >= 1);
  CHECK(budget.quota >= 0);
  CHECK(usable_cpus() >= 1);
  CHECK(usable_cpus() <= budget.affinity);
}

}  // namespace

int main() {
  test_no_files_and_no_limits();
  test_quotas_round_up();
  test_the_tightest_of_a_group_and_its_parents();
  test_groups_that_are_named_as_outside_of_a_container();
  test_both_versions_at_once();
  test_files_that_make_no_sense();
  test_the_budget_of_this_process();
  return fa::test::result();
}
