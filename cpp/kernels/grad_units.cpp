#include "kernels/grad_units.hpp"

#include <algorithm>

#include "core/function_ref.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_scale.hpp"
#include "kernels/tensor_blocks.hpp"

namespace fa {
namespace {

TensorView unit(const UnitView& tensor, std::int64_t number) {
  TensorView view = tensor.first;
  for (auto axis = tensor.axes.rbegin(); axis != tensor.axes.rend(); ++axis) {
    view.data += number % axis->size * axis->stride;
    number /= axis->size;
  }
  return view;
}

// Calls body(number among all units, unit), on several threads.
void for_each_unit(std::span<const UnitView> tensors, Threads threads,
                   FunctionRef<void(std::size_t, const TensorView&)> body) {
  std::vector<std::int64_t> first_unit;
  std::int64_t units = 0, elements = 0;
  for (const UnitView& tensor : tensors) {
    first_unit.push_back(units);
    units += tensor.count;
    elements += tensor.count * tensor.first.size;
  }
  if (units == 0) return;
  const std::int64_t grain =
      std::max<std::int64_t>(kBlockElements * units / std::max<std::int64_t>(elements, 1), 1);
  parallel_for(units, grain, threads, [&](std::int64_t begin, std::int64_t end) {
    const auto after = std::upper_bound(first_unit.begin(), first_unit.end(), begin);
    auto position = static_cast<std::size_t>(after - first_unit.begin()) - 1;
    for (std::int64_t number = begin; number < end; ++number) {
      while (number - first_unit[position] >= tensors[position].count) ++position;
      body(static_cast<std::size_t>(number),
           unit(tensors[position], number - first_unit[position]));
    }
  });
}

}  // namespace

std::vector<double> unit_norms(std::span<const UnitView> tensors, Threads threads) {
  std::size_t units = 0;
  for (const UnitView& tensor : tensors) units += static_cast<std::size_t>(tensor.count);
  std::vector<double> norms(units);
  for_each_unit(tensors, threads, [&](std::size_t number, const TensorView& view) {
    norms[number] = tensor_norm(view, 2.0);
  });
  return norms;
}

void scale_units(std::span<const UnitView> tensors, std::span<const double> factors,
                 Threads threads) {
  for_each_unit(tensors, threads, [&](std::size_t number, const TensorView& view) {
    if (factors[number] != 1.0) scale_tensor(view, factors[number]);
  });
}

}  // namespace fa
