#include "kernels/optim_step.hpp"

#include <cmath>
#include <cstring>
#include <vector>

#include "core/check.hpp"
#include "dispatch/isa.hpp"
#include "kernels/grad_scale.hpp"
#include "kernels/optim_step_kernels.hpp"
#include "kernels/tensor_blocks.hpp"

namespace fa {
namespace {

constexpr IsaTable<OptimStepKernels> kTable{FA_KERNEL_ADDRESSES(optim_step_kernels)};

SgdNumbers numbers_of(const SgdOptions& options, std::int64_t number) {
  const bool is_first = number == 1;  // the buffer starts as the gradient itself
  return {.learning_rate = options.learning_rate,
          .weight_decay = options.weight_decay,
          .momentum = options.momentum,
          .kept = is_first ? 0.0 : options.momentum,
          .added = is_first ? 1.0 : 1.0 - options.dampening,
          .nesterov = options.nesterov};
}

AdamNumbers numbers_of(const AdamOptions& options, std::int64_t number) {
  const auto power = static_cast<double>(number);
  const double decay = options.weight_decay;
  return {.step_size = options.learning_rate / (1.0 - std::pow(options.beta1, power)),
          .root_scale = 1.0 / std::sqrt(1.0 - std::pow(options.beta2, power)),
          .beta2 = options.beta2,
          .epsilon = options.epsilon,
          .gradient_share = 1.0 - options.beta1,
          .square_share = 1.0 - options.beta2,
          .joined_decay = options.decoupled ? 0.0 : decay,
          .kept_param = options.decoupled ? 1.0 - options.learning_rate * decay : 1.0,
          .amsgrad = options.amsgrad};
}

std::byte* moved(std::byte* start, std::int64_t bytes) {
  return start == nullptr ? nullptr : start + bytes;
}

template <class Options, class Numbers>
void step_blocks(std::span<const ParamStep<Options>> steps,
                 void (*const (&kernels)[2][4])(const StepRun&, const Numbers&),
                 const StepOptions& how, Threads threads) {
  std::vector<TensorView> params;
  std::vector<Numbers> numbers;
  params.reserve(steps.size());
  numbers.reserve(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    params.push_back(steps[i].param);
    const bool as_before =
        i > 0 && steps[i].options == steps[i - 1].options && steps[i].number == steps[i - 1].number;
    numbers.push_back(as_before ? numbers.back() : numbers_of(*steps[i].options, steps[i].number));
  }
  TensorBlocks(params).for_each(threads, [&](const TensorBlock& block) {
    const std::ptrdiff_t position = block.tensor - params.data();
    const auto index = static_cast<std::size_t>(position);
    const ParamStep<Options>& step = steps[index];
    TensorView grad = step.grad;
    grad.data += block.begin * item_size(grad.dtype);
    grad.size = block.count;
    double factor = how.grad_factor;
    if (how.grads_after == GradsAfter::kClipped && factor != 1.0) {
      scale(std::span(&grad, 1), factor, Threads{1});
      factor = 1.0;
    }
    const std::int64_t offset = block.begin * item_size(step.param.dtype);
    const auto kernel =
        kernels[step.param.dtype == DType::kFloat64][gradient_dtype_index(grad.dtype)];
    FA_ASSERT(kernel != nullptr);
    kernel(
        {step.param.data + offset,
         grad.data,
         {moved(step.state[0], offset), moved(step.state[1], offset), moved(step.state[2], offset)},
         block.count,
         step.options->maximize ? -factor : factor},
        numbers[index]);
    if (how.grads_after == GradsAfter::kZero) {
      std::memset(grad.data, 0, static_cast<std::size_t>(grad.size * item_size(grad.dtype)));
    }
  });
}

}  // namespace

void take_step(std::span<const ParamStep<SgdOptions>> steps, const StepOptions& options,
               Threads threads) {
  step_blocks(steps, pick(kTable).sgd, options, threads);
}

void take_step(std::span<const ParamStep<AdamOptions>> steps, const StepOptions& options,
               Threads threads) {
  step_blocks(steps, pick(kTable).adam, options, threads);
}

}  // namespace fa
