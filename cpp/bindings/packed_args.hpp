// Arrays that must be one run of memory.
#pragma once

#include <string>

#include "bindings/array_args.hpp"
#include "core/tensor_view.hpp"

namespace fa {

inline bool is_packed(const ArrayFacts& facts) {
  constexpr int kContiguous = py::detail::npy_api::NPY_ARRAY_C_CONTIGUOUS_;
  return (py::detail::array_proxy(facts.array.ptr())->flags & kContiguous) != 0;
}

[[noreturn]] inline void raise_not_packed(const char* function, const std::string& name) {
  raise_value_error(function, name + " is not contiguous, expected an array in C order");
}

// The elements of an array as one run. Throws ValueError when they are none.
inline TensorView packed_view(const char* function, ArgumentName name, const ArrayFacts& facts) {
  if (!is_packed(facts)) raise_not_packed(function, name());
  TensorView view{facts.data, 1, facts.dtype, 0, nullptr};
  for (int axis = 0; axis < facts.rank; ++axis) view.size *= facts.shape[axis];
  return view;
}

}  // namespace fa
