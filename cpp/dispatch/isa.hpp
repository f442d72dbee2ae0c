// Which of the compiled instruction sets runs: chosen once, FAST_AUGMENT_ISA or force_isa()
// override.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/isa_list.hpp"

namespace fa {

#define FA_ISA_ENUMERATOR(isa) k_##isa,
enum class Isa : int { FA_FOR_EACH_ISA(FA_ISA_ENUMERATOR) kCount };
#undef FA_ISA_ENUMERATOR

constexpr std::size_t kIsaCount = static_cast<std::size_t>(Isa::kCount);

const char* name(Isa isa);
std::vector<Isa> compiled_isas();
std::vector<Isa> supported_isas();

// The instruction set in use. The first call chooses the best one that the machine runs, or the one
// FAST_AUGMENT_ISA names; throws std::invalid_argument when that one is unknown or cannot run here.
Isa active_isa();

// For tests: use this one from now on. Throws std::invalid_argument as active_isa() does.
void force_isa(std::string_view isa_name);

// One kernel table per instruction set, in the order of FA_FOR_EACH_ISA.
template <class Kernels>
using IsaTable = std::array<const Kernels*, kIsaCount>;

template <class Kernels>
const Kernels& pick(const IsaTable<Kernels>& table) {
  return *table[static_cast<std::size_t>(active_isa())];
}

}  // namespace fa
