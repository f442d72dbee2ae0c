// What an optimizer works on: parameters and their state, checked once when they are registered and
// looked up again, cheaply, at every step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bindings/gradient_args.hpp"
#include "kernels/optim_step.hpp"

namespace fa {

// Tuples of any length, as the package passes them: of arrays, with None where there is none, and
// one of those per kind of state.
using ArrayTuple = py::typing::Tuple<py::object, py::ellipsis>;
using StateTuples = py::typing::Tuple<ArrayTuple, py::ellipsis>;

// Where an array's elements lie, [low, high), and which it is.
struct MemoryRange {
  std::uintptr_t low, high;
  std::int64_t kind;  // 0: parameter, 1 to kMaxStates: state, kGradient
  std::int64_t position;
};
constexpr std::int64_t kGradient = kMaxStates + 1;

// A registered array as it was; null when there is none.
struct RegisteredArray {
  py::object array;
  TensorView view{nullptr, 0, DType::kFloat32, 0, nullptr};
};

class OptimizerArrays {
 public:
  // names: a list of keys, or None. state_names, state: one entry per kind of state.
  OptimizerArrays(std::string optimizer, const ArrayTuple& params, py::object names,
                  std::vector<std::string> state_names, const StateTuples& state,
                  std::vector<std::int64_t> steps);

  std::size_t count() const { return params_.size(); }
  const std::string& optimizer() const { return optimizer_; }
  const py::object& names() const { return names_; }

  // The gradients of a step: one per parameter, None left out. Throws for one that does not fit its
  // parameter or shares memory with another array, and for arrays that changed since they were
  // registered.
  GradientsArg grads_arg(const char* function, const GradientTuple& grads, bool will_write);

  TensorView param(std::int64_t position) const { return at(params_, position).view; }
  std::byte* state(std::size_t kind, std::int64_t position) const {
    return kind < states_.size() ? at(states_[kind], position).view.data : nullptr;
  }

  // How many steps each parameter took.
  std::vector<std::int64_t> steps;

 private:
  static const RegisteredArray& at(const std::vector<RegisteredArray>& arrays,
                                   std::int64_t position) {
    return arrays[static_cast<std::size_t>(position)];
  }
  std::string name_of(std::int64_t kind, std::int64_t position) const;
  RegisteredArray registered(std::int64_t kind, std::int64_t position, py::handle object) const;
  void require_unchanged(const char* function) const;
  void require_fitting(const char* function, const GradientsArg& grads) const;
  void require_no_overlap(const char* function, const std::vector<MemoryRange>& sorted) const;

  std::string optimizer_;
  py::object names_;
  std::vector<std::string> state_names_;
  std::vector<RegisteredArray> params_;
  std::vector<std::vector<RegisteredArray>> states_;
  std::vector<MemoryRange> own_ranges_;   // sorted
  std::vector<MemoryRange> grad_ranges_;  // of the last step, in order of position
};

// Options of the groups as the package passes them: a tuple per group, the number of its parameters
// first.
using GroupTuples = py::typing::List<ArrayTuple>;

struct SgdGroup {
  std::int64_t count;
  SgdOptions options;
};
struct AdamGroup {
  std::int64_t count;
  AdamOptions options;
};
std::vector<SgdGroup> sgd_groups_arg(const char* function, const GroupTuples& groups);
std::vector<AdamGroup> adam_groups_arg(const char* function, const GroupTuples& groups);

}  // namespace fa
