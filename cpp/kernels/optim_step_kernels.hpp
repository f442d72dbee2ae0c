#pragma once

#include <cstddef>
#include <cstdint>

#include "dispatch/kernel_table.hpp"

namespace fa {

// A run of packed elements of one parameter.
struct StepRun {
  std::byte* param;
  const std::byte* grad;
  std::byte* state[3];
  std::int64_t count;
  double grad_factor;  // negative to maximize
};

// What is the same for all elements of a parameter in one step.
struct SgdNumbers {
  double learning_rate, weight_decay;
  double momentum;  // 0: no buffer
  double kept;      // the share of the buffer that stays: the momentum, but 0 at the first step
  double added;     // the share of the gradient that joins it
  bool nesterov;
};

struct AdamNumbers {
  double step_size;   // the learning rate, corrected for the bias of the average
  double root_scale;  // corrects the root of the average square
  double beta2, epsilon;
  double gradient_share, square_share;  // 1 - beta1, 1 - beta2
  double joined_decay;                  // times the parameter, added to the gradient; 0: none
  double kept_param;                    // the share of the parameter that decay leaves; 1: all
  bool amsgrad;
};

// First by the dtype of the parameter: float32, float64; then by that of the gradient: float16,
// float32, float64, bfloat16. There is none for a gradient wider than its parameter.
struct OptimStepKernels {
  void (*sgd[2][4])(const StepRun& run, const SgdNumbers& numbers);
  void (*adam[2][4])(const StepRun& run, const AdamNumbers& numbers);
};

FA_DECLARE_KERNELS(OptimStepKernels, optim_step_kernels)

}  // namespace fa
