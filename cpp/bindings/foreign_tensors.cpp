#include "bindings/foreign_tensors.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace fa {
namespace {

// What is looked up in torch once; never freed, as types and their descriptors live on.
struct Torch {
  PyTypeObject* tensor;
  PyTypeObject* parameter;
  PyObject *grad, *requires_grad, *is_leaf;  // descriptors
  const dlpack::ExchangeApi* exchange;       // null before torch 2.10
};

const dlpack::ExchangeApi* exchange_api(const py::object& type) {
  const py::object capsule = py::getattr(type, "__dlpack_c_exchange_api__", py::none());
  if (!PyCapsule_IsValid(capsule.ptr(), "dlpack_exchange_api")) return nullptr;
  const auto* api = static_cast<const dlpack::ExchangeApi*>(
      PyCapsule_GetPointer(capsule.ptr(), "dlpack_exchange_api"));
  while (api != nullptr && api->version.major > dlpack::kMajorVersion) api = api->older;
  return api;
}

const Torch* find_torch() {
  const auto module = py::reinterpret_steal<py::object>(
      PyImport_GetModule(py::str("torch").ptr()));  // null unless someone imported it
  if (!module) {
    PyErr_Clear();
    return nullptr;
  }
  // Absent while torch is being imported.
  py::object tensor = py::getattr(module, "Tensor", py::none());
  const py::object nn = py::getattr(module, "nn", py::none());
  py::object parameter = py::getattr(nn, "Parameter", py::none());
  if (!PyType_Check(tensor.ptr()) || !PyType_Check(parameter.ptr())) return nullptr;
  const dlpack::ExchangeApi* exchange = exchange_api(tensor);
  PyObject* grad = py::object(tensor.attr("grad")).release().ptr();
  PyObject* requires_grad = py::object(tensor.attr("requires_grad")).release().ptr();
  PyObject* is_leaf = py::object(tensor.attr("is_leaf")).release().ptr();
  return new Torch{reinterpret_cast<PyTypeObject*>(tensor.release().ptr()),
                   reinterpret_cast<PyTypeObject*>(parameter.release().ptr()),
                   grad,
                   requires_grad,
                   is_leaf,
                   exchange};
}

const Torch* torch_if_imported() {
  static std::atomic<const Torch*> known{nullptr};
  const Torch* torch = known.load(std::memory_order_acquire);
  if (torch != nullptr) return torch;
  torch = find_torch();
  if (torch != nullptr) known.store(torch, std::memory_order_release);
  return torch;
}

// An attribute of torch.Tensor: through its descriptor for torch's own types, by name for types
// that may have replaced it.
py::object tensor_attribute(const Torch& torch, PyObject* descriptor, const char* name,
                            py::handle object) {
  PyTypeObject* type = Py_TYPE(object.ptr());
  const auto get = Py_TYPE(descriptor)->tp_descr_get;
  if (get == nullptr || (type != torch.tensor && type != torch.parameter)) {
    return object.attr(name);
  }
  PyObject* value = get(descriptor, object.ptr(), reinterpret_cast<PyObject*>(type));
  if (value == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(value);
}

bool is_parameter(const Torch& torch, py::handle tensor) {
  if (PyObject_TypeCheck(tensor.ptr(), torch.parameter)) return true;
  const auto holds = [&](PyObject* descriptor, const char* name) {
    return tensor_attribute(torch, descriptor, name, tensor).is(py::handle(Py_True));
  };
  // A gradient that can be differentiated again requires one too, but is no leaf.
  return holds(torch.requires_grad, "requires_grad") && holds(torch.is_leaf, "is_leaf");
}

bool dtype_of(const dlpack::DataType& type, DType& dtype) {
  struct Known {
    std::uint8_t code, bits;
    DType dtype;
  };
  constexpr Known kKnown[] = {
      {dlpack::kFloat, 16, DType::kFloat16},     {dlpack::kFloat, 32, DType::kFloat32},
      {dlpack::kFloat, 64, DType::kFloat64},     {dlpack::kBfloat, 16, DType::kBfloat16},
      {dlpack::kComplex, 64, DType::kComplex64}, {dlpack::kComplex, 128, DType::kComplex128}};
  for (const Known& known : kKnown) {
    if (type.code != known.code || type.bits != known.bits || type.lanes != 1) continue;
    dtype = known.dtype;
    return true;
  }
  return false;
}

std::string dtype_text(py::handle object, const dlpack::DataType& type) {
  if (!py::hasattr(object, "dtype")) {
    return "code " + std::to_string(type.code) + " of " + std::to_string(type.bits) + " bits";
  }
  const auto text = py::str(object.attr("dtype")).cast<std::string>();
  return text.starts_with("torch.") ? text.substr(std::strlen("torch.")) : text;
}

bool is_on_cpu(std::int32_t device_type) {
  return device_type == dlpack::kCpu || device_type == dlpack::kCudaHost ||
         device_type == dlpack::kRocmHost;
}

[[noreturn]] void raise_elsewhere(const char* function, const std::string& name, py::handle object,
                                  std::int32_t device_type) {
  const std::string device = py::hasattr(object, "device")
                                 ? py::str(object.attr("device")).cast<std::string>()
                                 : "DLPack device type " + std::to_string(device_type);
  raise_type_error(function, name + " is on the device " + device + ", expected the CPU");
}

// Why torch would not lend a tensor.
[[noreturn]] void raise_not_lent(const char* function, const std::string& name, py::handle object,
                                 const py::error_already_set& error) {
  const auto layout = py::str(py::getattr(object, "layout", py::none())).cast<std::string>();
  if (layout != "torch.strided" && layout != "None") {
    raise_type_error(function, name + " has layout " + layout + ", expected a dense tensor");
  }
  if (py::getattr(object.attr("device"), "type", py::none()).cast<std::string>() != "cpu") {
    raise_elsewhere(function, name, object, 0);
  }
  const auto text = py::str(error.value()).cast<std::string>();
  raise_type_error(function, name + " cannot be read: " + text.substr(0, text.find('\n')));
}

ArrayFacts facts_of(const char* function, ArgumentName name, py::handle object,
                    const dlpack::Tensor& tensor, bool writable,
                    std::initializer_list<DType> allowed, ForeignTensors& keep) {
  if (!is_on_cpu(tensor.device_type)) {
    raise_elsewhere(function, name(), object, tensor.device_type);
  }
  DType dtype;
  if (!dtype_of(tensor.dtype, dtype) ||
      std::find(allowed.begin(), allowed.end(), dtype) == allowed.end()) {
    raise_type_error(function, name() + " has dtype " + dtype_text(object, tensor.dtype) +
                                   ", expected " + join_names(allowed));
  }
  std::vector<py::ssize_t>& sizes = keep.sizes.emplace_back(2 * tensor.rank);
  py::ssize_t* shape = sizes.data();
  py::ssize_t* strides = shape + tensor.rank;
  py::ssize_t packed = item_size(dtype);
  for (int axis = tensor.rank - 1; axis >= 0; --axis) {
    shape[axis] = tensor.shape[axis];
    strides[axis] = tensor.strides == nullptr ? packed : tensor.strides[axis] * item_size(dtype);
    packed *= shape[axis];
  }
  std::byte* data = static_cast<std::byte*>(tensor.data) + tensor.byte_offset;
  const int alignment = is_complex(dtype) ? item_size(dtype) / 2 : item_size(dtype);
  if (reinterpret_cast<std::uintptr_t>(data) % static_cast<std::uintptr_t>(alignment) != 0) {
    raise_value_error(function, name() + " is not aligned to its elements");
  }
  return ArrayFacts{object, data, tensor.rank, shape, strides, dtype, writable};
}

py::object dlpack_capsule(py::handle object) {
  const py::object method = object.attr("__dlpack__");
  try {
    return method(py::arg("max_version") = py::make_tuple(dlpack::kMajorVersion, 3));
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_TypeError)) throw;
    return method();  // from before versions
  }
}

}  // namespace

bool is_torch_tensor(py::handle object) {
  const Torch* torch = torch_if_imported();
  return torch != nullptr && PyObject_TypeCheck(object.ptr(), torch->tensor);
}

bool is_tensor(py::handle object) {
  return is_torch_tensor(object) || py::hasattr(object, "__dlpack__");
}

py::object gradient_of(py::handle object) {
  const Torch* torch = torch_if_imported();
  if (torch != nullptr && PyObject_TypeCheck(object.ptr(), torch->tensor)) {
    if (is_parameter(*torch, object)) return tensor_attribute(*torch, torch->grad, "grad", object);
  } else if (py::hasattr(object, "grad")) {
    return object.attr("grad");
  }
  return py::reinterpret_borrow<py::object>(object);
}

bool borrow_torch_tensor(py::handle object, dlpack::Tensor& tensor) {
  const Torch* torch = torch_if_imported();
  if (torch == nullptr || torch->exchange == nullptr ||
      !PyObject_TypeCheck(object.ptr(), torch->tensor)) {
    return false;
  }
  if (torch->exchange->borrow_from_object(object.ptr(), &tensor) != 0) {
    throw py::error_already_set();
  }
  return true;
}

ArrayFacts foreign_facts(const char* function, ArgumentName name, py::object object,
                         std::initializer_list<DType> allowed, ForeignTensors& keep) {
  dlpack::Tensor borrowed;
  const bool is_torch = is_torch_tensor(object);
  try {
    if (borrow_torch_tensor(object, borrowed)) {
      const py::handle handle = object;
      keep.owners.push_back(std::move(object));
      return facts_of(function, name, handle, borrowed, true, allowed, keep);
    }
  } catch (const py::error_already_set& error) {
    raise_not_lent(function, name(), object, error);
  }
  if (!py::hasattr(object, "__dlpack__")) {
    raise_type_error(
        function, name() + " has type " + type_name_of(object) + ", expected an array or a tensor");
  }
  const auto device = object.attr("__dlpack_device__")().cast<std::pair<int, int>>();
  if (!is_on_cpu(device.first)) raise_elsewhere(function, name(), object, device.first);
  const py::object capsule = dlpack_capsule(is_torch ? object.attr("detach")() : object);
  const py::handle handle = object;
  keep.owners.push_back(capsule);
  keep.owners.push_back(std::move(object));
  if (PyCapsule_IsValid(capsule.ptr(), "dltensor_versioned")) {
    const auto* managed = static_cast<const dlpack::VersionedTensor*>(
        PyCapsule_GetPointer(capsule.ptr(), "dltensor_versioned"));
    if (managed->version.major == dlpack::kMajorVersion) {
      const bool writable = (managed->flags & dlpack::kReadOnly) == 0;
      return facts_of(function, name, handle, managed->tensor, writable, allowed, keep);
    }
  } else if (PyCapsule_IsValid(capsule.ptr(), "dltensor")) {
    const auto* tensor =
        static_cast<const dlpack::Tensor*>(PyCapsule_GetPointer(capsule.ptr(), "dltensor"));
    return facts_of(function, name, handle, *tensor, true, allowed, keep);
  }
  raise_type_error(function, name() + " speaks no version of DLPack that is known here");
}

}  // namespace fa
