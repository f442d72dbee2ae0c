#include <cstring>
#include <memory>
#include <mutex>

#include "bindings/gradient_args.hpp"
#include "bindings/gradient_clip.hpp"
#include "bindings/register.hpp"
#include "bindings/torch_handles.hpp"
#include "kernels/grad_norm.hpp"

namespace fa {
namespace {

constexpr const char* kName = "GradientClipper";
constexpr int kNoDType = -1;

// What an entry of the list was when its view was made. Any difference makes new views.
struct Seen {
  enum class Kind : std::uint8_t { kNothing, kArray, kTorch, kOther };
  Kind kind = Kind::kNothing;
  bool is_parameter = false;  // the gradient is read from it again in each call
  int rank = 0, flags = 0;
  const void* data = nullptr;
  const void* descriptor = nullptr;
  dlpack::DataType dtype{};
  std::size_t first_size = 0;  // of rank sizes and rank strides
  TorchHandle handle;          // of a tensor that is in the list itself, where torch has handles
  std::int32_t torch_dtype = 0, torch_device = 0;
};

// Views of all gradients, and what they were made from. Never changed once made.
struct Plan {
  std::vector<TensorView> tensors;
  std::list<std::vector<Axis>> axes;
  std::vector<Seen> seen;  // one per entry
  std::vector<py::ssize_t> sizes;
  std::vector<int> dtypes;  // of each entry, or kNoDType
};

const py::detail::PyArray_Proxy* header_of(py::handle array) {
  return py::detail::array_proxy(array.ptr());
}

template <class Size>
bool same_sizes(const Size* now, const py::ssize_t* before, int rank) {
  static_assert(sizeof(Size) == sizeof(py::ssize_t));
  for (int axis = 0; axis < rank; ++axis) {
    if (now[axis] != before[axis]) return false;
  }
  return true;
}

// Of a tensor with a handle.
bool is_still(const Seen& seen, const py::ssize_t* sizes) {
  TorchFacts now;
  return seen.handle.read(now) && now.data == seen.data && now.rank == seen.rank &&
         now.dtype == seen.torch_dtype && now.device == seen.torch_device &&
         same_sizes(now.shape, sizes, seen.rank) &&
         same_sizes(now.strides, sizes + seen.rank, seen.rank);
}

// A handle for the tensor, if it says the same about it as was noted down.
void take_handle(py::handle tensor, Seen& seen, const std::vector<py::ssize_t>& sizes) {
  seen.handle = TorchHandle(tensor);
  TorchFacts now;
  if (seen.handle && seen.handle.read(now)) {
    seen.torch_dtype = now.dtype;
    seen.torch_device = now.device;
    if (is_still(seen, sizes.data() + seen.first_size)) return;
  }
  seen.handle = TorchHandle();
}

bool is_still(const Seen& seen, const py::ssize_t* sizes, py::handle gradient) {
  if (gradient.is_none() || seen.kind == Seen::Kind::kNothing) {
    return gradient.is_none() && seen.kind == Seen::Kind::kNothing;
  }
  if (seen.kind == Seen::Kind::kArray) {
    // An entry of the list is the object that it was; a parameter may hold another one.
    if (seen.is_parameter && !is_array(gradient)) return false;
    const auto* header = header_of(gradient);
    return header->data == seen.data && header->nd == seen.rank && header->flags == seen.flags &&
           header->descr == seen.descriptor && same_sizes(header->dimensions, sizes, seen.rank) &&
           same_sizes(header->strides, sizes + seen.rank, seen.rank);
  }
  if (seen.handle) return is_still(seen, sizes);
  dlpack::Tensor now;
  if (seen.kind == Seen::Kind::kOther || !borrow_torch_tensor(gradient, now)) return false;
  return static_cast<std::byte*>(now.data) + now.byte_offset == seen.data &&
         now.rank == seen.rank && std::memcmp(&now.dtype, &seen.dtype, sizeof now.dtype) == 0 &&
         same_sizes(now.shape, sizes, seen.rank) &&
         same_sizes(now.strides, sizes + seen.rank, seen.rank);
}

// Notes down what is_still compares.
void look_at(py::handle item, const ArrayFacts& facts, Seen& seen,
             std::vector<py::ssize_t>& sizes) {
  seen.is_parameter = !facts.array.is(item);
  seen.first_size = sizes.size();
  seen.rank = facts.rank;
  dlpack::Tensor tensor;
  if (is_array(facts.array)) {
    const auto* header = header_of(facts.array);
    seen.kind = Seen::Kind::kArray;
    seen.data = header->data;
    seen.flags = header->flags;
    seen.descriptor = header->descr;
    sizes.insert(sizes.end(), header->dimensions, header->dimensions + header->nd);
    sizes.insert(sizes.end(), header->strides, header->strides + header->nd);
  } else if (borrow_torch_tensor(facts.array, tensor) && tensor.strides != nullptr) {
    seen.kind = Seen::Kind::kTorch;
    seen.data = facts.data;
    seen.dtype = tensor.dtype;
    sizes.insert(sizes.end(), tensor.shape, tensor.shape + tensor.rank);
    sizes.insert(sizes.end(), tensor.strides, tensor.strides + tensor.rank);
    // The gradient of a parameter may go at any time; a handle would keep its memory.
    if (!seen.is_parameter) take_handle(item, seen, sizes);
  } else {
    seen.kind = Seen::Kind::kOther;
  }
}

class BoundGradientClipper {
 public:
  BoundGradientClipper(py::object grads, py::object max_norm, py::object norm_type,
                       py::object nonfinite, py::object threads)
      : limit_(above_zero(kName, "max_norm", max_norm)),
        p_(above_zero(kName, "norm_type", norm_type)),
        mode_(nonfinite_arg(kName, nonfinite, true)),
        team_(threads_arg(kName, threads)),
        list_(gradient_list(kName, grads)) {
    std::vector<py::object> held;
    plan_ = make_plan(nullptr, held);
  }

  std::size_t size() const { return list_.items.size(); }

  double clip(py::object max_norm) {
    const double limit = max_norm.is_none() ? limit_ : above_zero(kName, "max_norm", max_norm);
    std::shared_ptr<const Plan> plan = current_plan();
    // The gradients of parameters are held while the kernels run, and not longer: the next step may
    // replace them.
    std::vector<py::object> held;
    if (!is_current(*plan, held)) {
      plan = make_plan(plan.get(), held);
      const std::lock_guard lock(mutex_);
      plan_ = plan;
    }
    double norm;
    {
      const py::gil_scoped_release release;
      norm = total_norm(plan->tensors, p_, team_);
      clip_with_norm(plan->tensors, limit, norm, mode_, team_);
    }
    if (mode_ == NonFinite::kError && !std::isfinite(norm)) {
      raise_nonfinite(kName, list_.items, list_.names, norm);
    }
    return norm;
  }

 private:
  std::shared_ptr<const Plan> current_plan() const {
    const std::lock_guard lock(mutex_);
    return plan_;
  }

  py::handle item(std::size_t position) const {
    return PyTuple_GET_ITEM(list_.items.ptr(), static_cast<py::ssize_t>(position));
  }

  bool is_current(const Plan& plan, std::vector<py::object>& held) const {
    for (std::size_t i = 0; i < plan.seen.size(); ++i) {
      const Seen& seen = plan.seen[i];
      const py::ssize_t* sizes = plan.sizes.data() + seen.first_size;
      if (!seen.is_parameter) {
        if (!is_still(seen, sizes, item(i))) return false;
        continue;
      }
      held.push_back(gradient_of(item(i)));
      if (!is_still(seen, sizes, held.back())) return false;
    }
    return true;
  }

  std::shared_ptr<const Plan> make_plan(const Plan* before, std::vector<py::object>& held) const {
    GradientsArg gradients = gradients_arg(kName, list_.items, list_.names, ElementOrder::kMemory);
    require_distinct(kName, gradients, list_.names, true);
    const auto plan = std::make_shared<Plan>();
    plan->seen.resize(size());
    plan->dtypes.assign(size(), kNoDType);
    if (before != nullptr) plan->dtypes = before->dtypes;
    for (std::size_t i = 0; i < size(); ++i) plan->seen[i].is_parameter = !item(i).is_none();
    for (std::size_t i = 0; i < gradients.arrays.size(); ++i) {
      const auto position = static_cast<std::size_t>(gradients.positions[i]);
      look_at(item(position), gradients.arrays[i], plan->seen[position], plan->sizes);
      require_same_dtype(gradients.arrays[i].dtype, position, plan->dtypes[position]);
    }
    plan->tensors = std::move(gradients.tensors);
    plan->axes = std::move(gradients.axes);
    held = std::move(gradients.foreign.owners);
    return plan;
  }

  // An optimizer's state fits the dtype that was registered.
  void require_same_dtype(DType now, std::size_t position, int& registered) const {
    if (registered == kNoDType) registered = static_cast<int>(now);
    if (registered == static_cast<int>(now)) return;
    raise_type_error(kName, gradient_name(list_.names, static_cast<std::int64_t>(position)) +
                                " has dtype " + fa::name(now) + ", expected " +
                                fa::name(static_cast<DType>(registered)) +
                                " as when it was registered");
  }

  double limit_, p_;
  NonFinite mode_;
  Threads team_;
  GradientList list_;
  mutable std::mutex mutex_;  // never held while Python runs
  std::shared_ptr<const Plan> plan_;
};

}  // namespace

void register_gradient_clipper(py::module_& m) {
  py::class_<BoundGradientClipper>(m, "GradientClipper")
      .def(py::init<py::object, py::object, py::object, py::object, py::object>(), py::arg("grads"),
           py::arg("max_norm"), py::arg("norm_type"), py::arg("nonfinite"), py::arg("threads"))
      .def("clip", &BoundGradientClipper::clip, py::arg("max_norm"))
      .def("__len__", &BoundGradientClipper::size);
}

}  // namespace fa
