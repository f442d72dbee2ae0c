// Scaling and clamping in place. Plain loops: the compiler turns each into vectors.
#include "kernels/grad_scale_kernels.hpp"

#include "core/half.hpp"
#include "core/inline.hpp"
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

constexpr std::int64_t kHalfPiece = 512;

template <class Change, class T>
void change_values(std::byte* values, std::int64_t n, double number) {
  if constexpr (sizeof(T) == sizeof(Half)) {
    Half* halves = reinterpret_cast<Half*>(values);
    float piece[kHalfPiece];
    for (std::int64_t i = 0; i < n; i += kHalfPiece) {
      const std::int64_t count = n - i < kHalfPiece ? n - i : kHalfPiece;
      convert(halves + i, piece, count);
      change_packed<Change>(piece, count, static_cast<float>(number));
      convert(piece, halves + i, count);
    }
  } else {
    change_packed<Change>(reinterpret_cast<T*>(values), n, static_cast<T>(number));
  }
}

}  // namespace

const GradScaleKernels grad_scale_kernels{
    {&change_values<Scale, Half>, &change_values<Scale, float>, &change_values<Scale, double>},
    {&change_values<Clamp, Half>, &change_values<Clamp, float>, &change_values<Clamp, double>}};

}  // namespace fa::FA_ISA
