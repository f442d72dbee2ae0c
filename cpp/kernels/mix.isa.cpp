// Blends two rows of values.
#include <cstddef>
#include <cstdint>
#include <cstring>

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

template <class T>
FA_INLINE void add_values(const std::byte* values, std::int64_t count, float share, bool is_first,
                          float* FA_RESTRICT sum) {
  const T* from = reinterpret_cast<const T*>(values);
  if (is_first) {
    for (std::int64_t i = 0; i < count; ++i) sum[i] = share * static_cast<float>(from[i]);
    return;
  }
  for (std::int64_t i = 0; i < count; ++i) sum[i] += share * static_cast<float>(from[i]);
}

void add_scaled(const std::byte* values, std::int64_t count, DType dtype, float share,
                bool is_first, float* sum) {
  switch (dtype) {
    case DType::kUint8:
      return add_values<std::uint8_t>(values, count, share, is_first, sum);
    case DType::kUint16:
      return add_values<std::uint16_t>(values, count, share, is_first, sum);
    default:
      return add_values<float>(values, count, share, is_first, sum);
  }
}

template <class T>
FA_INLINE void round_values(const float* FA_RESTRICT sum, std::int64_t count, float highest,
                            std::byte* values) {
  T* to = reinterpret_cast<T*>(values);
  for (std::int64_t i = 0; i < count; ++i) {
    const float value = sum[i] < highest ? sum[i] : highest;
    to[i] = stored<T>(value > 0.0f ? value : 0.0f);
  }
}

void round_sum(const float* sum, std::int64_t count, DType dtype, std::byte* values) {
  switch (dtype) {
    case DType::kUint8:
      return round_values<std::uint8_t>(sum, count, 255.0f, values);
    case DType::kUint16:
      return round_values<std::uint16_t>(sum, count, 65535.0f, values);
    default:
      std::memcpy(values, sum, static_cast<std::size_t>(count) * sizeof(float));
  }
}

}  // namespace

const MixKernels mix_kernels{&blend, &add_scaled, &round_sum};

}  // namespace fa::FA_ISA
