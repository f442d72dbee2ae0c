// Weighted sums of gradients. Plain loops: the compiler turns each into vectors.
#include "kernels/grad_samples_kernels.hpp"

#include "core/inline.hpp"
#include "kernels/grad_widen.isa.hpp"

namespace fa::FA_ISA {
namespace {

// Rows that are read side by side: memory delivers several streams faster than one after another.
constexpr std::int64_t kTogether = 4;

template <class T>
FA_INLINE void add_four(const SampleRows& rows, std::int64_t row, const double* factors,
                        double* FA_RESTRICT sums) {
  const auto values_of = [&](std::int64_t i) {
    return reinterpret_cast<const T*>(rows.first + (row + i) * rows.stride);
  };
  const T* FA_RESTRICT a = values_of(0);
  const T* FA_RESTRICT b = values_of(1);
  const T* FA_RESTRICT c = values_of(2);
  const T* FA_RESTRICT d = values_of(3);
  const double fa = factors[row], fb = factors[row + 1];
  const double fc = factors[row + 2], fd = factors[row + 3];
  for (std::int64_t i = 0; i < rows.count; ++i) {
    double sum = sums[i] + fa * static_cast<double>(a[i]);
    sum += fb * static_cast<double>(b[i]);
    sum += fc * static_cast<double>(c[i]);
    sums[i] = sum + fd * static_cast<double>(d[i]);
  }
}

struct AddRow {
  double* sums;
  double factor;

  template <class T>
  FA_INLINE void operator()(const T* FA_RESTRICT values, std::int64_t first, std::int64_t n) const {
    double* FA_RESTRICT target = sums + first;
    for (std::int64_t i = 0; i < n; ++i) target[i] += factor * static_cast<double>(values[i]);
  }
};

template <class G>
void add_scaled(const SampleRows& rows, const double* factors, double* sums) {
  std::int64_t row = 0;
  if constexpr (sizeof(G) != sizeof(Half)) {
    for (; row + kTogether <= rows.rows; row += kTogether) add_four<G>(rows, row, factors, sums);
  }
  for (; row < rows.rows; ++row) {
    for_wide_pieces<G>(rows.first + row * rows.stride, rows.count, AddRow{sums, factors[row]});
  }
}

}  // namespace

const GradSamplesKernels grad_samples_kernels{
    {&add_scaled<Half>, &add_scaled<float>, &add_scaled<double>, &add_scaled<Bfloat16>}};

}  // namespace fa::FA_ISA
