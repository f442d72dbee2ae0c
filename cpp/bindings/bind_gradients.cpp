#include <cmath>

#include "bindings/gradient_args.hpp"
#include "bindings/register.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_scale.hpp"

namespace fa {
namespace {

enum class NonFinite { kError, kSkip, kZero, kPropagate };

// torch's constant: keeps the factor finite for a norm of 0.
constexpr double kNormEpsilon = 1e-6;

NonFinite nonfinite_arg(const char* function, py::handle object, bool may_zero) {
  const std::string nonfinite = text_arg(function, "nonfinite", object);
  if (nonfinite == "error") return NonFinite::kError;
  if (nonfinite == "skip") return NonFinite::kSkip;
  if (nonfinite == "zero" && may_zero) return NonFinite::kZero;
  if (nonfinite == "propagate") return NonFinite::kPropagate;
  raise_value_error(function, "nonfinite is '" + nonfinite + "', expected 'error', 'skip'" +
                                  (may_zero ? ", 'zero'" : "") + " or 'propagate'");
}

double above_zero(const char* function, const char* name, py::handle object) {
  const double value = number_arg(function, name, object);
  if (!(value > 0.0)) {
    raise_value_error(function,
                      std::string(name) + " is " + repr_of(object) + ", expected a number above 0");
  }
  return value;
}

double get_total_norm(const GradientTuple& grads, py::object names, py::object norm_type,
                      py::object nonfinite, py::object threads) {
  constexpr const char* kName = "get_total_norm";
  const double p = above_zero(kName, "norm_type", norm_type);
  nonfinite_arg(kName, nonfinite, false);
  const Threads team = threads_arg(kName, threads);
  const GradientsArg gradients = gradients_arg(kName, grads, names, ElementOrder::kMemory);
  require_distinct(kName, gradients, names, false);
  const py::gil_scoped_release release;
  return total_norm(gradients.tensors, p, team);
}

double clip_grad_norm(const GradientTuple& grads, py::object names, py::object max_norm,
                      py::object norm_type, py::object nonfinite, py::object threads) {
  constexpr const char* kName = "clip_grad_norm_";
  const double limit = above_zero(kName, "max_norm", max_norm);
  const double p = above_zero(kName, "norm_type", norm_type);
  const NonFinite mode = nonfinite_arg(kName, nonfinite, true);
  const Threads team = threads_arg(kName, threads);
  const GradientsArg gradients = gradients_arg(kName, grads, names, ElementOrder::kMemory);
  require_distinct(kName, gradients, names, true);
  const py::gil_scoped_release release;
  const double norm = total_norm(gradients.tensors, p, team);
  const double factor = limit / (norm + kNormEpsilon);
  if (std::isfinite(norm)) {
    if (factor < 1.0) scale(gradients.tensors, factor, team);
  } else if (mode == NonFinite::kZero) {
    set_to_zero(gradients.tensors, team);
  } else if (mode == NonFinite::kPropagate) {
    scale(gradients.tensors, factor, team);
  }
  return norm;
}

void clip_grads_with_norm(const GradientTuple& grads, py::object names, py::object max_norm,
                          py::object total_norm, py::object threads) {
  constexpr const char* kName = "clip_grads_with_norm_";
  const double limit = above_zero(kName, "max_norm", max_norm);
  const double norm = number_arg(kName, "total_norm", total_norm);
  if (!(norm >= 0.0) || std::isinf(norm)) {
    raise_value_error(
        kName, "total_norm is " + repr_of(total_norm) + ", expected a finite number of at least 0");
  }
  const Threads team = threads_arg(kName, threads);
  const GradientsArg gradients = gradients_arg(kName, grads, names, ElementOrder::kMemory);
  require_distinct(kName, gradients, names, true);
  const py::gil_scoped_release release;
  const double factor = limit / (norm + kNormEpsilon);
  if (factor < 1.0) scale(gradients.tensors, factor, team);
}

void clip_grad_value(const GradientTuple& grads, py::object names, py::object clip_value,
                     py::object threads) {
  constexpr const char* kName = "clip_grad_value_";
  const double limit = above_zero(kName, "clip_value", clip_value);
  const Threads team = threads_arg(kName, threads);
  const GradientsArg gradients = gradients_arg(kName, grads, names, ElementOrder::kMemory);
  require_distinct(kName, gradients, names, true);
  const py::gil_scoped_release release;
  clamp(gradients.tensors, limit, team);
}

// (position in the list, index in C order, size of the array, value), or None.
py::object first_nonfinite(const GradientTuple& grads) {
  const GradientsArg gradients =
      gradients_arg("find_nonfinite", grads, py::none(), ElementOrder::kIndex);
  const auto found = find_nonfinite(gradients.tensors);
  if (!found.has_value()) return py::none();
  const auto tensor = static_cast<std::size_t>(found->tensor);
  return py::make_tuple(gradients.positions[tensor], found->index, gradients.tensors[tensor].size,
                        found->value);
}

}  // namespace

void register_gradients(py::module_& m) {
  m.def("get_total_norm", &get_total_norm, py::arg("grads"), py::arg("names"), py::arg("norm_type"),
        py::arg("nonfinite"), py::arg("threads"));
  m.def("clip_grad_norm_", &clip_grad_norm, py::arg("grads"), py::arg("names"), py::arg("max_norm"),
        py::arg("norm_type"), py::arg("nonfinite"), py::arg("threads"));
  m.def("clip_grads_with_norm_", &clip_grads_with_norm, py::arg("grads"), py::arg("names"),
        py::arg("max_norm"), py::arg("total_norm"), py::arg("threads"));
  m.def("clip_grad_value_", &clip_grad_value, py::arg("grads"), py::arg("names"),
        py::arg("clip_value"), py::arg("threads"));
  m.def("find_nonfinite", &first_nonfinite, py::arg("grads"));
}

}  // namespace fa
