// Blends two rows of values.
#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "kernels/mix_kernels.hpp"

namespace fa::FA_ISA {
namespace {

template <class T>
FA_INLINE T stored(float value) {
  return static_cast<T>(static_cast<std::int32_t>(value + 0.5f));
}

template <>
FA_INLINE float stored<float>(float value) {
  return value;
}

template <class T>
FA_INLINE void blend_into(T* FA_RESTRICT target, const T* FA_RESTRICT other, std::int64_t count,
                          float factor) {
  const float rest = 1.0f - factor;
  for (std::int64_t i = 0; i < count; ++i) {
    target[i] =
        stored<T>(factor * static_cast<float>(target[i]) + rest * static_cast<float>(other[i]));
  }
}

template <class T>
FA_INLINE void blend_to(const T* FA_RESTRICT one, const T* FA_RESTRICT other, T* FA_RESTRICT target,
                        std::int64_t count, float factor) {
  const float rest = 1.0f - factor;
  for (std::int64_t i = 0; i < count; ++i) {
    target[i] =
        stored<T>(factor * static_cast<float>(one[i]) + rest * static_cast<float>(other[i]));
  }
}

template <class T>
FA_INLINE void blend_values(const std::byte* a, const std::byte* b, std::byte* target,
                            std::int64_t count, float factor) {
  const T* one = reinterpret_cast<const T*>(a);
  const T* other = reinterpret_cast<const T*>(b);
  T* to = reinterpret_cast<T*>(target);
  if (one == to) return blend_into(to, other, count, factor);
  blend_to(one, other, to, count, factor);
}

void blend(const std::byte* a, const std::byte* b, std::byte* target, std::int64_t count,
           DType dtype, float factor) {
  switch (dtype) {
    case DType::kUint8:
      return blend_values<std::uint8_t>(a, b, target, count, factor);
    case DType::kUint16:
      return blend_values<std::uint16_t>(a, b, target, count, factor);
    default:
      return blend_values<float>(a, b, target, count, factor);
  }
}

}  // namespace

const MixKernels mix_kernels{&blend};

}  // namespace fa::FA_ISA
