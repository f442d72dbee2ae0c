// What a caller passes as gradients, flattened into one list.
#pragma once

#include <pybind11/typing.h>

#include "bindings/array_args.hpp"

namespace fa {

// Arrays, tensors, parameters and None.
using GradientTuple = py::typing::Tuple<py::object, py::ellipsis>;

struct GradientList {
  GradientTuple items;
  py::object names;  // a list; None: the positions in `items`
};

// One array; an iterable or a mapping of arrays; or lists, tuples and mappings in each other, whose
// arrays come in the order in which they stand, named by the way to them ("encoder.0.weight"). An
// iterator is consumed here, once. Throws TypeError for anything else.
// `argument` is what errors call it.
GradientList gradient_list(const char* function, py::handle grads, const char* argument = "grads");

}  // namespace fa
