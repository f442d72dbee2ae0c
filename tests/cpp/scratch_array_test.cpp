// Scratch arrays: which memory they use, and that they use it again.
#include "core/scratch_array.hpp"

#include <algorithm>
#include <thread>

#include "check.hpp"
#include "count_allocations.hpp"

using namespace fa;
using namespace fa::test;

namespace {

template <class T>
std::uintptr_t address(const ScratchArray<T>& array) {
  return reinterpret_cast<std::uintptr_t>(array.data());
}

void test_arrays_that_live_together_have_memory_of_their_own() {
  ScratchArray<double> outer(100, 1.0);
  {
    ScratchArray<std::int64_t> inner(200, 2);
    ScratchArray<std::uint8_t> innermost(50, 3);
    CHECK(std::all_of(inner.begin(), inner.end(), [](auto value) { return value == 2; }));
    CHECK(std::all_of(innermost.begin(), innermost.end(), [](auto value) { return value == 3; }));
  }
  CHECK(std::all_of(outer.begin(), outer.end(), [](double value) { return value == 1.0; }));
  CHECK(outer.size() == 100 && outer.end() - outer.begin() == 100);
  CHECK(address(outer) % 64 == 0);
}

void test_memory_is_used_again_whatever_the_type() {
  std::uintptr_t first;
  {
    ScratchArray<double> array(100);
    first = address(array);
  }
  CHECK(allocations_of([&] {
          ScratchArray<std::uint8_t> smaller(10, 0), none(0);
          CHECK(address(smaller) == first);
        }) == 0);
  CHECK(allocations_of([] { ScratchArray<double> larger(100000); }) == 1);
  CHECK(allocations_of([] { ScratchArray<double> larger(100000); }) == 0);
}

void test_an_exception_gives_the_memory_back() {
  const auto fail = [] {
    ScratchArray<double> array(100);
    throw 1;
  };
  const ScratchArray<double> before(1000);
  for (int i = 0; i < 3; ++i) {
    try {
      fail();
    } catch (int) {
    }
  }
  CHECK(scratch_stack().used == 1);
}

void test_every_thread_has_memory_of_its_own() {
  const ScratchArray<double> mine(100, 1.0);
  std::thread([&] {
    const ScratchArray<double> theirs(100, 2.0);
    CHECK(address(mine) != address(theirs));
    CHECK(mine[99] == 1.0);
  }).join();
}

}  // namespace

int main() {
  test_arrays_that_live_together_have_memory_of_their_own();
  test_memory_is_used_again_whatever_the_type();
  test_an_exception_gives_the_memory_back();
  test_every_thread_has_memory_of_its_own();
  return fa::test::result();
}
