#include "threads/thread_count.hpp"

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>

#include "threads/cpu_budget.hpp"
#include "threads/thread_pool.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace fa {
namespace {

// Both fields of a ThreadCount, which threads may ask for and set at the same time; 0: not known.
constexpr int kFromShift = 16;
static_assert(kMaxThreads < 1 << kFromShift);

std::atomic<int> g_known{0};
std::atomic<int> g_of_parent{0};
std::atomic<bool (*)()> g_worker_probe{nullptr};

int pack(ThreadCount count) { return count.threads | static_cast<int>(count.from) << kFromShift; }

ThreadCount unpack(int known) {
  return {known & ((1 << kFromShift) - 1), static_cast<ThreadsFrom>(known >> kFromShift)};
}

// A child may be another kind of process than its parent, and decides anew.
[[maybe_unused]] void forget_count() {
  const ThreadCount before = unpack(g_known.exchange(0, std::memory_order_relaxed));
  if (before.threads > 0 && before.from == ThreadsFrom::kCall) {
    g_of_parent.store(before.threads, std::memory_order_relaxed);
  }
}

#if defined(__unix__) || defined(__APPLE__)
[[maybe_unused]] const int g_fork_handler = pthread_atfork(nullptr, nullptr, &forget_count);
#endif

// 0 when the variable is unset or empty.
int threads_of_environment() {
  const char* text = std::getenv("FAST_AUGMENT_NUM_THREADS");
  if (text == nullptr || *text == '\0') return 0;
  int threads = 0;
  const char* end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, threads);
  if (error != std::errc() || rest != end || threads < 1 || threads > kMaxThreads) {
    throw std::invalid_argument("FAST_AUGMENT_NUM_THREADS is '" + std::string(text) +
                                "', expected a whole number from 1 to " +
                                std::to_string(kMaxThreads));
  }
  return threads;
}

ThreadCount decide() {
  bool (*probe)() = g_worker_probe.load(std::memory_order_acquire);
  const bool is_worker = probe != nullptr && probe();
  const int of_parent = g_of_parent.load(std::memory_order_relaxed);
  if (of_parent > 0 && !is_worker) return {of_parent, ThreadsFrom::kParent};
  const int of_environment = threads_of_environment();
  if (of_environment > 0) return {of_environment, ThreadsFrom::kEnvironment};
  if (is_worker) return {1, ThreadsFrom::kWorker};
  return {usable_cpus(), ThreadsFrom::kProcessors};
}

}  // namespace

ThreadCount thread_count() {
  int known = g_known.load(std::memory_order_relaxed);
  if (known > 0) return unpack(known);
  const int decided = pack(decide());
  // Whoever has set a number meanwhile is right.
  return unpack(g_known.compare_exchange_strong(known, decided) ? decided : known);
}

int num_threads() { return inside_region() ? 1 : thread_count().threads; }

void set_num_threads(int threads) {
  g_known.store(pack({threads, ThreadsFrom::kCall}), std::memory_order_relaxed);
}

void set_worker_probe(bool (*probe)()) { g_worker_probe.store(probe, std::memory_order_release); }

}  // namespace fa
