#include <algorithm>
#include <cmath>

#include "bindings/gradient_args.hpp"
#include "bindings/register.hpp"
#include "kernels/grad_units.hpp"

namespace fa {
namespace {

constexpr const char* kName = "adaptive_clip_grad_";
// Keeps the factor of a unit without gradient finite, as in the published code.
constexpr double kSmallestNorm = 1e-6;

// Arrays cut into units, and what the views of them refer to.
struct UnitsArg {
  std::vector<UnitView> views;
  std::list<std::vector<Axis>> axes;
  std::list<std::vector<py::ssize_t>> sizes;
};

// Which axes number the units; the elements of a unit run over the others. No axis: one unit.
std::vector<bool> unit_axes(const ArrayFacts& facts, int unit_axis) {
  const auto rank = static_cast<std::size_t>(facts.rank);
  std::vector<bool> result(rank, false);
  if (rank <= 1) return result;
  if (unit_axis == 0) {
    result[0] = true;
    return result;
  }
  const auto longer = std::count_if(facts.shape, facts.shape + rank, [](auto n) { return n > 1; });
  if (longer <= 1) return result;
  // Matrices, and those of several heads, sum over their inputs; convolutions over all but the
  // last.
  for (std::size_t axis = 0; axis < rank; ++axis) {
    result[axis] = rank <= 3 ? axis > 0 : axis + 1 == rank;
  }
  return result;
}

void add_units(UnitsArg& units, const ArrayFacts& facts, int unit_axis) {
  const std::vector<bool> numbers = unit_axes(facts, unit_axis);
  std::vector<Axis>& axes = units.axes.emplace_back();
  std::vector<py::ssize_t> shape, strides;
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < numbers.size(); ++axis) {
    if (numbers[axis]) {
      axes.push_back({facts.shape[axis], facts.strides[axis]});
      count *= facts.shape[axis];
    } else {
      shape.push_back(facts.shape[axis]);
      strides.push_back(facts.strides[axis]);
    }
  }
  ArrayFacts rest = facts;
  rest.rank = static_cast<int>(shape.size());
  rest.shape = units.sizes.emplace_back(std::move(shape)).data();
  rest.strides = units.sizes.emplace_back(std::move(strides)).data();
  TensorView first;
  view_tensor(rest, ElementOrder::kMemory, units.axes, first);
  units.views.push_back({first, first.size == 0 ? 0 : count, axes});
}

std::string parameter_name(const GradientList& grads, std::int64_t position) {
  const std::string name = gradient_name(grads.names, position);
  return "parameters" + name.substr(name.find('['));
}

// The parameters that belong to the gradients: themselves, whatever gradient they hold.
std::vector<ArrayFacts> parameters_arg(const GradientList& grads, const GradientsArg& gradients,
                                       const GradientList& parameters, ForeignTensors& keep) {
  if (parameters.items.size() != grads.items.size()) {
    raise_value_error(kName, "parameters has " + std::to_string(parameters.items.size()) +
                                 " entries, expected " + std::to_string(grads.items.size()) +
                                 ", one for each gradient");
  }
  if (!grads.names.is_none() && !parameters.names.is_none() &&
      !grads.names.equal(parameters.names)) {
    raise_value_error(kName, "parameters has the names " + repr_of(parameters.names) +
                                 ", expected those of grads: " + repr_of(grads.names));
  }
  std::vector<ArrayFacts> result;
  for (std::size_t i = 0; i < gradients.arrays.size(); ++i) {
    const std::int64_t position = gradients.positions[i];
    const auto name = [&] { return parameter_name(grads, position); };
    const ArrayFacts facts = tensor_facts(
        kName, name, parameters.items[static_cast<std::size_t>(position)], kAnyGradient, keep);
    const ArrayFacts& gradient = gradients.arrays[i];
    if (!std::equal(facts.shape, facts.shape + facts.rank, gradient.shape,
                    gradient.shape + gradient.rank)) {
      raise_value_error(kName, name() + " has shape " + shape_text(facts) + ", expected " +
                                   shape_text(gradient) + " as its gradient");
    }
    result.push_back(facts);
  }
  return result;
}

void require_apart(const GradientList& grads, const GradientsArg& gradients,
                   const std::vector<ArrayFacts>& parameters) {
  std::vector<ArrayFacts> all = gradients.arrays;
  all.insert(all.end(), parameters.begin(), parameters.end());
  const auto count = static_cast<std::int64_t>(gradients.arrays.size());
  std::vector<bool> is_written(all.size(), false);
  std::fill_n(is_written.begin(), count, true);
  const OverlappingPair pair = find_overlap(all, is_written);
  if (pair.first < 0) return;
  const auto position = [&](std::int64_t i) {
    return gradients.positions[static_cast<std::size_t>(i % count)];
  };
  raise_value_error(kName, parameter_name(grads, position(pair.second)) + " shares memory with " +
                               gradient_name(grads.names, position(pair.first)) +
                               ", expected memory of its own");
}

struct Limits {
  double clip_factor, eps;
  NonFinite mode;
};

// Turns the norms of gradients into factors; the number of those below 1.
std::int64_t norms_to_factors(std::vector<double>& norms, const std::vector<double>& weights,
                              const Limits& limits) {
  std::int64_t clipped = 0;
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const double limit = limits.clip_factor * (weights[i] < limits.eps ? limits.eps : weights[i]);
    const bool is_finite = std::isfinite(norms[i]) && !std::isnan(weights[i]);
    const bool is_kept = is_finite ? norms[i] < limit : limits.mode == NonFinite::kSkip;
    norms[i] = is_kept ? 1.0 : limit / (norms[i] < kSmallestNorm ? kSmallestNorm : norms[i]);
    if (!is_kept) ++clipped;
  }
  return clipped;
}

std::int64_t adaptive_clip_grad(py::object grads, py::object parameters, py::object clip_factor,
                                py::object eps, py::object unit_axis, py::object nonfinite,
                                py::object threads) {
  const double factor = above_zero(kName, "clip_factor", clip_factor);
  const Limits limits{factor, above_zero(kName, "eps", eps),
                      nonfinite_arg(kName, nonfinite, false)};
  const double axis = is_whole_number(unit_axis) ? number_arg(kName, "unit_axis", unit_axis) : 1.0;
  if (axis != 0.0 && axis != -1.0) {
    raise_value_error(kName, "unit_axis is " + repr_of(unit_axis) + ", expected 0 or -1");
  }
  const Threads team = threads_arg(kName, threads);
  const GradientList list = gradient_list(kName, grads);
  const GradientList parameter_list = gradient_list(kName, parameters);
  const GradientsArg gradients =
      gradients_arg(kName, list.items, list.names, ElementOrder::kMemory);
  require_distinct(kName, gradients, list.names, true);
  ForeignTensors keep;
  const std::vector<ArrayFacts> weights = parameters_arg(list, gradients, parameter_list, keep);
  require_apart(list, gradients, weights);
  UnitsArg gradient_units, weight_units;
  for (const ArrayFacts& facts : gradients.arrays) {
    add_units(gradient_units, facts, static_cast<int>(axis));
  }
  for (const ArrayFacts& facts : weights) add_units(weight_units, facts, static_cast<int>(axis));
  std::int64_t clipped = 0;
  double bad = 0.0;
  {
    const py::gil_scoped_release release;
    std::vector<double> norms = unit_norms(gradient_units.views, team);
    for (const double norm : norms) bad = std::isfinite(norm) || !std::isfinite(bad) ? bad : norm;
    if (limits.mode != NonFinite::kError || std::isfinite(bad)) {
      clipped = norms_to_factors(norms, unit_norms(weight_units.views, team), limits);
      scale_units(gradient_units.views, norms, team);
    }
  }
  if (limits.mode == NonFinite::kError && !std::isfinite(bad)) {
    raise_nonfinite(kName, list.items, list.names, bad);
  }
  return clipped;
}

}  // namespace

void register_adaptive_clip(py::module_& m) {
  m.def("adaptive_clip_grad_", &adaptive_clip_grad, py::arg("grads"), py::arg("parameters"),
        py::arg("clip_factor"), py::arg("eps"), py::arg("unit_axis"), py::arg("nonfinite"),
        py::arg("threads"));
}

}  // namespace fa
