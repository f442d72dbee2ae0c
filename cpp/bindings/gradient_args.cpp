#include "bindings/gradient_args.hpp"

#include <algorithm>

namespace fa {
namespace {

// The axes longer than 1, with neighbours that continue each other joined. `data` moves to the
// lowest address when the order is free.
std::vector<Axis> walked_axes(const ArrayFacts& facts, ElementOrder order, std::byte*& data) {
  std::vector<Axis> axes;
  for (int axis = 0; axis < facts.rank; ++axis) {
    if (facts.shape[axis] > 1) axes.push_back({facts.shape[axis], facts.strides[axis]});
  }
  if (order == ElementOrder::kMemory) {
    for (Axis& axis : axes) {
      if (axis.stride >= 0) continue;
      data += (axis.size - 1) * axis.stride;
      axis.stride = -axis.stride;
    }
    std::stable_sort(axes.begin(), axes.end(),
                     [](const Axis& a, const Axis& b) { return a.stride > b.stride; });
  }
  std::vector<Axis> joined;
  for (const Axis& axis : axes) {
    if (!joined.empty() && joined.back().stride == axis.size * axis.stride) {
      joined.back() = {joined.back().size * axis.size, axis.stride};
    } else {
      joined.push_back(axis);
    }
  }
  return joined;
}

// Sets the number of elements; whether they lie in C order.
bool is_c_contiguous(const ArrayFacts& facts, std::int64_t& size) {
  const std::int64_t item = item_size(facts.dtype);
  bool contiguous = true;
  size = 1;
  for (int axis = facts.rank - 1; axis >= 0; --axis) {
    contiguous &= facts.shape[axis] == 1 || facts.strides[axis] == size * item;
    size *= facts.shape[axis];
  }
  return contiguous;
}

}  // namespace

void view_tensor(const ArrayFacts& facts, ElementOrder order, std::list<std::vector<Axis>>& storage,
                 TensorView& view) {
  view.data = facts.data;
  view.dtype = facts.dtype;
  view.rank = 0;
  view.axes = nullptr;
  if (is_c_contiguous(facts, view.size) || view.size <= 1) return;
  std::vector<Axis> axes = walked_axes(facts, order, view.data);
  if (axes.size() == 1 && axes.front().stride == item_size(facts.dtype)) return;
  storage.push_back(std::move(axes));
  view.rank = static_cast<std::int32_t>(storage.back().size());
  view.axes = storage.back().data();
}

ArrayFacts tensor_facts(const char* function, ArgumentName name, py::object object,
                        std::initializer_list<DType> allowed, ForeignTensors& keep) {
  if (!is_array(object)) {
    return foreign_facts(function, name, std::move(object), allowed, keep);
  }
  const ArrayFacts facts = array_facts(function, name, object, allowed);
  keep.owners.push_back(std::move(object));
  return facts;
}

std::string gradient_name(py::handle names, std::int64_t position) {
  if (names.is_none()) return "grads[" + std::to_string(position) + "]";
  return "grads[" +
         repr_of(py::reinterpret_borrow<py::list>(names)[static_cast<std::size_t>(position)]) + "]";
}

GradientsArg gradients_arg(const char* function, const GradientTuple& grads, py::handle names,
                           ElementOrder order, std::initializer_list<DType> allowed) {
  GradientsArg result;
  const std::size_t count = grads.size();
  result.tensors.reserve(count);
  result.positions.reserve(count);
  result.arrays.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const py::handle item = PyTuple_GET_ITEM(grads.ptr(), static_cast<py::ssize_t>(i));
    if (item.is_none()) continue;
    const auto position = static_cast<std::int64_t>(i);
    const auto name = [&] { return gradient_name(names, position); };
    if (is_array(item)) {
      look_at_array(function, name, item, allowed, result.arrays.emplace_back());
    } else {
      py::object gradient = gradient_of(item);
      if (gradient.is_none()) continue;
      result.arrays.push_back(
          tensor_facts(function, name, std::move(gradient), allowed, result.foreign));
    }
    view_tensor(result.arrays.back(), order, result.axes, result.tensors.emplace_back());
    result.positions.push_back(position);
  }
  return result;
}

void require_distinct(const char* function, const GradientsArg& gradients, py::handle names,
                      bool will_write) {
  const auto name = [&](std::int64_t i) {
    return gradient_name(names, gradients.positions[static_cast<std::size_t>(i)]);
  };
  for (std::size_t i = 0; i < gradients.arrays.size(); ++i) {
    const ArrayFacts& facts = gradients.arrays[i];
    const auto position = static_cast<std::int64_t>(i);
    if (!will_write) continue;
    if (!facts.writable) require_writable(function, name(position), facts);
    if (gradients.tensors[i].rank > 0 && overlaps_itself(facts)) {
      raise_value_error(function,
                        name(position) + " overlaps itself (strides that visit an element twice)");
    }
  }
  const OverlappingPair pair =
      find_overlap(gradients.arrays, std::vector<bool>(gradients.arrays.size(), true));
  if (pair.first < 0) return;
  const bool same = gradients.arrays[static_cast<std::size_t>(pair.first)].array.is(
      gradients.arrays[static_cast<std::size_t>(pair.second)].array);
  raise_value_error(function, name(pair.second) +
                                  (same ? " is the same array as " : " shares memory with ") +
                                  name(pair.first) + ", expected each gradient once");
}

void raise_nonfinite(const char* function, const GradientTuple& grads, py::handle names,
                     double norm) {
  const py::object error = py::module_::import("fast_augment.gradients")
                               .attr("_nonfinite_error")(function, grads, names, norm);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
  throw py::error_already_set();
}

double number_arg(const char* function, const char* name, py::handle object) {
  const bool is_text = PyUnicode_Check(object.ptr()) != 0 || PyBytes_Check(object.ptr()) != 0;
  PyObject* number = is_text ? nullptr : PyNumber_Float(object.ptr());
  if (number == nullptr) {
    PyErr_Clear();
    raise_type_error(function,
                     std::string(name) + " is " + repr_of(object) + ", expected a number");
  }
  return py::reinterpret_steal<py::float_>(number);
}

double above_zero(const char* function, const char* name, py::handle object) {
  const double value = number_arg(function, name, object);
  if (!(value > 0.0)) {
    raise_value_error(function,
                      std::string(name) + " is " + repr_of(object) + ", expected a number above 0");
  }
  return value;
}

NonFinite nonfinite_arg(const char* function, py::handle object, bool may_zero) {
  const std::string nonfinite = text_arg(function, "nonfinite", object);
  if (nonfinite == "error") return NonFinite::kError;
  if (nonfinite == "skip") return NonFinite::kSkip;
  if (nonfinite == "zero" && may_zero) return NonFinite::kZero;
  if (nonfinite == "propagate") return NonFinite::kPropagate;
  raise_value_error(function, "nonfinite is '" + nonfinite + "', expected 'error', 'skip'" +
                                  (may_zero ? ", 'zero'" : "") + " or 'propagate'");
}

}  // namespace fa
