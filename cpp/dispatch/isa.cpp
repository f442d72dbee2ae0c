#include "dispatch/isa.hpp"

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include "dispatch/cpu_features.hpp"

namespace fa {
namespace {

struct IsaEntry {
  const char* name;
  bool (*runs_here)();
};

#define FA_ISA_ENTRY(isa) IsaEntry{#isa, &cpu_runs_##isa},
constexpr IsaEntry kEntries[] = {FA_FOR_EACH_ISA(FA_ISA_ENTRY)};
#undef FA_ISA_ENTRY

constexpr int kUndecided = -1;
std::atomic<int> g_active{kUndecided};

const IsaEntry& entry(Isa isa) { return kEntries[static_cast<std::size_t>(isa)]; }

std::string supported_names() {
  std::string names;
  for (const Isa isa : supported_isas()) {
    if (!names.empty()) names += ", ";
    names += name(isa);
  }
  return names;
}

Isa find_usable(std::string_view wanted, const char* who) {
  for (const Isa isa : compiled_isas()) {
    if (wanted != name(isa)) continue;
    if (entry(isa).runs_here()) return isa;
    throw std::invalid_argument(std::string(who) + ": this processor cannot run " +
                                std::string(wanted) + "; it can run " + supported_names());
  }
  throw std::invalid_argument(std::string(who) + ": unknown instruction set '" +
                              std::string(wanted) + "'; this machine can run " + supported_names());
}

}  // namespace

const char* name(Isa isa) { return entry(isa).name; }

std::vector<Isa> compiled_isas() {
  std::vector<Isa> isas;
  for (std::size_t i = 0; i < kIsaCount; ++i) isas.push_back(static_cast<Isa>(i));
  return isas;
}

std::vector<Isa> supported_isas() {
  std::vector<Isa> isas;
  for (const Isa isa : compiled_isas()) {
    if (entry(isa).runs_here()) isas.push_back(isa);
  }
  return isas;
}

Isa active_isa() {
  const int active = g_active.load(std::memory_order_relaxed);
  if (active != kUndecided) return static_cast<Isa>(active);
  const char* wanted = std::getenv("FAST_AUGMENT_ISA");
  const Isa chosen = wanted != nullptr && *wanted != '\0' ? find_usable(wanted, "FAST_AUGMENT_ISA")
                                                          : supported_isas().back();
  // Two first calls at once choose the same one; a forced choice in between stays.
  int expected = kUndecided;
  g_active.compare_exchange_strong(expected, static_cast<int>(chosen));
  return static_cast<Isa>(g_active.load(std::memory_order_relaxed));
}

void force_isa(std::string_view isa_name) {
  g_active.store(static_cast<int>(find_usable(isa_name, "force_isa")));
}

}  // namespace fa
