#include "bindings/optim_args.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "bindings/packed_args.hpp"

namespace fa {
namespace {

std::int64_t element_count(int rank, const py::ssize_t* shape) {
  std::int64_t count = 1;
  for (int axis = 0; axis < rank; ++axis) count *= shape[axis];
  return count;
}

bool same_shape(const ArrayFacts& facts, const py::detail::PyArray_Proxy& other) {
  return facts.rank == other.nd &&
         std::equal(facts.shape, facts.shape + facts.rank, other.dimensions);
}

MemoryRange range_of(const TensorView& view, std::int64_t kind, std::int64_t position) {
  const auto low = reinterpret_cast<std::uintptr_t>(view.data);
  return {low, low + static_cast<std::uintptr_t>(view.size * item_size(view.dtype)), kind,
          position};
}

bool starts_lower(const MemoryRange& a, const MemoryRange& b) { return a.low < b.low; }

bool equal_ranges(const std::vector<MemoryRange>& a, const std::vector<MemoryRange>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const MemoryRange& one, const MemoryRange& other) {
                      return one.low == other.low && one.high == other.high;
                    });
}

constexpr bool holds_exactly(DType param, DType grad) {
  if (grad == DType::kFloat64) return param == DType::kFloat64;
  return grad == DType::kFloat16 || grad == DType::kBfloat16 || grad == DType::kFloat32;
}

}  // namespace

OptimizerArrays::OptimizerArrays(std::string optimizer, const ArrayTuple& params, py::object names,
                                 std::vector<std::string> state_names, const StateTuples& state,
                                 std::vector<std::int64_t> steps_taken)
    : steps(std::move(steps_taken)),
      optimizer_(std::move(optimizer)),
      names_(std::move(names)),
      state_names_(std::move(state_names)),
      states_(state_names_.size()) {
  const auto add = [&](std::vector<RegisteredArray>& list, std::int64_t kind, std::int64_t position,
                       py::handle object) {
    list.push_back(registered(kind, position, object));
    if (list.back().view.size > 0) {
      own_ranges_.push_back(range_of(list.back().view, kind, position));
    }
  };
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto position = static_cast<std::int64_t>(i);
    add(params_, 0, position, params[i]);
    for (std::size_t kind = 0; kind < states_.size(); ++kind) {
      const py::tuple arrays = state[kind];
      add(states_[kind], static_cast<std::int64_t>(kind) + 1, position, arrays[i]);
    }
  }
  std::sort(own_ranges_.begin(), own_ranges_.end(), starts_lower);
  require_no_overlap(optimizer_.c_str(), own_ranges_);
}

std::string OptimizerArrays::name_of(std::int64_t kind, std::int64_t position) const {
  if (kind == kGradient) return gradient_name(names_, position);
  const auto index = static_cast<std::size_t>(position);
  const std::string key = names_.is_none()
                              ? std::to_string(position)
                              : repr_of(py::reinterpret_borrow<py::list>(names_)[index]);
  if (kind == 0) return "params[" + key + "]";
  return "state[" + key + "]['" + state_names_[static_cast<std::size_t>(kind) - 1] + "']";
}

RegisteredArray OptimizerArrays::registered(std::int64_t kind, std::int64_t position,
                                            py::handle object) const {
  if (kind > 0 && object.is_none()) return {};
  const char* function = optimizer_.c_str();
  const auto name = [&] { return name_of(kind, position); };
  const ArrayFacts facts = array_facts(function, name, object, {DType::kFloat32, DType::kFloat64});
  require_writable(function, name(), facts);
  return {py::reinterpret_borrow<py::object>(object), packed_view(function, name, facts)};
}

void OptimizerArrays::require_unchanged(const char* function) const {
  // NumPy lets an array move to other memory while somebody holds it.
  const auto check = [&](const RegisteredArray& known, std::int64_t kind, std::size_t i) {
    if (!known.array) return;
    const auto* header = py::detail::array_proxy(known.array.ptr());
    constexpr int kWritable = py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
    if (header->data == reinterpret_cast<char*>(known.view.data) &&
        element_count(header->nd, header->dimensions) == known.view.size &&
        (header->flags & kWritable) != 0) {
      return;
    }
    raise_value_error(function, name_of(kind, static_cast<std::int64_t>(i)) +
                                    " was moved, resized or made read-only since the optimizer "
                                    "was made; make a new one");
  };
  for (std::size_t i = 0; i < params_.size(); ++i) {
    check(params_[i], 0, i);
    for (std::size_t kind = 0; kind < states_.size(); ++kind) {
      check(states_[kind][i], static_cast<std::int64_t>(kind) + 1, i);
    }
  }
}

void OptimizerArrays::require_fitting(const char* function, const GradientsArg& grads) const {
  for (std::size_t i = 0; i < grads.arrays.size(); ++i) {
    const ArrayFacts& facts = grads.arrays[i];
    const std::int64_t position = grads.positions[i];
    const RegisteredArray& known = at(params_, position);
    const auto* header = py::detail::array_proxy(known.array.ptr());
    if (!same_shape(facts, *header)) {
      raise_value_error(function, name_of(kGradient, position) + " has shape " + shape_text(facts) +
                                      ", expected " +
                                      shape_text(py::reinterpret_borrow<py::array>(known.array)) +
                                      " to match " + name_of(0, position));
    }
    if (!holds_exactly(known.view.dtype, facts.dtype)) {
      raise_type_error(function, name_of(kGradient, position) + " has dtype " + name(facts.dtype) +
                                     ", which " + name_of(0, position) + " of " +
                                     name(known.view.dtype) + " cannot hold exactly; pass " +
                                     name_of(kGradient, position) + ".astype(np." +
                                     name(known.view.dtype) + ")");
    }
    if (grads.tensors[i].rank > 0) raise_not_packed(function, name_of(kGradient, position));
  }
}

void OptimizerArrays::require_no_overlap(const char* function,
                                         const std::vector<MemoryRange>& sorted) const {
  const MemoryRange* farthest = nullptr;
  for (const MemoryRange& range : sorted) {
    if (farthest != nullptr && range.low < farthest->high) {
      const auto later = [](const MemoryRange& a, const MemoryRange& b) {
        return a.kind != b.kind ? a.kind > b.kind : a.position > b.position;
      };
      const bool in_order = later(range, *farthest);
      const MemoryRange& first = in_order ? *farthest : range;
      const MemoryRange& second = in_order ? range : *farthest;
      raise_value_error(function, name_of(second.kind, second.position) + " shares memory with " +
                                      name_of(first.kind, first.position) +
                                      ", expected each array once");
    }
    if (farthest == nullptr || range.high > farthest->high) farthest = &range;
  }
}

GradientsArg OptimizerArrays::grads_arg(const char* function, const GradientTuple& grads,
                                        bool will_write) {
  if (grads.size() != params_.size()) {
    raise_value_error(function, "grads has " + std::to_string(grads.size()) +
                                    " entries, expected " + std::to_string(params_.size()) +
                                    ", one for each parameter");
  }
  GradientsArg result = gradients_arg(function, grads, names_, ElementOrder::kIndex, kRealGradient);
  require_unchanged(function);
  require_fitting(function, result);
  std::vector<MemoryRange> ranges;
  ranges.reserve(result.tensors.size());
  for (std::size_t i = 0; i < result.tensors.size(); ++i) {
    const std::int64_t position = result.positions[i];
    if (will_write && !result.arrays[i].writable) {
      require_writable(function, name_of(kGradient, position), result.arrays[i]);
    }
    if (result.tensors[i].size > 0) {
      ranges.push_back(range_of(result.tensors[i], kGradient, position));
    }
  }
  // The buffers of the last step were found to be apart.
  if (equal_ranges(ranges, grad_ranges_)) return result;
  std::vector<MemoryRange> sorted = ranges;
  std::sort(sorted.begin(), sorted.end(), starts_lower);
  std::vector<MemoryRange> all;
  all.reserve(own_ranges_.size() + sorted.size());
  std::merge(own_ranges_.begin(), own_ranges_.end(), sorted.begin(), sorted.end(),
             std::back_inserter(all), starts_lower);
  require_no_overlap(function, all);
  grad_ranges_ = std::move(ranges);
  return result;
}

namespace {

// The options of one group, with the words for what is wrong with them.
class Group {
 public:
  Group(const char* function, const GroupTuples& groups, std::size_t index)
      : function_(function), values_(groups[index]) {
    if (groups.size() > 1) group_ = index;
  }

  std::int64_t count() const { return values_[0].cast<std::int64_t>(); }

  double number(std::size_t position, const char* name, double below = 0.0) const {
    const py::object object = values_[position];
    const double value = number_arg(function_, label(name).c_str(), object);
    const bool fits = value >= 0.0 && value <= std::numeric_limits<double>::max() &&
                      (below == 0.0 || value < below);
    if (!fits) {
      raise_value_error(function_, label(name) + " is " + repr_of(object) + ", expected " +
                                       (below == 0.0 ? "a finite number of at least 0"
                                                     : "a number of at least 0, below 1"));
    }
    return value;
  }

  bool flag(std::size_t position, const char* name) const {
    const py::object object = values_[position];
    if (!PyBool_Check(object.ptr())) {
      raise_type_error(function_,
                       label(name) + " is " + repr_of(object) + ", expected True or False");
    }
    return object.ptr() == Py_True;
  }

  std::pair<double, double> betas(std::size_t position) const {
    const py::object object = values_[position];
    const std::string expected = "a pair of numbers";
    const py::tuple items =
        sequence_items(function_, label("betas").c_str(), object, expected.c_str());
    if (items.size() != 2) {
      raise_value_error(function_,
                        label("betas") + " is " + repr_of(object) + ", expected " + expected);
    }
    const auto beta = [&](std::size_t i) {
      const double value = number_arg(function_, label("betas").c_str(), items[i]);
      if (!(value >= 0.0 && value < 1.0)) {
        raise_value_error(function_, label("betas") + " is " + repr_of(object) +
                                         ", expected numbers of at least 0, below 1");
      }
      return value;
    };
    return {beta(0), beta(1)};
  }

  std::string label(const char* name) const {
    if (!group_.has_value()) return name;
    return "param_groups[" + std::to_string(*group_) + "]['" + name + "']";
  }

 private:
  const char* function_;
  py::tuple values_;
  std::optional<std::size_t> group_;
};

}  // namespace

std::vector<SgdGroup> sgd_groups_arg(const char* function, const GroupTuples& groups) {
  std::vector<SgdGroup> result;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Group group(function, groups, i);
    const SgdOptions options{.learning_rate = group.number(1, "lr"),
                             .momentum = group.number(2, "momentum"),
                             .dampening = group.number(3, "dampening"),
                             .weight_decay = group.number(4, "weight_decay"),
                             .nesterov = group.flag(5, "nesterov"),
                             .maximize = group.flag(6, "maximize")};
    if (options.nesterov && (options.momentum == 0.0 || options.dampening != 0.0)) {
      raise_value_error(function, group.label("nesterov") +
                                      " is True, expected a momentum above 0 and no dampening "
                                      "with it");
    }
    result.push_back({group.count(), options});
  }
  return result;
}

std::vector<AdamGroup> adam_groups_arg(const char* function, const GroupTuples& groups) {
  std::vector<AdamGroup> result;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Group group(function, groups, i);
    const double learning_rate = group.number(1, "lr");
    const auto [beta1, beta2] = group.betas(2);
    result.push_back({group.count(),
                      {.learning_rate = learning_rate,
                       .beta1 = beta1,
                       .beta2 = beta2,
                       .epsilon = group.number(3, "eps"),
                       .weight_decay = group.number(4, "weight_decay"),
                       .decoupled = group.flag(7, "decoupled"),
                       .amsgrad = group.flag(5, "amsgrad"),
                       .maximize = group.flag(6, "maximize")}});
  }
  return result;
}

}  // namespace fa
