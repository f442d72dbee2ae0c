#include <mutex>
#include <optional>

#include "bindings/gradient_args.hpp"
#include "bindings/gradient_clip.hpp"
#include "bindings/register.hpp"
#include "kernels/grad_norm.hpp"

namespace fa {
namespace {

constexpr const char* kName = "NormAccumulator";

std::string count_text(std::int64_t tensors, std::int64_t elements) {
  return std::to_string(tensors) + (tensors == 1 ? " gradient of " : " gradients of ") +
         std::to_string(elements) + (elements == 1 ? " element" : " elements");
}

// The norm of gradients as they come. Threads may add at the same time: what each has summed is
// taken in under a lock, which is never held while Python runs.
class BoundNormAccumulator {
 public:
  BoundNormAccumulator(py::object norm_type, py::object nonfinite, py::object threads)
      : p_(above_zero(kName, "norm_type", norm_type)),
        mode_(nonfinite_arg(kName, nonfinite, true)),
        team_(threads_arg(kName, threads)) {}

  void add(py::object grads) {
    if (grads.is_none()) grads = py::make_tuple(grads);  // as in a list
    const GradientList list = gradient_list(kName, grads);
    const GradientsArg gradients =
        gradients_arg(kName, list.items, list.names, ElementOrder::kMemory);
    require_distinct(kName, gradients, list.names, false);
    bool is_finite = true;
    std::int64_t before = 0;
    {
      const py::gil_scoped_release release;
      std::vector<TensorPowers> powers;
      powers.reserve(gradients.tensors.size());
      std::int64_t elements = 0;
      for (const TensorView& tensor : gradients.tensors) {
        powers.push_back(tensor_powers(tensor, p_, team_));
        is_finite = is_finite && std::isfinite(powers.back().norm);
        elements += tensor.size;
      }
      const std::lock_guard lock(mutex_);
      before = taken_.positions;
      for (const TensorPowers& of_tensor : powers) taken_.sum.add(of_tensor);
      taken_.positions += static_cast<std::int64_t>(list.items.size());
      taken_.tensors += static_cast<std::int64_t>(gradients.tensors.size());
      taken_.elements += elements;
    }
    if (!is_finite && first_nonfinite_.is_none()) first_nonfinite_ = find(list, before);
  }

  double norm() const {
    const std::lock_guard lock(mutex_);
    return taken_.sum.norm();
  }

  // (name, index, size, value) of the first element that was not finite, or None.
  py::object first_nonfinite() const { return first_nonfinite_; }

  void clip(py::object grads, py::object max_norm) {
    const double limit = above_zero(kName, "max_norm", max_norm);
    const GradientList list = gradient_list(kName, grads);
    const GradientsArg gradients =
        gradients_arg(kName, list.items, list.names, ElementOrder::kMemory);
    require_distinct(kName, gradients, list.names, true);
    require_what_was_added(gradients);
    const double norm = this->norm();
    const py::gil_scoped_release release;
    clip_with_norm(gradients.tensors, limit, norm, mode_, team_);
  }

  void reset() {
    first_nonfinite_ = py::none();
    const std::lock_guard lock(mutex_);
    taken_ = Taken{NormSum(p_)};
  }

 private:
  struct Taken {
    NormSum sum;
    std::int64_t positions = 0;  // None included
    std::int64_t tensors = 0, elements = 0;
  };

  static py::object find(const GradientList& list, std::int64_t before) {
    const GradientsArg gradients =
        gradients_arg(kName, list.items, list.names, ElementOrder::kIndex);
    const auto found = find_nonfinite(gradients.tensors);
    if (!found.has_value()) return py::none();
    const auto tensor = static_cast<std::size_t>(found->tensor);
    const std::int64_t position = gradients.positions[tensor];
    py::object name = py::int_(before + position);
    if (!list.names.is_none()) name = list.names[py::int_(position)];
    return py::make_tuple(name, found->index, gradients.tensors[tensor].size, found->value);
  }

  // A list that is another one than was added would be scaled by a norm that is not its own.
  void require_what_was_added(const GradientsArg& gradients) const {
    const auto tensors = static_cast<std::int64_t>(gradients.tensors.size());
    std::int64_t elements = 0;
    for (const TensorView& tensor : gradients.tensors) elements += tensor.size;
    const std::lock_guard lock(mutex_);
    if (tensors == taken_.tensors && elements == taken_.elements) return;
    raise_value_error(kName, "grads has " + count_text(tensors, elements) + ", expected the " +
                                 count_text(taken_.tensors, taken_.elements) +
                                 " that were added since the last reset");
  }

  double p_;
  NonFinite mode_;
  Threads team_;
  mutable std::mutex mutex_;
  Taken taken_{NormSum(p_)};
  py::object first_nonfinite_ = py::none();
};

}  // namespace

void register_norm_accumulator(py::module_& m) {
  py::class_<BoundNormAccumulator>(m, "NormAccumulator")
      .def(py::init<py::object, py::object, py::object>(), py::arg("norm_type"),
           py::arg("nonfinite"), py::arg("threads"))
      .def("add", &BoundNormAccumulator::add, py::arg("grads"))
      .def("norm", &BoundNormAccumulator::norm)
      .def("first_nonfinite", &BoundNormAccumulator::first_nonfinite)
      .def("clip", &BoundNormAccumulator::clip, py::arg("grads"), py::arg("max_norm"))
      .def("reset", &BoundNormAccumulator::reset);
}

}  // namespace fa
