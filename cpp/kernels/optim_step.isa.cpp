// Optimizer steps on packed runs. Plain loops: the compiler turns each into vectors.

// NumPy aligns to 16 bytes, and a vector of 64 that straddles two cache lines at every load and
// store costs a tenth of the time. Before all else, so that helpers agree with their callers.
#if defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("prefer-vector-width=256")
#endif

#include "kernels/optim_step_kernels.hpp"

#include "core/inline.hpp"
#include "kernels/grad_widen.isa.hpp"

namespace fa::FA_ISA {
namespace {

enum class Momentum { kNone, kPlain, kNesterov };
enum class Decay { kNone, kJoinsGradient, kScalesParam };

// Elements of a run whose gradient is at hand in a type to compute with.
template <class P, class G>
struct Piece {
  P* param;
  const G* grad;
  P* state[3];
  std::int64_t count;
  P grad_factor;
};

template <class P, class G>
FA_INLINE Piece<P, G> piece_of(const StepRun& run, std::int64_t first, const G* grad,
                               std::int64_t count) {
  const auto from_first = [&](std::byte* start) {
    return start == nullptr ? nullptr : reinterpret_cast<P*>(start) + first;
  };
  return {from_first(run.param),
          grad,
          {from_first(run.state[0]), from_first(run.state[1]), from_first(run.state[2])},
          count,
          static_cast<P>(run.grad_factor)};
}

template <class Formula, class P, class Numbers>
struct StepPiece {
  const StepRun& run;
  const Numbers& numbers;

  template <class G>
  FA_INLINE void operator()(const G* grad, std::int64_t first, std::int64_t n) const {
    Formula::step(piece_of<P>(run, first, grad, n), numbers);
  }
};

template <class Formula, class P, class G, class Numbers>
void run_step(const StepRun& run, const Numbers& numbers) {
  for_wide_pieces<G>(run.grad, run.count, StepPiece<Formula, P, Numbers>{run, numbers});
}

template <Momentum kMomentum, bool kDecays, class P, class G>
FA_INLINE void sgd_loop(const Piece<P, G>& piece, const SgdNumbers& numbers) {
  P* FA_RESTRICT param = piece.param;
  P* FA_RESTRICT buffer = piece.state[0];
  const G* FA_RESTRICT grad = piece.grad;
  const P factor = piece.grad_factor;
  const P learning_rate = static_cast<P>(numbers.learning_rate);
  const P decay = static_cast<P>(numbers.weight_decay);
  const P momentum = static_cast<P>(numbers.momentum);
  const P kept = static_cast<P>(numbers.kept);
  const P added = static_cast<P>(numbers.added);
  for (std::int64_t i = 0; i < piece.count; ++i) {
    P change = static_cast<P>(grad[i]) * factor;
    if constexpr (kDecays) change += decay * param[i];
    if constexpr (kMomentum != Momentum::kNone) {
      const P next = kept * buffer[i] + added * change;
      buffer[i] = next;
      change = kMomentum == Momentum::kNesterov ? change + momentum * next : next;
    }
    param[i] -= learning_rate * change;
  }
}

struct Sgd {
  template <class P, class G>
  FA_INLINE static void step(const Piece<P, G>& piece, const SgdNumbers& numbers) {
    const bool decays = numbers.weight_decay != 0.0;
    if (numbers.momentum == 0.0) {
      return decays ? sgd_loop<Momentum::kNone, true>(piece, numbers)
                    : sgd_loop<Momentum::kNone, false>(piece, numbers);
    }
    if (numbers.nesterov) {
      return decays ? sgd_loop<Momentum::kNesterov, true>(piece, numbers)
                    : sgd_loop<Momentum::kNesterov, false>(piece, numbers);
    }
    return decays ? sgd_loop<Momentum::kPlain, true>(piece, numbers)
                  : sgd_loop<Momentum::kPlain, false>(piece, numbers);
  }
};

FA_INLINE float root(float x) { return __builtin_sqrtf(x); }
FA_INLINE double root(double x) { return __builtin_sqrt(x); }

template <Decay kDecay, bool kAmsgrad, class P, class G>
FA_INLINE void adam_loop(const Piece<P, G>& piece, const AdamNumbers& numbers) {
  P* FA_RESTRICT param = piece.param;
  P* FA_RESTRICT average = piece.state[0];
  P* FA_RESTRICT square = piece.state[1];
  P* FA_RESTRICT largest = piece.state[2];
  const G* FA_RESTRICT grad = piece.grad;
  const P factor = piece.grad_factor;
  const P step_size = static_cast<P>(numbers.step_size);
  const P root_scale = static_cast<P>(numbers.root_scale);
  const P beta2 = static_cast<P>(numbers.beta2);
  const P epsilon = static_cast<P>(numbers.epsilon);
  const P gradient_share = static_cast<P>(numbers.gradient_share);
  const P square_share = static_cast<P>(numbers.square_share);
  const P joined_decay = static_cast<P>(numbers.joined_decay);
  const P kept_param = static_cast<P>(numbers.kept_param);
  for (std::int64_t i = 0; i < piece.count; ++i) {
    P value = param[i];
    P change = static_cast<P>(grad[i]) * factor;
    if constexpr (kDecay == Decay::kJoinsGradient) change += joined_decay * value;
    if constexpr (kDecay == Decay::kScalesParam) value *= kept_param;
    const P mean = average[i] + gradient_share * (change - average[i]);
    P mean_square = beta2 * square[i] + square_share * change * change;
    average[i] = mean;
    square[i] = mean_square;
    if constexpr (kAmsgrad) {
      mean_square = largest[i] > mean_square ? largest[i] : mean_square;
      largest[i] = mean_square;
    }
    param[i] = value - step_size * (mean / (root(mean_square) * root_scale + epsilon));
  }
}

struct Adam {
  template <class P, class G>
  FA_INLINE static void step(const Piece<P, G>& piece, const AdamNumbers& numbers) {
    if (numbers.joined_decay != 0.0) return with<Decay::kJoinsGradient>(piece, numbers);
    if (numbers.kept_param != 1.0) return with<Decay::kScalesParam>(piece, numbers);
    return with<Decay::kNone>(piece, numbers);
  }

  template <Decay kDecay, class P, class G>
  FA_INLINE static void with(const Piece<P, G>& piece, const AdamNumbers& numbers) {
    return numbers.amsgrad ? adam_loop<kDecay, true>(piece, numbers)
                           : adam_loop<kDecay, false>(piece, numbers);
  }
};

}  // namespace

const OptimStepKernels optim_step_kernels{
    {{&run_step<Sgd, float, Half, SgdNumbers>, &run_step<Sgd, float, float, SgdNumbers>, nullptr,
      &run_step<Sgd, float, Bfloat16, SgdNumbers>},
     {&run_step<Sgd, double, Half, SgdNumbers>, &run_step<Sgd, double, float, SgdNumbers>,
      &run_step<Sgd, double, double, SgdNumbers>, &run_step<Sgd, double, Bfloat16, SgdNumbers>}},
    {{&run_step<Adam, float, Half, AdamNumbers>, &run_step<Adam, float, float, AdamNumbers>,
      nullptr, &run_step<Adam, float, Bfloat16, AdamNumbers>},
     {&run_step<Adam, double, Half, AdamNumbers>, &run_step<Adam, double, float, AdamNumbers>,
      &run_step<Adam, double, double, AdamNumbers>,
      &run_step<Adam, double, Bfloat16, AdamNumbers>}}};

}  // namespace fa::FA_ISA
