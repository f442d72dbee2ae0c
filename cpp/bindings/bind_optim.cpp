#include <pybind11/stl.h>

#include <cmath>
#include <limits>
#include <optional>

#include "bindings/gradient_clip.hpp"
#include "bindings/optim_args.hpp"
#include "bindings/register.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_scale.hpp"

namespace fa {
namespace {

// What holds for all groups: how gradients are measured and clipped, and what becomes of them.
struct StepRequest {
  double max_norm = std::numeric_limits<double>::infinity();
  double norm_type = 2.0;
  NonFinite nonfinite = NonFinite::kError;
  GradsAfter grads_after = GradsAfter::kUnchanged;
  Threads threads;

  bool measures() const { return std::isfinite(max_norm) || nonfinite != NonFinite::kPropagate; }
  // Gradients that accumulate would stay non-finite for good.
  bool zeroes_skipped() const {
    return nonfinite == NonFinite::kSkip && grads_after == GradsAfter::kZero;
  }
};

bool flag_arg(const char* function, const char* name, py::handle object) {
  if (!PyBool_Check(object.ptr())) {
    raise_type_error(function,
                     std::string(name) + " is " + repr_of(object) + ", expected True or False");
  }
  return object.ptr() == Py_True;
}

StepRequest step_request(const char* function, py::handle max_grad_norm, py::handle norm_type,
                         py::handle nonfinite, py::handle zero_grads, py::handle write_clipped,
                         py::handle threads) {
  StepRequest request;
  if (!max_grad_norm.is_none()) {
    request.max_norm = above_zero(function, "max_grad_norm", max_grad_norm);
  }
  request.norm_type = above_zero(function, "norm_type", norm_type);
  request.nonfinite = nonfinite_arg(function, nonfinite, false);
  const bool zero = flag_arg(function, "zero_grads", zero_grads);
  const bool clipped = flag_arg(function, "write_clipped", write_clipped);
  if (zero && clipped) {
    raise_value_error(function, "zero_grads and write_clipped are both True, expected one at most");
  }
  if (zero) request.grads_after = GradsAfter::kZero;
  if (clipped) request.grads_after = GradsAfter::kClipped;
  request.threads = threads_arg(function, threads);
  return request;
}

std::vector<SgdGroup> groups_arg(const char* function, const GroupTuples& groups, SgdGroup*) {
  return sgd_groups_arg(function, groups);
}
std::vector<AdamGroup> groups_arg(const char* function, const GroupTuples& groups, AdamGroup*) {
  return adam_groups_arg(function, groups);
}

bool takes_number(const SgdOptions& options) { return options.momentum != 0.0; }
bool takes_number(const AdamOptions&) { return true; }

// Only the states that the options ask for; the others may not be there.
bool uses_state(const SgdOptions& options, std::size_t) { return options.momentum != 0.0; }
bool uses_state(const AdamOptions& options, std::size_t kind) {
  return kind < 2 || options.amsgrad;
}

// One ParamStep per gradient; `counted` gets the parameters whose number goes up.
template <class Group, class Options = decltype(Group::options)>
std::vector<ParamStep<Options>> param_steps(const OptimizerArrays& arrays,
                                            const GradientsArg& grads,
                                            const std::vector<Group>& groups,
                                            std::vector<std::int64_t>& counted) {
  std::vector<ParamStep<Options>> steps;
  steps.reserve(grads.tensors.size());
  std::size_t group = 0;
  std::int64_t group_end = groups.empty() ? 0 : groups[0].count;
  for (std::size_t i = 0; i < grads.tensors.size(); ++i) {
    const std::int64_t position = grads.positions[i];
    while (position >= group_end) group_end += groups[++group].count;
    const Options& options = groups[group].options;
    ParamStep<Options> step{arrays.param(position), grads.tensors[i], {}, &options, 0};
    step.number = arrays.steps[static_cast<std::size_t>(position)] + 1;
    for (std::size_t kind = 0; kind < kMaxStates; ++kind) {
      if (uses_state(options, kind)) step.state[kind] = arrays.state(kind, position);
    }
    if (takes_number(options)) counted.push_back(position);
    steps.push_back(step);
  }
  return steps;
}

// A norm that the caller measured; one that is not finite is handled as a measured one would be.
std::optional<double> known_norm_arg(const char* function, py::handle total_norm) {
  if (total_norm.is_none()) return std::nullopt;
  const double norm = number_arg(function, "total_norm", total_norm);
  if (norm < 0.0) {
    raise_value_error(function,
                      "total_norm is " + repr_of(total_norm) + ", expected a number of at least 0");
  }
  return norm;
}

// Returns the norm, NaN where it was not asked for. When it is not finite and not to propagate,
// parameters, state and step counts stay as they are.
template <class Group>
double step(OptimizerArrays& arrays, const GradientTuple& grads, const GroupTuples& groups,
            py::object max_grad_norm, py::object norm_type, py::object nonfinite,
            py::object zero_grads, py::object write_clipped, py::object threads,
            py::object known_norm) {
  const std::string name = arrays.optimizer() + ".step";
  const char* function = name.c_str();
  const auto options = groups_arg(function, groups, static_cast<Group*>(nullptr));
  const StepRequest request = step_request(function, max_grad_norm, norm_type, nonfinite,
                                           zero_grads, write_clipped, threads);
  const std::optional<double> known = known_norm_arg(function, known_norm);
  const GradientsArg gradients =
      arrays.grads_arg(function, grads, request.grads_after != GradsAfter::kUnchanged);
  std::vector<std::int64_t> counted;
  const auto steps = param_steps(arrays, gradients, options, counted);
  double norm = known.value_or(std::numeric_limits<double>::quiet_NaN());
  {
    const py::gil_scoped_release release;
    StepOptions how{.grad_factor = 1.0, .grads_after = request.grads_after};
    if (request.measures()) {
      if (!known) norm = total_norm(gradients.tensors, request.norm_type, request.threads);
      if (!std::isfinite(norm) && request.nonfinite != NonFinite::kPropagate) {
        if (request.zeroes_skipped()) set_to_zero(gradients.tensors, request.threads);
        return norm;
      }
      const double factor = clip_factor(request.max_norm, norm);
      if (!(factor >= 1.0)) how.grad_factor = factor;
    }
    take_step(steps, how, request.threads);
  }
  for (const std::int64_t position : counted) ++arrays.steps[static_cast<std::size_t>(position)];
  return norm;
}

template <class Group>
void check_groups(const std::string& function, const GroupTuples& groups, py::object max_grad_norm,
                  py::object norm_type, py::object nonfinite, py::object zero_grads,
                  py::object write_clipped, py::object threads) {
  groups_arg(function.c_str(), groups, static_cast<Group*>(nullptr));
  step_request(function.c_str(), max_grad_norm, norm_type, nonfinite, zero_grads, write_clipped,
               threads);
}

template <class Group>
void define_optimizer(py::module_& m, py::class_<OptimizerArrays>& arrays, const char* step_name,
                      const char* check_name) {
  arrays.def(step_name, &step<Group>, py::arg("grads"), py::arg("groups"), py::arg("max_grad_norm"),
             py::arg("norm_type"), py::arg("nonfinite"), py::arg("zero_grads"),
             py::arg("write_clipped"), py::arg("threads"), py::arg("known_norm"));
  m.def(check_name, &check_groups<Group>, py::arg("function"), py::arg("groups"),
        py::arg("max_grad_norm"), py::arg("norm_type"), py::arg("nonfinite"), py::arg("zero_grads"),
        py::arg("write_clipped"), py::arg("threads"));
}

}  // namespace

void register_optim(py::module_& m) {
  py::class_<OptimizerArrays> arrays(m, "OptimizerArrays");
  arrays
      .def(py::init<std::string, const ArrayTuple&, py::object, std::vector<std::string>,
                    const StateTuples&, std::vector<std::int64_t>>(),
           py::arg("optimizer"), py::arg("params"), py::arg("names"), py::arg("state_names"),
           py::arg("state"), py::arg("steps"))
      .def_property_readonly("steps", [](const OptimizerArrays& self) { return self.steps; });
  define_optimizer<SgdGroup>(m, arrays, "step_sgd", "check_sgd");
  define_optimizer<AdamGroup>(m, arrays, "step_adam", "check_adam");
}

}  // namespace fa
