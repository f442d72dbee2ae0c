// Optimizer steps and sums over samples on memory of exact sizes, for the sanitizers; same bits for
// any number of threads. What the results mean is tested from Python.
#include <cmath>
#include <cstring>
#include <vector>

#include "check.hpp"
#include "core/bfloat16.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_samples.hpp"
#include "kernels/grad_scale.hpp"
#include "kernels/optim_step.hpp"

using namespace fa;

namespace {

const std::vector<std::int64_t> kSizes = {0, 1, 7, 31, 33, 513, 32768, 32769, 70001};

template <class T>
constexpr DType kDType = DType::kFloat32;
template <>
constexpr DType kDType<double> = DType::kFloat64;
template <>
constexpr DType kDType<Bfloat16> = DType::kBfloat16;

Bfloat16 bfloat16_of(double value) { return float_to_bfloat16(static_cast<float>(value)); }

// Packed arrays of the sizes above, each in memory of its own.
template <class T>
struct Arrays {
  std::vector<std::vector<T>> memory;

  Arrays(const std::vector<std::int64_t>& sizes, double scale) {
    for (const std::int64_t size : sizes) {
      memory.emplace_back(static_cast<std::size_t>(size));
      memory.back().shrink_to_fit();
      std::vector<T>& values = memory.back();
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = scale * (static_cast<double>(i % 17) - 8.0);
        if constexpr (kDType<T> == DType::kBfloat16) {
          values[i] = bfloat16_of(value);
        } else {
          values[i] = static_cast<T>(value);
        }
      }
    }
  }

  TensorView view(std::size_t i) {
    return {reinterpret_cast<std::byte*>(memory[i].data()),
            static_cast<std::int64_t>(memory[i].size()), kDType<T>, 0, nullptr};
  }

  std::vector<TensorView> views() {
    std::vector<TensorView> result;
    for (std::size_t i = 0; i < memory.size(); ++i) result.push_back(view(i));
    return result;
  }
};

template <class P, class G>
struct Job {
  Arrays<P> params{kSizes, 1.0}, states[kMaxStates] = {{kSizes, 0.0}, {kSizes, 0.0}, {kSizes, 0.0}};
  Arrays<G> grads{kSizes, 0.25};

  template <class Options>
  void step(const Options& options, const StepOptions& how, std::int64_t number, int threads) {
    std::vector<ParamStep<Options>> steps;
    for (std::size_t i = 0; i < kSizes.size(); ++i) {
      ParamStep<Options> step{params.view(i), grads.view(i), {}, &options, number};
      for (std::size_t kind = 0; kind < kMaxStates; ++kind) {
        step.state[kind] = states[kind].view(i).data;
      }
      steps.push_back(step);
    }
    take_step(steps, how, Threads{threads});
  }
};

constexpr SgdOptions kSgd{0.1, 0.9, 0.0, 0.01, true, false};
constexpr AdamOptions kAdam{0.1, 0.9, 0.999, 1e-8, 0.01, true, true, false};

template <class P, class G, class Options>
void test_threads(const Options& options) {
  Job<P, G> one, three;
  for (std::int64_t number = 1; number <= 3; ++number) {
    one.step(options, {0.5, GradsAfter::kUnchanged}, number, 1);
    three.step(options, {0.5, GradsAfter::kUnchanged}, number, 3);
  }
  CHECK(one.params.memory == three.params.memory);
  CHECK(one.states[0].memory == three.states[0].memory);
}

// A bfloat16 holds these gradients exactly.
template <class P, class Options>
void test_bfloat16_gradients(const Options& options) {
  Job<P, Bfloat16> narrow;
  Job<P, float> wide;
  for (std::int64_t number = 1; number <= 2; ++number) {
    narrow.step(options, {}, number, 2);
    wide.step(options, {}, number, 2);
  }
  CHECK(narrow.params.memory == wide.params.memory);
}

// The first step of Adam without decay moves each parameter by lr against the gradient's sign.
void test_first_adam_step() {
  Job<double, double> job, before;
  AdamOptions options = kAdam;
  options.weight_decay = 0.0;
  job.step(options, {}, 1, 2);
  for (std::size_t t = 0; t < kSizes.size(); ++t) {
    for (std::size_t i = 0; i < job.params.memory[t].size(); ++i) {
      const double sign =
          std::copysign(before.grads.memory[t][i] == 0.0 ? 0.0 : 1.0, before.grads.memory[t][i]);
      const double expected = before.params.memory[t][i] - 0.1 * sign;
      CHECK(std::abs(job.params.memory[t][i] - expected) < 1e-7);
    }
  }
}

void test_what_becomes_of_gradients() {
  Job<float, float> zeroed, clipped, before;
  zeroed.step(kSgd, {0.5, GradsAfter::kZero}, 1, 2);
  clipped.step(kSgd, {0.5, GradsAfter::kClipped}, 1, 2);
  CHECK(zeroed.params.memory == clipped.params.memory);
  const std::vector<TensorView> scaled = before.grads.views();
  scale(scaled, 0.5, Threads{1});
  CHECK(clipped.grads.memory == before.grads.memory);
  CHECK(total_norm(zeroed.grads.views(), 2.0, Threads{1}) == 0.0);
}

// Five samples of arrays whose sizes leave tails of every piece.
void test_samples(const std::vector<std::int64_t>& row_sizes) {
  std::vector<std::int64_t> batch_sizes;
  for (const std::int64_t size : row_sizes) batch_sizes.push_back(5 * size);
  Arrays<float> grads(batch_sizes, 1.0);
  Arrays<double> one(row_sizes, 3.0), three(row_sizes, 4.0);
  std::vector<double> norms(5), again(5);
  sample_norms(grads.views(), norms, Threads{1});
  sample_norms(grads.views(), again, Threads{3});
  CHECK(norms == again);
  const std::vector<double> factors = {1.0, 0.5, 0.25, 0.0, 2.0};
  sum_samples(grads.views(), factors, {7, 0.5}, one.views(), Threads{1});
  sum_samples(grads.views(), factors, {7, 0.5}, three.views(), Threads{3});
  CHECK(one.memory == three.memory);
  sum_samples(grads.views(), factors, {}, one.views(), Threads{2});
  for (std::size_t t = 0; t < row_sizes.size(); ++t) {
    const auto size = static_cast<std::size_t>(row_sizes[t]);
    for (std::size_t i = 0; i < size; ++i) {
      double expected = 0.0;
      for (std::size_t sample = 0; sample < 5; ++sample) {
        expected += factors[sample] * static_cast<double>(grads.memory[t][sample * size + i]);
      }
      CHECK(one.memory[t][i] == expected);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  test_threads<float, float>(kSgd);
  test_threads<double, float>(kSgd);
  test_threads<double, double>(kAdam);
  test_threads<float, float>(kAdam);
  test_bfloat16_gradients<float>(kSgd);
  test_bfloat16_gradients<double>(kAdam);
  test_first_adam_step();
  test_what_becomes_of_gradients();
  test_samples({1, 0, 1024, 1025, 5000});
  test_samples({0, 8192, 8193, 270000});
  return fa::test::result();
}
