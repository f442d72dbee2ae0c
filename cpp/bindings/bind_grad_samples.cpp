#include <algorithm>
#include <cmath>

#include "bindings/gradient_args.hpp"
#include "bindings/gradient_clip.hpp"
#include "bindings/packed_args.hpp"
#include "bindings/register.hpp"
#include "kernels/grad_samples.hpp"

namespace fa {
namespace {

constexpr const char* kName = "clip_per_sample_grads_";

double number_from(const char* name, py::handle object, double least, bool may_be_least) {
  const double value = number_arg(kName, name, object);
  const bool fits = value > least || (may_be_least && value == least);
  if (!fits || std::isinf(value)) {
    raise_value_error(kName, std::string(name) + " is " + repr_of(object) +
                                 (may_be_least ? ", expected a finite number of at least 0"
                                               : ", expected a finite number above 0"));
  }
  return value;
}

// The gradients, and the common size of their first axis.
std::int64_t sample_count(const GradientsArg& grads, py::handle names) {
  std::int64_t samples = 0;
  for (std::size_t i = 0; i < grads.arrays.size(); ++i) {
    const ArrayFacts& facts = grads.arrays[i];
    const auto name = [&](std::size_t j) { return gradient_name(names, grads.positions[j]); };
    if (facts.rank == 0) {
      raise_value_error(kName, name(i) + " has shape (), expected an axis of samples first");
    }
    if (grads.tensors[i].rank > 0) raise_not_packed(kName, name(i));
    if (i == 0) samples = facts.shape[0];
    if (facts.shape[0] != samples) {
      raise_value_error(kName, name(i) + " has " + std::to_string(facts.shape[0]) +
                                   " samples, expected " + std::to_string(samples) + " as " +
                                   name(0));
    }
  }
  return samples;
}

std::string out_name(py::handle names, std::int64_t position) {
  return "out" + gradient_name(names, position).substr(std::string("grads").size());
}

// One packed array per gradient, of its shape without the first axis.
GradientsArg targets_arg(const GradientsArg& grads, const GradientTuple& out, py::handle names) {
  GradientsArg result;
  for (std::size_t i = 0; i < grads.arrays.size(); ++i) {
    const std::int64_t position = grads.positions[i];
    const auto name = [&] { return out_name(names, position); };
    const py::handle item = PyTuple_GET_ITEM(out.ptr(), static_cast<py::ssize_t>(position));
    const ArrayFacts facts = array_facts(kName, name, item, {DType::kFloat32, DType::kFloat64});
    const ArrayFacts& grad = grads.arrays[i];
    const std::vector<std::int64_t> shape(grad.shape + 1, grad.shape + grad.rank);
    if (!std::equal(shape.begin(), shape.end(), facts.shape, facts.shape + facts.rank)) {
      raise_value_error(kName, name() + " has shape " + shape_text(facts) + ", expected " +
                                   shape_text(shape.data(), grad.rank - 1));
    }
    require_writable(kName, name(), facts);
    result.tensors.push_back(packed_view(kName, name, facts));
    result.positions.push_back(position);
    result.arrays.push_back(facts);
  }
  return result;
}

void require_apart(const GradientsArg& grads, const GradientsArg& targets, py::handle names) {
  std::vector<ArrayFacts> arrays = grads.arrays;
  arrays.insert(arrays.end(), targets.arrays.begin(), targets.arrays.end());
  std::vector<bool> is_written(grads.arrays.size(), false);
  is_written.resize(arrays.size(), true);
  const OverlappingPair pair = find_overlap(arrays, is_written);
  if (pair.first < 0) return;
  const auto name = [&](std::int64_t i) {
    const auto index = static_cast<std::size_t>(i);
    const std::size_t count = grads.arrays.size();
    return index < count ? gradient_name(names, grads.positions[index])
                         : out_name(names, targets.positions[index - count]);
  };
  raise_value_error(kName, name(pair.second) + " shares memory with " + name(pair.first) +
                               ", expected an array of its own");
}

// Returns the norms and fills `out`; leaves it as it is when a norm is not finite.
py::array_t<double> clip_per_sample_grads(const GradientTuple& grads, py::object names,
                                          py::object max_norm, py::object noise_multiplier,
                                          py::object make_key, const GradientTuple& out,
                                          py::object threads) {
  const double limit = number_from("max_norm", max_norm, 0.0, false);
  const double multiplier = number_from("noise_multiplier", noise_multiplier, 0.0, true);
  const Threads team = threads_arg(kName, threads);
  const GradientsArg gradients =
      gradients_arg(kName, grads, names, ElementOrder::kIndex, kRealGradient);
  const std::int64_t samples = sample_count(gradients, names);
  const GradientsArg targets = targets_arg(gradients, out, names);
  require_distinct(kName, gradients, names, false);
  require_apart(gradients, targets, names);
  SampleNoise noise{0, multiplier * limit};
  // Asked for last, so that a refused call draws nothing.
  if (noise.deviation > 0.0) noise.key = make_key().cast<std::uint64_t>();
  py::array_t<double> result(samples);
  const std::span<double> norms(result.mutable_data(), static_cast<std::size_t>(samples));
  const py::gil_scoped_release release;
  sample_norms(gradients.tensors, norms, team);
  std::vector<double> factors;
  factors.reserve(norms.size());
  for (const double norm : norms) {
    if (!std::isfinite(norm)) return result;
    factors.push_back(std::min(1.0, clip_factor(limit, norm)));
  }
  sum_samples(gradients.tensors, factors, noise, targets.tensors, team);
  return result;
}

}  // namespace

void register_grad_samples(py::module_& m) {
  m.def("clip_per_sample_grads_", &clip_per_sample_grads, py::arg("grads"), py::arg("names"),
        py::arg("max_norm"), py::arg("noise_multiplier"), py::arg("make_key"), py::arg("out"),
        py::arg("threads"));
}

}  // namespace fa
