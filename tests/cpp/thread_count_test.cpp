// How many threads a call uses: who decides, in which order, and what a fork changes.
#include "threads/thread_count.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "check.hpp"
#include "core/function_ref.hpp"
#include "threads/cpu_budget.hpp"
#include "threads/parallel_for.hpp"

using namespace fa;

namespace {

constexpr const char* kVariable = "FAST_AUGMENT_NUM_THREADS";

bool g_is_worker = false;
int g_questions = 0;

bool probe() {
  ++g_questions;
  return g_is_worker;
}

bool is(ThreadsFrom from, int threads) {
  const ThreadCount count = thread_count();
  return count.from == from && count.threads == threads && num_threads() == threads;
}

// Whether a check holds in a fresh child, which decides anew.
bool in_child(FunctionRef<bool()> check) {
  const pid_t child = fork();
  if (child == 0) _exit(check() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void test_processors_unless_anything_else_is_said() {
  CHECK(in_child([] { return is(ThreadsFrom::kProcessors, usable_cpus()); }));
}

void test_environment_comes_before_processors() {
  setenv(kVariable, "3", 1);
  CHECK(in_child([] { return is(ThreadsFrom::kEnvironment, 3); }));
  setenv(kVariable, "", 1);
  CHECK(in_child([] { return is(ThreadsFrom::kProcessors, usable_cpus()); }));
  setenv(kVariable, "3.5", 1);
  CHECK(in_child([] {
    try {
      thread_count();
    } catch (const std::invalid_argument&) {
      return true;
    }
    return false;
  }));
  unsetenv(kVariable);
}

void test_a_call_comes_first_and_lasts_through_forks() {
  CHECK(in_child([] {
    set_num_threads(5);
    setenv(kVariable, "3", 1);
    const bool here = is(ThreadsFrom::kCall, 5);
    const bool below = in_child([] {
      return is(ThreadsFrom::kParent, 5) && in_child([] { return is(ThreadsFrom::kParent, 5); });
    });
    set_num_threads(kMaxThreads);
    return here && below && is(ThreadsFrom::kCall, kMaxThreads);
  }));
}

void test_a_worker_has_one_thread_unless_it_is_told_otherwise() {
  CHECK(in_child([] {
    set_num_threads(5);
    g_is_worker = true;  // which is true of the children only: here it has been decided
    const bool of_parent = is(ThreadsFrom::kCall, 5);
    const bool alone = in_child([] { return is(ThreadsFrom::kWorker, 1); });
    setenv(kVariable, "3", 1);
    const bool told = in_child([] {
      const bool by_environment = is(ThreadsFrom::kEnvironment, 3);
      set_num_threads(2);
      return by_environment && is(ThreadsFrom::kCall, 2);
    });
    return of_parent && alone && told;
  }));
}

void test_the_probe_is_asked_once() {
  CHECK(in_child([] {
    for (int i = 0; i < 5; ++i) num_threads();
    return g_questions == 1;
  }));
}

void test_inside_a_region_nothing_is_decided() {
  CHECK(in_child([] {
    int inside = 0;
    parallel_for(1000, 1, Threads{2}, [&](std::int64_t begin, std::int64_t) {
      if (begin == 0) inside = num_threads();
    });
    return inside == 1 && g_questions == 0;
  }));
}

}  // namespace

int main() {
  unsetenv(kVariable);
  set_worker_probe(&probe);
  test_processors_unless_anything_else_is_said();
  test_environment_comes_before_processors();
  test_a_call_comes_first_and_lasts_through_forks();
  test_a_worker_has_one_thread_unless_it_is_told_otherwise();
  test_the_probe_is_asked_once();
  test_inside_a_region_nothing_is_decided();
  return fa::test::result();
}
