// CPUID and the saved register state, nothing else.
#include "dispatch/cpu_features.hpp"

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace fa {

bool cpu_runs_baseline() { return true; }

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))

// The compiler's own check reads XCR0 too, so a kernel that does not save the registers says no.
bool cpu_runs_avx2() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("f16c") && __builtin_cpu_supports("fma");
}

bool cpu_runs_avx512() {
  return cpu_runs_avx2() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

#elif defined(_MSC_VER) && defined(_M_X64)

namespace {

bool bit(int word, int position) { return ((word >> position) & 1) != 0; }

bool state_saved(unsigned long long mask) {
  int leaf[4];
  __cpuid(leaf, 1);
  return bit(leaf[2], 27) && (_xgetbv(0) & mask) == mask;
}

}  // namespace

bool cpu_runs_avx2() {
  int leaf[4];
  __cpuid(leaf, 1);
  const bool f16c_and_fma = bit(leaf[2], 29) && bit(leaf[2], 12);
  __cpuidex(leaf, 7, 0);
  return f16c_and_fma && bit(leaf[1], 5) && bit(leaf[1], 8) && state_saved(0x6);
}

bool cpu_runs_avx512() {
  int leaf[4];
  __cpuidex(leaf, 7, 0);
  return cpu_runs_avx2() && bit(leaf[1], 16) && bit(leaf[1], 17) && bit(leaf[1], 30) &&
         bit(leaf[1], 31) && state_saved(0xe6);
}

#else

bool cpu_runs_avx2() { return false; }
bool cpu_runs_avx512() { return false; }

#endif

}  // namespace fa
