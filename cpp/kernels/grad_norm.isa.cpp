// Sums of squares, of magnitudes, and largest magnitudes. Plain loops over a fixed number of lanes:
// the compiler keeps the lanes in vector registers.
#include "kernels/grad_norm_kernels.hpp"

#include <cstring>

#include "core/inline.hpp"
#include "core/modulus.hpp"
#include "kernels/grad_widen.isa.hpp"
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

// Other elements pass through floats in pieces of whole lanes.
constexpr std::int64_t kPiece = 16 * kLanes;

template <class Term, class T>
struct Elements {
  FA_INLINE static void add(const std::byte* values, std::int64_t n, double* lanes) {
    if constexpr (sizeof(T) == 2) {
      const T* narrow = reinterpret_cast<const T*>(values);
      float piece[kPiece];
      for (std::int64_t i = 0; i < n; i += kPiece) {
        const std::int64_t count = n - i < kPiece ? n - i : kPiece;
        widen(narrow + i, piece, count);
        add_lanes<Term>(piece, count, lanes);
      }
    } else {
      add_lanes<Term>(reinterpret_cast<const T*>(values), n, lanes);
    }
  }
};

// The square of a modulus is the sum of the squares of both parts.
template <class T>
struct SquaresOfPairs {
  FA_INLINE static void add(const std::byte* values, std::int64_t n, double* lanes) {
    Elements<Square, T>::add(values, 2 * n, lanes);
  }
};

template <class T>
FA_INLINE double modulus_at(const std::byte* values, std::int64_t i) {
  const T* parts = reinterpret_cast<const T*>(values) + 2 * i;
  return modulus(parts[0], parts[1]);
}

template <class T>
struct Moduli {
  FA_INLINE static void add(const std::byte* values, std::int64_t n, double* lanes) {
    double piece[kPiece];
    for (std::int64_t begin = 0; begin < n; begin += kPiece) {
      const std::int64_t count = n - begin < kPiece ? n - begin : kPiece;
      for (std::int64_t i = 0; i < count; ++i) piece[i] = modulus_at<T>(values, begin + i);
      add_lanes<Magnitude>(piece, count, lanes);
    }
  }
};

template <class Terms>
void add_to_lanes(const std::byte* values, std::int64_t n, double* lanes) {
  Terms::add(values, n, lanes);
}

template <class Terms>
double packed_sum(const std::byte* values, std::int64_t n) {
  double lanes[kLanes] = {};
  Terms::add(values, n, lanes);
  return sum_of_lanes(lanes);
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

std::int64_t largest_bf16(const std::byte* values, std::int64_t n) {
  const auto bits = largest_bits<std::uint16_t, 0x7fff>(values, n);
  return double_bits(bfloat16_to_float(Bfloat16{bits}));
}

std::int64_t largest_f32(const std::byte* values, std::int64_t n) {
  const auto bits = largest_bits<std::uint32_t, 0x7fffffffu>(values, n);
  return double_bits(float_from_bits(bits));
}

constexpr std::int64_t kNoSign = 0x7fffffffffffffff;

std::int64_t largest_f64(const std::byte* values, std::int64_t n) {
  return largest_bits<std::int64_t, kNoSign>(values, n);
}

template <class T>
std::int64_t largest_modulus(const std::byte* values, std::int64_t n) {
  std::int64_t largest = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t bits = double_bits(modulus_at<T>(values, i)) & kNoSign;
    largest = bits > largest ? bits : largest;
  }
  return largest;
}

}  // namespace

const GradNormKernels grad_norm_kernels{
    {&add_to_lanes<Elements<Square, Half>>, &add_to_lanes<Elements<Square, float>>,
     &add_to_lanes<Elements<Square, double>>, &add_to_lanes<Elements<Square, Bfloat16>>,
     &add_to_lanes<SquaresOfPairs<float>>, &add_to_lanes<SquaresOfPairs<double>>},
    {&add_to_lanes<Elements<Magnitude, Half>>, &add_to_lanes<Elements<Magnitude, float>>,
     &add_to_lanes<Elements<Magnitude, double>>, &add_to_lanes<Elements<Magnitude, Bfloat16>>,
     &add_to_lanes<Moduli<float>>, &add_to_lanes<Moduli<double>>},
    {&packed_sum<Elements<Square, Half>>, &packed_sum<Elements<Square, float>>,
     &packed_sum<Elements<Square, double>>, &packed_sum<Elements<Square, Bfloat16>>,
     &packed_sum<SquaresOfPairs<float>>, &packed_sum<SquaresOfPairs<double>>},
    {&packed_sum<Elements<Magnitude, Half>>, &packed_sum<Elements<Magnitude, float>>,
     &packed_sum<Elements<Magnitude, double>>, &packed_sum<Elements<Magnitude, Bfloat16>>,
     &packed_sum<Moduli<float>>, &packed_sum<Moduli<double>>},
    {&largest_f16, &largest_f32, &largest_f64, &largest_bf16, &largest_modulus<float>,
     &largest_modulus<double>}};

}  // namespace fa::FA_ISA
