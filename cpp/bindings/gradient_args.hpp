// Lists of gradients: from NumPy arrays to tensor views.
#pragma once

#include <pybind11/typing.h>

#include <deque>
#include <string>
#include <vector>

#include "bindings/array_args.hpp"
#include "core/tensor_view.hpp"

namespace fa {

// Which order the views walk: kMemory makes runs as long as possible (a transposed array is one
// run), kIndex is C order, in which an element's number means the same to the caller.
enum class ElementOrder { kMemory, kIndex };

struct GradientsArg {
  std::vector<TensorView> tensors;
  std::vector<std::int64_t> positions;  // of each tensor in the caller's list (None is left out)
  std::vector<ArrayFacts> arrays;
  std::deque<std::vector<Axis>> axes;  // what the views of strided arrays refer to
};

// "grads[3]", or "grads['fc.weight']" when names are given (a list; None: positions).
std::string gradient_name(py::handle names, std::int64_t position);

// The list as the package passes it: arrays and None.
using GradientTuple = py::typing::Tuple<py::object, py::ellipsis>;

GradientsArg gradients_arg(const char* function, const GradientTuple& grads, py::handle names,
                           ElementOrder order);

// Throws ValueError for arrays of the list that share memory (one that is counted twice distorts
// the norm, one that is scaled twice the result) and, if `will_write`, for one that is read-only or
// overlaps itself.
void require_distinct(const char* function, const GradientsArg& gradients, py::handle names,
                      bool will_write);

// A number: anything that float() takes, but no string.
double number_arg(const char* function, const char* name, py::handle object);

}  // namespace fa
