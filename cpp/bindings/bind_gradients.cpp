#include <algorithm>
#include <cmath>

#include "bindings/gradient_args.hpp"
#include "bindings/gradient_clip.hpp"
#include "bindings/register.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_scale.hpp"

namespace fa {
namespace {

double get_total_norm(py::object grads, py::object norm_type, py::object nonfinite,
                      py::object threads) {
  constexpr const char* kName = "get_total_norm";
  const double p = above_zero(kName, "norm_type", norm_type);
  const NonFinite mode = nonfinite_arg(kName, nonfinite, false);
  const Threads team = threads_arg(kName, threads);
  const GradientList list = gradient_list(kName, grads);
  const GradientsArg gradients =
      gradients_arg(kName, list.items, list.names, ElementOrder::kMemory);
  require_distinct(kName, gradients, list.names, false);
  double norm;
  {
    const py::gil_scoped_release release;
    norm = total_norm(gradients.tensors, p, team);
  }
  if (mode == NonFinite::kError && !std::isfinite(norm)) {
    raise_nonfinite(kName, list.items, list.names, norm);
  }
  return norm;
}

double power_of_norm(py::object grads, py::object norm_type, py::object threads) {
  constexpr const char* kName = "norm_power";
  const double p = above_zero(kName, "norm_type", norm_type);
  const Threads team = threads_arg(kName, threads);
  const GradientList list = gradient_list(kName, grads);
  const GradientsArg gradients =
      gradients_arg(kName, list.items, list.names, ElementOrder::kMemory);
  require_distinct(kName, gradients, list.names, false);
  const py::gil_scoped_release release;
  return norm_power(gradients.tensors, p, team);
}

double clip_grad_norm(py::object grads, py::object max_norm, py::object norm_type,
                      py::object nonfinite, py::object threads) {
  constexpr const char* kName = "clip_grad_norm_";
  const double limit = above_zero(kName, "max_norm", max_norm);
  const double p = above_zero(kName, "norm_type", norm_type);
  const NonFinite mode = nonfinite_arg(kName, nonfinite, true);
  const Threads team = threads_arg(kName, threads);
  const GradientList list = gradient_list(kName, grads);
  const GradientsArg gradients =
      gradients_arg(kName, list.items, list.names, ElementOrder::kMemory);
  require_distinct(kName, gradients, list.names, true);
  double norm;
  {
    const py::gil_scoped_release release;
    norm = total_norm(gradients.tensors, p, team);
    clip_with_norm(gradients.tensors, limit, norm, mode, team);
  }
  if (mode == NonFinite::kError && !std::isfinite(norm)) {
    raise_nonfinite(kName, list.items, list.names, norm);
  }
  return norm;
}

// The factors of tensors that are clipped one by one; a norm that is not finite is handled as for
// the whole list, but each tensor by itself.
std::vector<double> factors_for(const std::vector<double>& norms, double limit, NonFinite mode) {
  std::vector<double> factors;
  factors.reserve(norms.size());
  for (const double norm : norms) {
    const double factor = clip_factor(limit, norm);
    const bool scales = std::isfinite(norm) ? factor < 1.0 : mode == NonFinite::kPropagate;
    factors.push_back(scales ? factor : 1.0);
  }
  return factors;
}

py::array_t<double> clip_grad_norm_per_tensor(py::object grads, py::object max_norm,
                                              py::object norm_type, py::object nonfinite,
                                              py::object threads) {
  constexpr const char* kName = "clip_grad_norm_per_tensor_";
  const double limit = above_zero(kName, "max_norm", max_norm);
  const double p = above_zero(kName, "norm_type", norm_type);
  const NonFinite mode = nonfinite_arg(kName, nonfinite, true);
  const Threads team = threads_arg(kName, threads);
  const GradientList list = gradient_list(kName, grads);
  const GradientsArg gradients =
      gradients_arg(kName, list.items, list.names, ElementOrder::kMemory);
  require_distinct(kName, gradients, list.names, true);
  py::array_t<double> result(static_cast<py::ssize_t>(list.items.size()));
  const std::span<double> norms(result.mutable_data(), list.items.size());
  const double* bad = nullptr;
  {
    const py::gil_scoped_release release;
    const std::vector<double> found = norm_of_each(gradients.tensors, p, team);
    std::fill(norms.begin(), norms.end(), 0.0);
    for (std::size_t i = 0; i < found.size(); ++i) {
      double& norm = norms[static_cast<std::size_t>(gradients.positions[i])];
      norm = found[i];
      if (bad == nullptr && !std::isfinite(norm)) bad = &norm;
      if (mode == NonFinite::kZero && !std::isfinite(norm)) {
        set_to_zero(std::span(&gradients.tensors[i], 1), team);
      }
    }
    if (bad == nullptr || mode != NonFinite::kError) {
      scale_each(gradients.tensors, factors_for(found, limit, mode), team);
    }
  }
  if (bad != nullptr && mode == NonFinite::kError) {
    raise_nonfinite(kName, list.items, list.names, *bad);
  }
  return result;
}

void clip_grads_with_norm(py::object grads, py::object max_norm, py::object total_norm,
                          py::object threads) {
  constexpr const char* kName = "clip_grads_with_norm_";
  const double limit = above_zero(kName, "max_norm", max_norm);
  const double norm = number_arg(kName, "total_norm", total_norm);
  if (!(norm >= 0.0) || std::isinf(norm)) {
    raise_value_error(
        kName, "total_norm is " + repr_of(total_norm) + ", expected a finite number of at least 0");
  }
  const Threads team = threads_arg(kName, threads);
  const GradientList list = gradient_list(kName, grads);
  const GradientsArg gradients =
      gradients_arg(kName, list.items, list.names, ElementOrder::kMemory);
  require_distinct(kName, gradients, list.names, true);
  const py::gil_scoped_release release;
  clip_with_norm(gradients.tensors, limit, norm, NonFinite::kSkip, team);
}

void clip_grad_value(py::object grads, py::object clip_value, py::object threads) {
  constexpr const char* kName = "clip_grad_value_";
  const double limit = above_zero(kName, "clip_value", clip_value);
  const Threads team = threads_arg(kName, threads);
  const GradientList list = gradient_list(kName, grads);
  const GradientsArg gradients =
      gradients_arg(kName, list.items, list.names, ElementOrder::kMemory, kRealGradient);
  require_distinct(kName, gradients, list.names, true);
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

// All gradients, and the list of their names, or None.
using Collected = py::typing::Tuple<GradientTuple, py::object>;

Collected collect(const std::string& function, const std::string& argument, py::object grads) {
  GradientList list = gradient_list(function.c_str(), grads, argument.c_str());
  return Collected(py::make_tuple(std::move(list.items), std::move(list.names)));
}

}  // namespace

void register_gradients(py::module_& m) {
  m.def("get_total_norm", &get_total_norm, py::arg("grads"), py::arg("norm_type"),
        py::arg("nonfinite"), py::arg("threads"));
  m.def("norm_power", &power_of_norm, py::arg("grads"), py::arg("norm_type"), py::arg("threads"));
  m.def("clip_grad_norm_", &clip_grad_norm, py::arg("grads"), py::arg("max_norm"),
        py::arg("norm_type"), py::arg("nonfinite"), py::arg("threads"));
  m.def("clip_grad_norm_per_tensor_", &clip_grad_norm_per_tensor, py::arg("grads"),
        py::arg("max_norm"), py::arg("norm_type"), py::arg("nonfinite"), py::arg("threads"));
  m.def("clip_grads_with_norm_", &clip_grads_with_norm, py::arg("grads"), py::arg("max_norm"),
        py::arg("total_norm"), py::arg("threads"));
  m.def("clip_grad_value_", &clip_grad_value, py::arg("grads"), py::arg("clip_value"),
        py::arg("threads"));
  m.def("find_nonfinite", &first_nonfinite, py::arg("grads"));
  m.def("collect_gradients", &collect, py::arg("function"), py::arg("argument"), py::arg("grads"));
}

}  // namespace fa
