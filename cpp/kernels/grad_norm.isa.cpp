// Sums of squares, of magnitudes, and largest magnitudes. Plain loops over a fixed number of lanes:
// the compiler keeps the lanes in vector registers.
#include "kernels/grad_norm_kernels.hpp"

#include <cstring>

#include "core/half.hpp"
#include "core/inline.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

struct Square {
  FA_INLINE static double added(double sum, double value) { return sum + value * value; }
  // The square of a float is exact in a double, so fusing the two steps changes no bit.
  FA_INLINE static double added(double sum, float value) {
#if defined(__FMA__)
    return __builtin_fma(value, value, sum);
#else
    return sum + static_cast<double>(value) * static_cast<double>(value);
#endif
  }
};
struct Magnitude {
  // A NaN fails the comparison and stays.
  FA_INLINE static double added(double sum, double value) {
    return sum + (value < 0.0 ? -value : value);
  }
};

template <class Term, class T>
FA_INLINE void add_lanes(const T* FA_RESTRICT values, std::int64_t n, double* lanes) {
  double sums[kLanes];
  std::memcpy(sums, lanes, sizeof sums);
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      sums[lane] = Term::added(sums[lane], values[i + lane]);
    }
  }
  for (int lane = 0; i < n; ++i, ++lane) sums[lane] = Term::added(sums[lane], values[i]);
  std::memcpy(lanes, sums, sizeof sums);
}

// float16 passes through float32 in pieces of whole lanes.
constexpr std::int64_t kHalfPiece = 16 * kLanes;

template <class Term, class T>
void add_to_lanes(const std::byte* values, std::int64_t n, double* lanes) {
  if constexpr (sizeof(T) == sizeof(Half)) {
    const Half* halves = reinterpret_cast<const Half*>(values);
    float piece[kHalfPiece];
    for (std::int64_t i = 0; i < n; i += kHalfPiece) {
      const std::int64_t count = n - i < kHalfPiece ? n - i : kHalfPiece;
      convert(halves + i, piece, count);
      add_lanes<Term>(piece, count, lanes);
    }
  } else {
    add_lanes<Term>(reinterpret_cast<const T*>(values), n, lanes);
  }
}

FA_INLINE std::int64_t double_bits(double value) {
  std::int64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

template <class Bits, Bits kMagnitudeMask>
FA_INLINE Bits magnitude_bits(const std::byte* values, std::int64_t i) {
  Bits bits;
  std::memcpy(&bits, values + i * std::int64_t{sizeof(Bits)}, sizeof bits);
  return static_cast<Bits>(bits & kMagnitudeMask);
}

// With the sign cleared, the bits of floats order as the floats do, and NaN comes after infinity.
template <class Bits, Bits kMagnitudeMask>
FA_INLINE Bits largest_bits(const std::byte* values, std::int64_t n) {
  Bits largest[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const Bits bits = magnitude_bits<Bits, kMagnitudeMask>(values, i + lane);
      largest[lane] = bits > largest[lane] ? bits : largest[lane];
    }
  }
  for (; i < n; ++i) {
    const Bits bits = magnitude_bits<Bits, kMagnitudeMask>(values, i);
    largest[0] = bits > largest[0] ? bits : largest[0];
  }
  Bits result = 0;
  for (const Bits bits : largest) result = bits > result ? bits : result;
  return result;
}

std::int64_t largest_f16(const std::byte* values, std::int64_t n) {
  const auto bits = largest_bits<std::uint16_t, 0x7fff>(values, n);
  return double_bits(half_to_float(Half{bits}));
}

std::int64_t largest_f32(const std::byte* values, std::int64_t n) {
  const auto bits = largest_bits<std::uint32_t, 0x7fffffffu>(values, n);
  return double_bits(float_from_bits(bits));
}

std::int64_t largest_f64(const std::byte* values, std::int64_t n) {
  return largest_bits<std::int64_t, 0x7fffffffffffffff>(values, n);
}

}  // namespace

const GradNormKernels grad_norm_kernels{
    {&add_to_lanes<Square, Half>, &add_to_lanes<Square, float>, &add_to_lanes<Square, double>},
    {&add_to_lanes<Magnitude, Half>, &add_to_lanes<Magnitude, float>,
     &add_to_lanes<Magnitude, double>},
    {&largest_f16, &largest_f32, &largest_f64}};

}  // namespace fa::FA_ISA
