// Compiler words that the whole library uses.
#pragma once

#if defined(_MSC_VER)
#define FA_INLINE __forceinline
#define FA_NOINLINE __declspec(noinline)
#define FA_RESTRICT __restrict
#else
// Always inline: a helper that stayed a function of its own would become a weak symbol in the
// objects compiled for one instruction set, and the linker could keep that copy for every
// processor.
#define FA_INLINE inline __attribute__((always_inline))
#define FA_NOINLINE __attribute__((noinline))
#define FA_RESTRICT __restrict__
#endif
