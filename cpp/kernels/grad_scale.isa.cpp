// Scaling and clamping in place. Plain loops: the compiler turns each into vectors.
#include "kernels/grad_scale_kernels.hpp"

#include "core/bfloat16.hpp"
#include "core/inline.hpp"
#include "kernels/grad_widen.isa.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

struct Scale {
  template <class T>
  FA_INLINE static T of(T value, T factor) {
    return value * factor;
  }
};

struct Clamp {
  // A NaN fails both comparisons and stays.
  template <class T>
  FA_INLINE static T of(T value, T limit) {
    const T below = value > limit ? limit : value;
    return below < -limit ? -limit : below;
  }
};

template <class Change, class T>
FA_INLINE void change_packed(T* values, std::int64_t n, T number) {
  for (std::int64_t i = 0; i < n; ++i) values[i] = Change::of(values[i], number);
}

FA_INLINE void narrow(const float* from, Half* to, std::int64_t n) { convert(from, to, n); }
FA_INLINE void narrow(const float* from, Bfloat16* to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = float_to_bfloat16(from[i]);
}

constexpr std::int64_t kPiece = 512;

template <class Change, class T>
void change_values(std::byte* values, std::int64_t n, double number) {
  if constexpr (sizeof(T) == 2) {
    T* stored = reinterpret_cast<T*>(values);
    float piece[kPiece];
    for (std::int64_t i = 0; i < n; i += kPiece) {
      const std::int64_t count = n - i < kPiece ? n - i : kPiece;
      widen(stored + i, piece, count);
      change_packed<Change>(piece, count, static_cast<float>(number));
      narrow(piece, stored + i, count);
    }
  } else {
    change_packed<Change>(reinterpret_cast<T*>(values), n, static_cast<T>(number));
  }
}

template <class T>
void scale_pairs(std::byte* values, std::int64_t n, double number) {
  change_values<Scale, T>(values, 2 * n, number);
}

}  // namespace

const GradScaleKernels grad_scale_kernels{
    {&change_values<Scale, Half>, &change_values<Scale, float>, &change_values<Scale, double>,
     &change_values<Scale, Bfloat16>, &scale_pairs<float>, &scale_pairs<double>},
    {&change_values<Clamp, Half>, &change_values<Clamp, float>, &change_values<Clamp, double>,
     &change_values<Clamp, Bfloat16>}};

}  // namespace fa::FA_ISA
