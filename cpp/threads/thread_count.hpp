// How many threads a call uses unless it says otherwise, and why.
#pragma once

namespace fa {

constexpr int kMaxThreads = 1024;

enum class ThreadsFrom {
  kCall,         // set_num_threads() in this process
  kParent,       // set_num_threads() in the process that was forked
  kEnvironment,  // FAST_AUGMENT_NUM_THREADS
  kWorker,       // this is one of several worker processes: 1
  kProcessors,   // usable_cpus()
};

struct ThreadCount {
  int threads;
  ThreadsFrom from;
};

// The first of ThreadsFrom that holds, but that a worker does not take over what was set in its
// parent: under another start method it could not. Kept until the next fork. Throws
// std::invalid_argument when the environment holds anything but a whole number of at least 1.
ThreadCount thread_count();

// Its number. Inside a region 1: what is called there has no other threads.
int num_threads();
void set_num_threads(int threads);  // threads >= 1

// Who can tell whether this process is one of several workers, asked once in each process; without
// a probe it is none.
void set_worker_probe(bool (*probe)());

}  // namespace fa
