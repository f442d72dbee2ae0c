// Checks for the C++ tests: they print what failed and count; main() returns the count.
#pragma once

#include <cstdio>
#include <cstring>

#include "dispatch/isa.hpp"

namespace fa::test {

inline int failures = 0;

inline void check(bool condition, const char* text, const char* file, int line) {
  if (condition) return;
  ++failures;
  std::printf("%s:%d: failed: %s\n", file, line, text);
}

constexpr int kSkipped = 77;

// Forces the instruction set named on the command line; false when this machine lacks it.
inline bool use_isa(int argc, char** argv) {
  if (argc < 2) return true;
  for (const Isa isa : supported_isas()) {
    if (std::strcmp(name(isa), argv[1]) != 0) continue;
    force_isa(argv[1]);
    return true;
  }
  return false;
}

inline int result() {
  std::printf("%s\n", failures == 0 ? "passed" : "FAILED");
  return failures == 0 ? 0 : 1;
}

}  // namespace fa::test

#define CHECK(condition) fa::test::check((condition), #condition, __FILE__, __LINE__)
