// The pool: every item once, exceptions carried out, nested and concurrent regions, fork.
#include "threads/thread_pool.hpp"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "check.hpp"
#include "threads/parallel_for.hpp"

using namespace fa;

// Thread sanitizer does not follow threads that are started after fork() in a threaded process.
#if defined(__SANITIZE_THREAD__)
constexpr bool kCanFork = false;
#else
constexpr bool kCanFork = true;
#endif

namespace {

void test_every_item_once() {
  for (const int threads : {1, 2, 3, 7}) {
    for (const std::int64_t items : {0, 1, 2, 63, 1000}) {
      for (const std::int64_t grain : {1, 10, 5000}) {
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(items));
        parallel_for(items, grain, Threads{threads}, [&](std::int64_t begin, std::int64_t end) {
          CHECK(begin < end);
          for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
        });
        for (const auto& count : visits) CHECK(count == 1);
      }
    }
  }
}

void test_exception_of_a_body_reaches_the_caller() {
  for (int trial = 0; trial < 200; ++trial) {
    bool caught = false;
    try {
      parallel_for(100, 1, Threads{3}, [&](std::int64_t begin, std::int64_t) {
        if (begin >= 50) throw std::runtime_error("body");
      });
    } catch (const std::runtime_error&) {
      caught = true;
    }
    CHECK(caught);
  }
}

void test_region_inside_a_region() {
  std::atomic<int> total{0};
  parallel_for(8, 1, Threads{4}, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      parallel_for(10, 1, Threads{4}, [&](std::int64_t first, std::int64_t last) {
        total += static_cast<int>(last - first);
      });
    }
  });
  CHECK(total == 80);
}

void test_regions_of_many_threads_at_once() {
  std::vector<std::thread> callers;
  std::atomic<int> total{0};
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&] {
      for (int repeat = 0; repeat < 300; ++repeat) {
        parallel_for(20, 1, Threads{3}, [&](std::int64_t begin, std::int64_t end) {
          total += static_cast<int>(end - begin);
        });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(total == 8 * 300 * 20);
}

// Distinct threads seen in a region whose work lasts long enough for all to come.
std::size_t threads_seen(int threads) {
  std::set<std::thread::id> seen;
  std::atomic_flag lock;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  std::atomic<int> present{0};
  run_region(threads, [&](int) {
    while (lock.test_and_set()) std::this_thread::yield();
    seen.insert(std::this_thread::get_id());
    lock.clear();
    ++present;
    while (present < threads && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
  });
  return seen.size();
}

void test_all_threads_take_part_also_after_sleeping() {
  CHECK(threads_seen(4) == 4);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(threads_seen(4) == 4);
  CHECK(threads_seen(2) == 2);
}

bool child_runs_on(int threads) {
  const pid_t child = fork();
  if (child == 0) _exit(threads_seen(threads) == static_cast<std::size_t>(threads) ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void test_child_of_a_fork_runs_on_all_its_threads() {
  CHECK(threads_seen(3) == 3);
  CHECK(child_runs_on(3));
  CHECK(threads_seen(3) == 3);
}

void test_fork_while_another_thread_is_inside_a_region() {
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) {
      parallel_for(64, 1, Threads{2}, [](std::int64_t, std::int64_t) {});
    }
  });
  for (int repeat = 0; repeat < 20; ++repeat) CHECK(child_runs_on(2));
  stop = true;
  busy.join();
}

#if defined(__linux__)
// Workers that moved to a free processor may use all others again.
void test_threads_keep_the_affinity_of_the_process() {
  cpu_set_t expected;
  sched_getaffinity(0, sizeof expected, &expected);
  std::atomic<int> different{0};
  for (int repeat = 0; repeat < 50; ++repeat) {
    run_region(4, [&](int) {
      cpu_set_t mine;
      sched_getaffinity(0, sizeof mine, &mine);
      if (!CPU_EQUAL(&mine, &expected)) ++different;
    });
    if (repeat % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  CHECK(different == 0);
}
#endif

}  // namespace

int main() {
  test_every_item_once();
  test_exception_of_a_body_reaches_the_caller();
  test_region_inside_a_region();
  test_regions_of_many_threads_at_once();
  test_all_threads_take_part_also_after_sleeping();
  if (kCanFork) {
    test_child_of_a_fork_runs_on_all_its_threads();
    test_fork_while_another_thread_is_inside_a_region();
  }
#if defined(__linux__)
  test_threads_keep_the_affinity_of_the_process();
#endif
  return fa::test::result();
}
