// Tensors of other libraries in CPU memory, without a copy: torch's, and any that speak DLPack.
#pragma once

#include <list>
#include <vector>

#include "bindings/array_args.hpp"
#include "bindings/dlpack.hpp"

namespace fa {

// What the facts of foreign tensors refer to.
struct ForeignTensors {
  std::vector<py::object> owners;             // the tensors of parameters, DLPack capsules
  std::list<std::vector<py::ssize_t>> sizes;  // shapes and strides; stay where they are
};

// Whether an object is a tensor of torch, which is never imported for the question.
bool is_torch_tensor(py::handle object);

// Whether it is a tensor by its type: torch's, or one with `__dlpack__`.
bool is_tensor(py::handle object);

// The gradient that an object stands for: the `.grad` of a parameter, which may be None, or the
// object itself.
py::object gradient_of(py::handle object);

// As array_facts. Throws TypeError for what is no tensor, not dense or not on the CPU.
ArrayFacts foreign_facts(const char* function, ArgumentName name, py::object object,
                         std::initializer_list<DType> allowed, ForeignTensors& keep);

// Fills in what a torch tensor is at the moment; false when only foreign_facts can tell.
bool borrow_torch_tensor(py::handle object, dlpack::Tensor& tensor);

}  // namespace fa
