// Tensors cut into units: the weights of one output each, whose norm counts by itself.
#pragma once

#include <span>
#include <vector>

#include "core/tensor_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// The units of a tensor, numbered in the order of `axes`; all are views like the first.
struct UnitView {
  TensorView first;
  std::int64_t count;
  std::span<const Axis> axes;
};

// The 2-norms of all units of all tensors, one after the other: the same bits for any number of
// threads.
std::vector<double> unit_norms(std::span<const UnitView> tensors, Threads threads);

// Each unit times its factor; one of 1 leaves the unit as it is.
void scale_units(std::span<const UnitView> tensors, std::span<const double> factors,
                 Threads threads);

}  // namespace fa
