// The element types of images and gradients.
#pragma once

#include <cstdint>

namespace fa {

enum class DType : std::uint8_t { kUint8, kUint16, kFloat16, kFloat32, kFloat64 };

constexpr int item_size(DType dtype) {
  constexpr int kSizes[] = {1, 2, 2, 4, 8};
  return kSizes[static_cast<int>(dtype)];
}

constexpr const char* name(DType dtype) {
  constexpr const char* kNames[] = {"uint8", "uint16", "float16", "float32", "float64"};
  return kNames[static_cast<int>(dtype)];
}

// IEEE binary16 as stored; arithmetic happens in float (half.hpp converts).
struct Half {
  std::uint16_t bits;
};

}  // namespace fa
