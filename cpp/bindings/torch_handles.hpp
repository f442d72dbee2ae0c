// Tensors of torch through the functions of its stable C interface: what a tensor is at the moment,
// for a tenth of what asking its Python object costs.
#pragma once

#include <cstdint>
#include <utility>

#include "bindings/array_args.hpp"

namespace fa {

struct TorchFacts {
  void* data;
  std::int64_t rank;
  std::int64_t* shape;
  std::int64_t* strides;       // elements
  std::int32_t dtype, device;  // torch's own numbers
};

// A reference to a tensor, empty where torch has no such interface. A tensor that is moved, resized
// or given other data stays the same one.
class TorchHandle {
 public:
  TorchHandle() = default;
  explicit TorchHandle(py::handle tensor);
  TorchHandle(TorchHandle&& other) noexcept : tensor_(std::exchange(other.tensor_, nullptr)) {}
  TorchHandle& operator=(TorchHandle&& other) noexcept {
    std::swap(tensor_, other.tensor_);
    return *this;
  }
  ~TorchHandle();

  explicit operator bool() const { return tensor_ != nullptr; }
  // False if torch refuses.
  bool read(TorchFacts& facts) const;

 private:
  void* tensor_ = nullptr;
};

}  // namespace fa
