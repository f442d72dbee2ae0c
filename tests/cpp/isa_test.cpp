// The choice of instruction set.
#include <stdexcept>
#include <string>

#include "check.hpp"
#include "dispatch/cpu_features.hpp"

using namespace fa;

namespace {

bool force_fails(const char* isa_name) {
  try {
    force_isa(isa_name);
  } catch (const std::invalid_argument&) {
    return true;
  }
  return false;
}

void test_baseline_is_always_there_and_first() {
  CHECK(!supported_isas().empty());
  CHECK(std::string(name(supported_isas().front())) == "baseline");
  CHECK(cpu_runs_baseline());
}

void test_default_is_the_best_supported() { CHECK(active_isa() == supported_isas().back()); }

void test_force_changes_the_choice_and_refuses_unknown_names() {
  const Isa before = active_isa();
  for (const Isa isa : supported_isas()) {
    force_isa(name(isa));
    CHECK(active_isa() == isa);
  }
  force_isa(name(before));
  CHECK(force_fails("sse9"));
  CHECK(force_fails(""));
  CHECK(active_isa() == before);
}

}  // namespace

int main() {
  test_baseline_is_always_there_and_first();
  test_default_is_the_best_supported();
  test_force_changes_the_choice_and_refuses_unknown_names();
  return fa::test::result();
}
