// Norms and scaling of packed and strided tensors: exact sizes for the sanitizers, same bits for
// any number of threads. What the results mean is tested from Python.
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "check.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_scale.hpp"

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

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  test_norms();
  test_scale_and_clamp();
  test_strided_tensor();
  test_first_nonfinite_element();
  return fa::test::result();
}
