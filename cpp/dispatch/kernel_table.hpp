// How a feature declares its kernels once for all instruction sets. Objects compiled for one
// instruction set include this, so it knows nothing but the list.
#pragma once

#include "dispatch/isa_list.hpp"

// FA_DECLARE_KERNELS(FlipKernels, flip_kernels) declares the one constant that each object exports.
#define FA_DECLARE_KERNELS(Type, object) FA_FOR_EACH_ISA(FA_DECLARE_KERNELS_OF, Type, object)
#define FA_DECLARE_KERNELS_OF(isa, Type, object) \
  namespace isa {                                \
  extern const Type object;                      \
  }

// IsaTable<FlipKernels>{FA_KERNEL_ADDRESSES(flip_kernels)} is what pick() (isa.hpp) chooses from.
#define FA_KERNEL_ADDRESSES(object) FA_FOR_EACH_ISA(FA_KERNEL_ADDRESS_OF, object)
#define FA_KERNEL_ADDRESS_OF(isa, object) &isa::object,
