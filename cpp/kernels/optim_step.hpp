// Steps of optimizers with torch's formulas: gradients are clipped, state and parameters updated in
// one pass over memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/tensor_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

struct SgdOptions {
  double learning_rate, momentum, dampening, weight_decay;
  bool nesterov, maximize;
};

struct AdamOptions {
  double learning_rate, beta1, beta2, epsilon, weight_decay;
  bool decoupled;  // the weight decay scales the parameter (AdamW) and does not join the gradient
  bool amsgrad, maximize;
};

// SGD: the momentum buffer. Adam: the running averages of the gradient and of its square, and the
// largest of the latter.
constexpr int kMaxStates = 3;

// One parameter and what belongs to it: packed, of one size, no memory in common. The parameter and
// its state are of one dtype, float32 or float64; the gradient is of any that this one holds
// exactly.
template <class Options>
struct ParamStep {
  TensorView param, grad;
  std::byte* state[kMaxStates];  // null: not used by the options
  const Options* options;
  std::int64_t number;  // of this step of this parameter, from 1; SGD: only 1 matters
};

enum class GradsAfter { kUnchanged, kClipped, kZero };

struct StepOptions {
  double grad_factor = 1.0;  // multiplies the gradients before anything else
  GradsAfter grads_after = GradsAfter::kUnchanged;
};

// Arithmetic in the parameter's dtype, each operation rounded: the same bits for any number of
// threads and instruction set, and those of scale() followed by a step whose factor is 1, where
// gradient and parameter have one dtype or kClipped is asked for.
void take_step(std::span<const ParamStep<SgdOptions>> steps, const StepOptions& options,
               Threads threads);
void take_step(std::span<const ParamStep<AdamOptions>> steps, const StepOptions& options,
               Threads threads);

}  // namespace fa
