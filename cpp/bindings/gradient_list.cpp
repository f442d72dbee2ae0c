#include "bindings/gradient_list.hpp"

#include "bindings/foreign_tensors.hpp"

namespace fa {
namespace {

// Deeper nesting is taken for a list that holds itself.
constexpr int kMaxDepth = 64;

bool is_leaf(py::handle object) {
  return object.is_none() || is_array(object) || is_torch_tensor(object);
}

bool is_sequence(py::handle object) {
  return PyList_Check(object.ptr()) != 0 || PyTuple_Check(object.ptr()) != 0;
}

bool is_mapping(py::handle object) {
  return PyDict_Check(object.ptr()) != 0 ||
         (PyMapping_Check(object.ptr()) != 0 && py::hasattr(object, "keys"));
}

py::tuple as_tuple(py::handle iterable) {
  PyObject* items = PySequence_Tuple(iterable.ptr());
  if (items == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::tuple>(items);
}

// A list of the keys and a tuple of the values, taken together.
std::pair<py::list, py::tuple> keys_and_values(py::handle mapping) {
  if (PyDict_Check(mapping.ptr()) != 0) {
    return {py::reinterpret_steal<py::list>(PyDict_Keys(mapping.ptr())),
            as_tuple(py::reinterpret_steal<py::object>(PyDict_Values(mapping.ptr())))};
  }
  return {py::list(mapping.attr("keys")()), as_tuple(mapping.attr("values")())};
}

struct Flat {
  const char* function;
  const char* argument;
  py::list items, names;

  void add(py::handle object, const py::object& name, int depth) {
    if (is_leaf(object) || !(is_sequence(object) || is_mapping(object))) {
      items.append(object);
      names.append(name);
      return;
    }
    if (depth == kMaxDepth) {
      raise_value_error(function, std::string(argument) + " is nested deeper than " +
                                      std::to_string(kMaxDepth) + " levels");
    }
    if (is_mapping(object)) {
      const auto [keys, values] = keys_and_values(object);
      for (std::size_t i = 0; i < values.size(); ++i) add_member(values[i], name, keys[i], depth);
    } else {
      const py::tuple members = as_tuple(object);
      for (std::size_t i = 0; i < members.size(); ++i) {
        add_member(members[i], name, py::int_(i), depth);
      }
    }
  }

  void add_member(py::handle object, const py::object& name, const py::object& key, int depth) {
    add(object, depth == 0 ? key : py::str("{}.{}").format(name, key), depth + 1);
  }
};

bool holds_others(const py::tuple& items) {
  for (const py::handle item : items) {
    if (!is_leaf(item) && (is_sequence(item) || is_mapping(item))) return true;
  }
  return false;
}

GradientList flattened(const char* function, py::handle grads, const char* argument) {
  Flat flat{function, argument, py::list(), py::list()};
  flat.add(grads, py::none(), 0);
  return {GradientTuple(as_tuple(flat.items)), flat.names};
}

bool is_text(py::handle object) {
  return PyUnicode_Check(object.ptr()) != 0 || PyBytes_Check(object.ptr()) != 0;
}

}  // namespace

GradientList gradient_list(const char* function, py::handle grads, const char* argument) {
  if (is_sequence(grads)) {
    py::tuple items = as_tuple(grads);
    if (holds_others(items)) return flattened(function, items, argument);
    return {GradientTuple(std::move(items)), py::none()};
  }
  if (!grads.is_none() && (is_leaf(grads) || is_tensor(grads))) {
    return {GradientTuple(py::make_tuple(grads)), py::none()};
  }
  if (is_mapping(grads)) {
    auto [keys, values] = keys_and_values(grads);
    if (holds_others(values)) return flattened(function, grads, argument);
    return {GradientTuple(std::move(values)), std::move(keys)};
  }
  if (!is_text(grads) && py::hasattr(grads, "__iter__")) {
    py::tuple items = as_tuple(grads);
    if (holds_others(items)) return flattened(function, items, argument);
    return {GradientTuple(std::move(items)), py::none()};
  }
  if (py::hasattr(grads, "grad")) return {GradientTuple(py::make_tuple(grads)), py::none()};
  raise_type_error(function, std::string(argument) + " has type " + type_name_of(grads) +
                                 ", expected an array, an iterable of arrays or a mapping of "
                                 "names to arrays");
}

}  // namespace fa
