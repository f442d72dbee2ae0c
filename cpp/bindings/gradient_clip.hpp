// Clipping by a norm that is known: what every clipping call does last.
#pragma once

#include <cmath>
#include <span>

#include "bindings/gradient_args.hpp"
#include "kernels/grad_scale.hpp"

namespace fa {

// torch's formula; its constant keeps the factor finite for a norm of 0.
inline double clip_factor(double max_norm, double norm) { return max_norm / (norm + 1e-6); }

// Scales all tensors by the factor if it is below 1. A norm that is not finite is handled as `mode`
// says; kError leaves the tensors for the caller to complain about.
inline void clip_with_norm(std::span<const TensorView> tensors, double max_norm, double norm,
                           NonFinite mode, Threads threads) {
  const double factor = clip_factor(max_norm, norm);
  if (std::isfinite(norm)) {
    if (factor < 1.0) scale(tensors, factor, threads);
  } else if (mode == NonFinite::kZero) {
    set_to_zero(tensors, threads);
  } else if (mode == NonFinite::kPropagate) {
    scale(tensors, factor, threads);
  }
}

}  // namespace fa
