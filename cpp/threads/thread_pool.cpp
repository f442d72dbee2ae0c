#include "threads/thread_pool.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <thread>

#include "threads/cpu_claims.hpp"

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace fa {
namespace {

void relax_cpu() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__) && defined(__GNUC__)
  __asm__ __volatile__("yield");
#endif
}

// Long enough to bridge the Python code between two calls, short enough not to disturb others.
constexpr auto kSpinTime = std::chrono::microseconds(100);
constexpr int kSpinsPerClockRead = 64;

thread_local bool t_inside_region = false;

// A region is open while the top bit of `gate_` is clear; the other bits count the workers inside.
// A worker that wakes late finds the gate closed and leaves without having read anything, so the
// caller never waits for a thread that has not begun.
class ThreadPool {
 public:
  bool try_acquire() { return !busy_.test_and_set(std::memory_order_acquire); }
  void release() { busy_.clear(std::memory_order_release); }

  // The caller has acquired the pool.
  void run(int threads, FunctionRef<void(int)> work) {
    grow(threads - 1);
    work_ = &work;
    seats_.store(threads - 1, std::memory_order_relaxed);
    cpus_.open_region();
    gate_.fetch_and(~kClosed, std::memory_order_release);
    wake_.fetch_add(1, std::memory_order_release);
    wake_.notify_all();
    t_inside_region = true;
    work(0);
    t_inside_region = false;
    gate_.fetch_or(kClosed, std::memory_order_acq_rel);
    for (int spins = 0; gate_.load(std::memory_order_acquire) != kClosed; ++spins) {
      // A worker that lost its processor needs ours to finish.
      if (spins < 1 << 14) {
        relax_cpu();
      } else {
        std::this_thread::yield();
      }
    }
  }

 private:
  static constexpr std::uint32_t kClosed = 1u << 31;

  void grow(int workers) {
    for (; workers_ < workers; ++workers_) {
      try {
        std::thread(&ThreadPool::serve, this, wake_.load(std::memory_order_relaxed)).detach();
      } catch (const std::system_error&) {
        return;  // The system has no thread left: those that exist do the work.
      }
    }
  }

  void serve(std::uint32_t seen) {
    t_inside_region = true;
    for (;;) {
      seen = wait_for_wake(seen);
      if ((gate_.fetch_add(1, std::memory_order_acquire) & kClosed) == 0) {
        const int seat = seats_.fetch_sub(1, std::memory_order_relaxed);
        if (seat > 0) {
          cpus_.settle();
          (*work_)(seat);
        }
      }
      gate_.fetch_sub(1, std::memory_order_release);
    }
  }

  std::uint32_t wait_for_wake(std::uint32_t seen) {
    const auto deadline = std::chrono::steady_clock::now() + kSpinTime;
    for (;;) {
      for (int i = 0; i < kSpinsPerClockRead; ++i) {
        const std::uint32_t now = wake_.load(std::memory_order_acquire);
        if (now != seen) return now;
        relax_cpu();
      }
      if (std::chrono::steady_clock::now() >= deadline) {
        wake_.wait(seen, std::memory_order_acquire);
      }
    }
  }

  alignas(64) std::atomic<std::uint32_t> wake_{0};
  alignas(64) std::atomic<std::uint32_t> gate_{kClosed};
  alignas(64) std::atomic<int> seats_{0};
  std::atomic_flag busy_;
  CpuClaims cpus_;
  const FunctionRef<void(int)>* work_ = nullptr;
  int workers_ = 0;  // touched only by whoever holds busy_
};

// The pool is never destroyed: its threads may outlive the static objects of the process. No lock
// guards its creation, since a lock held elsewhere at the moment of a fork stays held in the child.
std::atomic<ThreadPool*> g_pool{nullptr};

// The child has none of the parent's threads and may find the old pool in any state: leave it
// alone.
[[maybe_unused]] void forget_pool() {
  g_pool.store(nullptr, std::memory_order_relaxed);
  t_inside_region = false;
}

#if defined(__unix__) || defined(__APPLE__)
[[maybe_unused]] const int g_fork_handler = pthread_atfork(nullptr, nullptr, &forget_pool);
#endif

ThreadPool& pool() {
  ThreadPool* current = g_pool.load(std::memory_order_acquire);
  if (current != nullptr) return *current;
  auto* fresh = new ThreadPool();
  if (g_pool.compare_exchange_strong(current, fresh, std::memory_order_acq_rel)) return *fresh;
  delete fresh;  // Another first call was faster; this one has no threads yet.
  return *current;
}

}  // namespace

void run_region(int threads, FunctionRef<void(int)> work) {
  if (threads > 1 && !t_inside_region) {
    ThreadPool& shared = pool();
    if (shared.try_acquire()) {
      shared.run(threads, work);
      shared.release();
      return;
    }
  }
  work(0);
}

bool inside_region() { return t_inside_region; }

}  // namespace fa
