// Weighted sums of gradients. A plain loop: the compiler turns it into vectors.
#include "kernels/grad_samples_kernels.hpp"

#include "core/inline.hpp"
#include "kernels/grad_widen.isa.hpp"

namespace fa::FA_ISA {
namespace {

struct AddTo {
  double* sums;
  double factor;

  template <class T>
  FA_INLINE void operator()(const T* FA_RESTRICT values, std::int64_t first, std::int64_t n) const {
    double* FA_RESTRICT target = sums + first;
    for (std::int64_t i = 0; i < n; ++i) target[i] += factor * static_cast<double>(values[i]);
  }
};

template <class G>
void add_scaled(const std::byte* values, std::int64_t n, double factor, double* sums) {
  for_wide_pieces<G>(values, n, AddTo{sums, factor});
}

}  // namespace

const GradSamplesKernels grad_samples_kernels{
    {&add_scaled<Half>, &add_scaled<float>, &add_scaled<double>, &add_scaled<Bfloat16>}};

}  // namespace fa::FA_ISA
