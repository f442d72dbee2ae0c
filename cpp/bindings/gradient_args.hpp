// Lists of gradients: from arrays and tensors to tensor views.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "bindings/array_args.hpp"
#include "bindings/foreign_tensors.hpp"
#include "bindings/gradient_list.hpp"
#include "core/tensor_view.hpp"

namespace fa {

// Which order the views walk: kMemory makes runs as long as possible (a transposed array is one
// run), kIndex is C order, in which an element's number means the same to the caller.
enum class ElementOrder { kMemory, kIndex };

struct GradientsArg {
  std::vector<TensorView> tensors;
  std::vector<std::int64_t> positions;  // of each tensor in the caller's list (None is left out)
  std::vector<ArrayFacts> arrays;
  std::list<std::vector<Axis>> axes;  // what the views of strided arrays refer to
  ForeignTensors foreign;
};

// "grads[3]", or "grads['fc.weight']" when names are given (a list; None: positions).
std::string gradient_name(py::handle names, std::int64_t position);

constexpr std::initializer_list<DType> kAnyGradient = {DType::kFloat16,   DType::kBfloat16,
                                                       DType::kFloat32,   DType::kFloat64,
                                                       DType::kComplex64, DType::kComplex128};
constexpr std::initializer_list<DType> kRealGradient = {DType::kFloat16, DType::kBfloat16,
                                                        DType::kFloat32, DType::kFloat64};

// Borrows from `grads`, and holds what else the views refer to.
GradientsArg gradients_arg(const char* function, const GradientTuple& grads, py::handle names,
                           ElementOrder order, std::initializer_list<DType> allowed = kAnyGradient);

// The view of one array; `storage` holds the axes that it refers to.
void view_tensor(const ArrayFacts& facts, ElementOrder order, std::list<std::vector<Axis>>& storage,
                 TensorView& view);

// The facts of an array or a foreign tensor, which `keep` keeps alive.
ArrayFacts tensor_facts(const char* function, ArgumentName name, py::object object,
                        std::initializer_list<DType> allowed, ForeignTensors& keep);

// Throws ValueError for arrays of the list that share memory (one that is counted twice distorts
// the norm, one that is scaled twice the result) and, if `will_write`, for one that is read-only or
// overlaps itself.
void require_distinct(const char* function, const GradientsArg& gradients, py::handle names,
                      bool will_write);

// Throws the NonFiniteGradientError that names the first element that is not finite.
[[noreturn]] void raise_nonfinite(const char* function, const GradientTuple& grads,
                                  py::handle names, double norm);

// A number: anything that float() takes, but no string.
double number_arg(const char* function, const char* name, py::handle object);
double above_zero(const char* function, const char* name, py::handle object);

// `nonfinite=`: what to do about a norm that is NaN or infinite.
enum class NonFinite { kError, kSkip, kZero, kPropagate };
NonFinite nonfinite_arg(const char* function, py::handle object, bool may_zero);

}  // namespace fa
