// What a parallel region costs: microseconds per region, empty and with 50 us of work per thread,
// called back to back (hot) and after the threads have gone to sleep.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "threads/thread_count.hpp"
#include "threads/thread_pool.hpp"

namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

void work_for(double microseconds) {
  const auto start = Clock::now();
  while (microseconds_since(start) < microseconds) {
  }
}

double median_region(int threads, double work, std::chrono::microseconds pause, int repeats) {
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
    const auto start = Clock::now();
    fa::run_region(threads, [&](int) { work_for(work); });
    times.push_back(microseconds_since(start));
  }
  std::nth_element(times.begin(), times.begin() + repeats / 2, times.end());
  return times[static_cast<std::size_t>(repeats / 2)];
}

}  // namespace

int main() {
  const int threads = fa::num_threads();
  constexpr std::chrono::microseconds kNone{0}, kLong{2000};
  std::printf("threads %d\n", threads);
  std::printf("empty, hot              %8.2f us\n", median_region(threads, 0.0, kNone, 100001));
  std::printf("50 us each, hot         %8.2f us\n", median_region(threads, 50.0, kNone, 2001));
  std::printf("empty, after 2 ms sleep %8.2f us\n", median_region(threads, 0.0, kLong, 301));
  return 0;
}
