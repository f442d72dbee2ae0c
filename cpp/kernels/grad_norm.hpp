// The norm of a list of tensors as if they were one vector.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/tensor_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// The p-norm, p > 0 or infinity, accumulated in float64 over fixed blocks: the same bits for any
// number of threads and instruction set. Finite elements give a finite norm wherever a float64 can
// hold it; NaN if an element is NaN, else infinity if one is infinite. An empty list has norm 0.
// Complex elements count by their modulus.
double total_norm(std::span<const TensorView> tensors, double p, Threads threads);

// The sum of |element| ** p as a float64, which may overflow; for p = infinity the largest
// magnitude.
double norm_power(std::span<const TensorView> tensors, double p, Threads threads);

// The norm of each tensor: the bits that total_norm gives for it alone.
std::vector<double> norm_of_each(std::span<const TensorView> tensors, double p, Threads threads);

// The same for one tensor, on this thread and without memory of its own.
double tensor_norm(const TensorView& tensor, double p);

// What a NormSum takes in of a tensor, without which the tensor is not needed any more.
struct TensorPowers {
  std::vector<double> of_blocks;
  double norm;
};
TensorPowers tensor_powers(const TensorView& tensor, double p, Threads threads);

// The norm of tensors that come one at a time: the bits that total_norm gives for all of them.
class NormSum {
 public:
  explicit NormSum(double p) : p_(p) {}

  void add(const TensorPowers& powers);
  double norm() const;

 private:
  void add_norm(double norm);

  double p_;
  double power_ = 0.0;  // of all elements so far, as norm_power
  // The norm of the tensors' norms in units of the largest of them: for when the power leaves the
  // range of float64.
  double unit_ = 0.0, units_ = 0.0;
};

struct NonFiniteElement {
  std::int64_t tensor;  // position in the list
  std::int64_t index;   // of the element, in the order of the tensor's axes
  double value;         // of a complex element the part that is not finite
};

// The first element that is NaN or infinite.
std::optional<NonFiniteElement> find_nonfinite(std::span<const TensorView> tensors);

}  // namespace fa
