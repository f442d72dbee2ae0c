#include "bindings/torch_handles.hpp"

#include <dlfcn.h>

#include <atomic>
#include <string>

namespace fa {
namespace {

// What is looked up once; never freed. All return 0 when they succeed.
struct Interface {
  PyObject* allocate = nullptr;  // a function of Python: a capsule with a reference to a tensor
  int (*release)(void*) = nullptr;
  int (*data)(void*, void**) = nullptr;
  int (*rank)(void*, std::int64_t*) = nullptr;
  int (*shape)(void*, std::int64_t**) = nullptr;
  int (*strides)(void*, std::int64_t**) = nullptr;
  int (*dtype)(void*, std::int32_t*) = nullptr;
  int (*device)(void*, std::int32_t*) = nullptr;

  bool is_complete() const {
    return allocate != nullptr && release != nullptr && data != nullptr && rank != nullptr &&
           shape != nullptr && strides != nullptr && dtype != nullptr && device != nullptr;
  }
};

template <class Function>
void find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, name));
}

Interface find_interface() {
  Interface found;
  const py::module_ torch = py::module_::import("torch");
  const auto package = torch.attr("__path__")[py::int_(0)].cast<std::string>();
  // It is loaded already, or it is another kind of torch.
  void* library = dlopen((package + "/lib/libtorch_cpu.so").c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return found;
  find(library, "aoti_torch_delete_tensor_object", found.release);
  find(library, "aoti_torch_get_data_ptr", found.data);
  find(library, "aoti_torch_get_dim", found.rank);
  find(library, "aoti_torch_get_sizes", found.shape);
  find(library, "aoti_torch_get_strides", found.strides);
  find(library, "aoti_torch_get_dtype", found.dtype);
  find(library, "aoti_torch_get_device_type", found.device);
  found.allocate =
      py::object(torch.attr("_C").attr("_aoti").attr("unsafe_alloc_void_ptr_from_tensor"))
          .release()
          .ptr();
  return found;
}

// Null where something is missing.
const Interface* torch_interface() {
  static std::atomic<const Interface*> known{nullptr};
  const Interface* interface = known.load(std::memory_order_acquire);
  if (interface == nullptr) {
    Interface found;
    try {
      found = find_interface();
    } catch (const py::error_already_set&) {
      found = Interface{};  // of before there was such an interface
    }
    interface = new Interface(found);
    known.store(interface, std::memory_order_release);
  }
  return interface->is_complete() ? interface : nullptr;
}

}  // namespace

TorchHandle::TorchHandle(py::handle tensor) {
  const Interface* torch = torch_interface();
  if (torch == nullptr) return;
  const auto capsule =
      py::reinterpret_steal<py::object>(PyObject_CallOneArg(torch->allocate, tensor.ptr()));
  if (capsule && PyCapsule_IsValid(capsule.ptr(), nullptr) != 0) {
    tensor_ = PyCapsule_GetPointer(capsule.ptr(), nullptr);
  }
  if (PyErr_Occurred() != nullptr) PyErr_Clear();
}

TorchHandle::~TorchHandle() {
  if (tensor_ != nullptr) torch_interface()->release(tensor_);
}

bool TorchHandle::read(TorchFacts& facts) const {
  const Interface& torch = *torch_interface();
  return torch.data(tensor_, &facts.data) == 0 && torch.rank(tensor_, &facts.rank) == 0 &&
         torch.shape(tensor_, &facts.shape) == 0 && torch.strides(tensor_, &facts.strides) == 0 &&
         torch.dtype(tensor_, &facts.dtype) == 0 && torch.device(tensor_, &facts.device) == 0;
}

}  // namespace fa
