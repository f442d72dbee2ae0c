// The element types of images and gradients.
#pragma once

#include <cstdint>

namespace fa {

enum class DType : std::uint8_t {
  kUint8,
  kUint16,
  kFloat16,
  kFloat32,
  kFloat64,
  kBfloat16,
  kComplex64,
  kComplex128
};

constexpr int item_size(DType dtype) {
  constexpr int kSizes[] = {1, 2, 2, 4, 8, 2, 8, 16};
  return kSizes[static_cast<int>(dtype)];
}

constexpr const char* name(DType dtype) {
  constexpr const char* kNames[] = {"uint8",   "uint16",   "float16",   "float32",
                                    "float64", "bfloat16", "complex64", "complex128"};
  return kNames[static_cast<int>(dtype)];
}

// What integer images are divided by to run to 1; floats are taken as given.
constexpr double full_scale(DType dtype) {
  if (dtype == DType::kUint8) return 255.0;
  return dtype == DType::kUint16 ? 65535.0 : 1.0;
}

// Where a kernel table keeps its entry for the dtype of an image: uint8, uint16, float32.
constexpr int image_dtype_index(DType dtype) {
  if (dtype == DType::kUint8) return 0;
  return dtype == DType::kUint16 ? 1 : 2;
}

constexpr bool is_complex(DType dtype) {
  return dtype == DType::kComplex64 || dtype == DType::kComplex128;
}

// Where a kernel table keeps its entry for the dtype of a gradient: float16, float32, float64,
// bfloat16, and where complex gradients have a kernel of their own complex64, complex128.
constexpr int kRealGradientDTypes = 4;
constexpr int kGradientDTypes = 6;
constexpr int gradient_dtype_index(DType dtype) {
  return static_cast<int>(dtype) - static_cast<int>(DType::kFloat16);
}

// IEEE binary16 as stored; arithmetic happens in float (half.hpp converts).
struct Half {
  std::uint16_t bits;
};

// The upper half of a float as stored (bfloat16.hpp converts).
struct Bfloat16 {
  std::uint16_t bits;
};

}  // namespace fa
