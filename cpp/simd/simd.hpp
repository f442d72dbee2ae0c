// Picks the vector wrapper of the instruction set that this object is compiled for. Only *.isa.cpp
// and
// *.isa.hpp may include it; intrinsics live below this folder and nowhere else. All headers offer
// the same names with the same results; FA_HAS_BYTE_SHUFFLE says whether arbitrary byte shuffles
// are cheap.
#pragma once

#if defined(FA_ISA_avx2) || defined(FA_ISA_avx512)
#include "simd/avx2.hpp"
#elif defined(__x86_64__) || defined(_M_X64)
#include "simd/sse2.hpp"
#elif defined(__aarch64__) && defined(__GNUC__)
#include "simd/neon.hpp"
#else
#include "simd/scalar.hpp"
#endif
