// Norms and scaling of packed and strided tensors: exact sizes for the sanitizers, same bits for
// any number of threads. What the results mean is tested from Python.
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "check.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_scale.hpp"
#include "kernels/grad_units.hpp"

using namespace fa;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Tensors {
  std::vector<std::unique_ptr<float[]>> memory;
  std::vector<TensorView> views;

  float* add(std::int64_t size) {
    memory.push_back(std::make_unique<float[]>(static_cast<std::size_t>(size)));
    float* values = memory.back().get();
    for (std::int64_t i = 0; i < size; ++i) values[i] = static_cast<float>(i % 17) - 8.0f;
    views.push_back({reinterpret_cast<std::byte*>(values), size, DType::kFloat32, 0, nullptr});
    return values;
  }
};

double plain_norm(const Tensors& tensors) {
  long double sum = 0.0L;
  for (const TensorView& view : tensors.views) {
    const auto* values = reinterpret_cast<const float*>(view.data);
    for (std::int64_t i = 0; i < view.size; ++i) {
      sum += static_cast<long double>(values[i]) * static_cast<long double>(values[i]);
    }
  }
  return static_cast<double>(std::sqrt(sum));
}

void test_norms() {
  Tensors tensors;
  for (const std::int64_t size : {0, 1, 31, 32, 33, 1000, 32768, 32769, 100001}) tensors.add(size);
  const double norm = total_norm(tensors.views, 2.0, Threads{1});
  CHECK(std::abs(norm - plain_norm(tensors)) <= 1e-13 * norm);
  for (const double p : {1.0, 2.0, 3.0, kInfinity}) {
    CHECK(total_norm(tensors.views, p, Threads{1}) == total_norm(tensors.views, p, Threads{3}));
  }
  CHECK(total_norm(tensors.views, kInfinity, Threads{2}) == 8.0);
}

void test_scale_and_clamp() {
  Tensors tensors;
  const float* values = tensors.add(70001);
  scale(tensors.views, 0.5, Threads{3});
  for (std::int64_t i = 0; i < 70001; ++i) {
    CHECK(values[i] == (static_cast<float>(i % 17) - 8.0f) * 0.5f);
  }
  clamp(tensors.views, 1.0, Threads{3});
  for (std::int64_t i = 0; i < 70001; ++i) CHECK(std::abs(values[i]) <= 1.0f);
  set_to_zero(tensors.views, Threads{3});
  CHECK(total_norm(tensors.views, 2.0, Threads{3}) == 0.0);
}

// Every second element of 41 rows of 60: what lies between must stay.
void test_strided_tensor() {
  Tensors tensors;
  float* values = tensors.add(41 * 60);
  const std::vector<float> before(values, values + 41 * 60);
  const Axis axes[2] = {{41, 240}, {30, 8}};
  const TensorView view{reinterpret_cast<std::byte*>(values), 41 * 30, DType::kFloat32, 2, axes};
  scale(std::span(&view, 1), 3.0, Threads{2});
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(values[i] == (i % 2 == 0 ? before[i] * 3.0f : before[i]));
  }
}

void test_first_nonfinite_element() {
  Tensors tensors;
  tensors.add(100);
  float* values = tensors.add(40000);
  CHECK(!find_nonfinite(tensors.views).has_value());
  values[39000] = NAN;
  values[33000] = INFINITY;
  const auto found = find_nonfinite(tensors.views);
  CHECK(found.has_value() && found->tensor == 1 && found->index == 33000);
  CHECK(std::isnan(total_norm(tensors.views, 2.0, Threads{2})));
  CHECK(std::isnan(total_norm(tensors.views, kInfinity, Threads{2})));
}

// Tensors one at a time give the bits of the whole list, also where sums of powers overflow.
void test_sum_of_tensors() {
  std::vector<std::vector<double>> values;
  for (const std::size_t size : {3u, 0u, 32768u, 70001u, 1u}) {
    values.emplace_back(size);
    for (std::size_t i = 0; i < size; ++i) values.back()[i] = 1.0 / static_cast<double>(i + 3);
  }
  for (const double factor : {1.0, 1e200, 1e-200}) {
    std::vector<TensorView> views;
    for (std::vector<double>& tensor : values) {
      for (double& value : tensor) value *= factor;
      views.push_back({reinterpret_cast<std::byte*>(tensor.data()),
                       static_cast<std::int64_t>(tensor.size()), DType::kFloat64, 0, nullptr});
    }
    for (const double p : {1.0, 2.0, 3.0, kInfinity}) {
      NormSum sum(p);
      for (const TensorView& view : views) sum.add(tensor_powers(view, p, Threads{2}));
      CHECK(sum.norm() == total_norm(views, p, Threads{3}));
      CHECK(std::isfinite(sum.norm()) && sum.norm() > 0.0);
      const std::vector<double> norms = norm_of_each(views, p, Threads{3});
      for (std::size_t i = 0; i < views.size(); ++i) CHECK(norms[i] == tensor_norm(views[i], p));
    }
    for (std::vector<double>& tensor : values) {
      for (double& value : tensor) value /= factor;
    }
  }
}

// Columns of a 41 x 60 matrix as units: every second one is scaled.
void test_units() {
  Tensors tensors;
  float* values = tensors.add(41 * 60);
  const std::vector<float> before(values, values + 41 * 60);
  const Axis rows[1] = {{41, 240}}, columns[1] = {{60, 4}};
  const UnitView units[2] = {
      {{reinterpret_cast<std::byte*>(values), 0, DType::kFloat32, 0, nullptr}, 0, {}},
      {{reinterpret_cast<std::byte*>(values), 41, DType::kFloat32, 1, rows}, 60, columns}};
  const std::vector<double> norms = unit_norms(units, Threads{3});
  CHECK(norms.size() == 60);
  std::vector<double> factors;
  for (std::size_t column = 0; column < 60; ++column) {
    double sum = 0.0;
    for (std::size_t row = 0; row < 41; ++row) {
      sum += std::pow(static_cast<double>(before[60 * row + column]), 2.0);
    }
    CHECK(std::abs(norms[column] - std::sqrt(sum)) <= 1e-13 * norms[column]);
    factors.push_back(column % 2 == 0 ? 1.0 : 3.0);
  }
  scale_units(units, factors, Threads{3});
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(values[i] == (i % 60 % 2 == 0 ? before[i] : before[i] * 3.0f));
  }
}

// Moduli of 5, and the upper halves of floats.
void test_complex_and_bfloat16() {
  std::vector<float> pairs(2 * 4001);
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = i % 2 == 0 ? 3.0f : -4.0f;
  const TensorView complex{reinterpret_cast<std::byte*>(pairs.data()), 4001, DType::kComplex64, 0,
                           nullptr};
  CHECK(total_norm(std::span(&complex, 1), 1.0, Threads{2}) == 5.0 * 4001.0);
  CHECK(total_norm(std::span(&complex, 1), kInfinity, Threads{2}) == 5.0);
  scale(std::span(&complex, 1), 0.5, Threads{2});
  for (std::size_t i = 0; i < pairs.size(); ++i) CHECK(pairs[i] == (i % 2 == 0 ? 1.5f : -2.0f));
  std::vector<std::uint16_t> halves(1029, 0xc000);  // -2
  const TensorView narrow{reinterpret_cast<std::byte*>(halves.data()), 1029, DType::kBfloat16, 0,
                          nullptr};
  CHECK(total_norm(std::span(&narrow, 1), 1.0, Threads{1}) == 2.0 * 1029.0);
  scale(std::span(&narrow, 1), 0.25, Threads{1});
  for (const std::uint16_t bits : halves) CHECK(bits == 0xbf00);
}

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  test_norms();
  test_scale_and_clamp();
  test_strided_tensor();
  test_first_nonfinite_element();
  test_sum_of_tensors();
  test_units();
  test_complex_and_bfloat16();
  return fa::test::result();
}
