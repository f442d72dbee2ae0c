// The library's own persistent threads: run one region at a time, spin briefly, then sleep.
#pragma once

#include "core/function_ref.hpp"

namespace fa {

// Calls work(thread) on up to `threads` threads at once, thread 0 being the caller, and returns
// when all of them have come back. How many take part is not promised: the work must be one that
// any number of threads, also the caller alone, finishes (they share a counter of what is left). A
// call from inside a region, or while another thread's region runs, is done by the caller alone.
// `work` must not throw. After fork() the child starts with a pool of its own.
void run_region(int threads, FunctionRef<void(int)> work);

// Whether this thread is at work in a region.
bool inside_region();

}  // namespace fa
