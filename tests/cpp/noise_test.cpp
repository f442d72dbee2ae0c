// Normal noise: its distribution, that it is a function of its place alone, and known bits.
#include "kernels/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include "check.hpp"
#include "random/philox.hpp"

// The functions that the kernels are made of, compiled once more for their own test.
#define FA_ISA elementary
#include "kernels/noise_math.isa.hpp"
#undef FA_ISA

using namespace fa;

namespace {

std::vector<float> noise(std::uint64_t key, std::int64_t first, std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  normal_values(key, first, count, values.data());
  return values;
}

bool same_bits(const float* a, const float* b, std::size_t count) {
  return count == 0 || std::memcmp(a, b, count * sizeof(float)) == 0;
}

void test_any_part_equals_that_of_the_whole() {
  const std::vector<float> whole = noise(77, 0, 1000);
  for (const std::int64_t count : {0, 1, 3, 63, 64, 65, 128, 200}) {
    for (std::int64_t first = 0; first + count <= 1000; first += 7) {
      const std::vector<float> part = noise(77, first, count);
      CHECK(same_bits(part.data(), whole.data() + first, part.size()));
    }
  }
}

void test_nothing_is_written_outside() {
  std::vector<float> values(300, 9.0f);
  normal_values(1, 33, 200, values.data() + 50);
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK((values[i] == 9.0f) == (i < 50 || i >= 250));
  }
}

void test_keys_and_places_give_different_values() {
  std::vector<float> all;
  for (const std::uint64_t key : {0ull, 1ull, 1ull << 32, (1ull << 53) - 1}) {
    for (const std::int64_t first : {0ll, 64ll, 1ll << 34, 1ll << 40}) {
      for (const float value : noise(key, first, 64)) all.push_back(value);
    }
  }
  std::sort(all.begin(), all.end());
  // Equal values among 1024 would be a rare accident.
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

constexpr std::int64_t kMany = 1 << 21;

void test_moments() {
  double sums[5] = {};
  for (const float value : noise(3, 0, kMany)) {
    double power = 1.0;
    for (double& sum : sums) {
      sum += power;
      power *= value;
    }
  }
  // The variances of the first four powers of a normal value are 1, 2, 15 and 96.
  const double root = std::sqrt(static_cast<double>(kMany));
  const double expected[5] = {1, 0, 1, 0, 3};
  const double variance[5] = {0, 1, 2, 15, 96};
  for (int i = 1; i < 5; ++i) {
    const double mean = sums[i] / static_cast<double>(kMany);
    CHECK(std::abs(mean - expected[i]) < 4.0 * std::sqrt(variance[i]) / root);
  }
}

double normal_probability(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

// The largest difference of the distribution functions, times sqrt(count) (Kolmogorov, Smirnov).
double distance_from_normal(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  const double count = static_cast<double>(values.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = normal_probability(values[i]);
    const double below = static_cast<double>(i) / count;
    distance = std::max({distance, expected - below, below + 1.0 / count - expected});
  }
  return distance * std::sqrt(count);
}

void test_values_are_normal() {
  // The distance has mean 0.869 and standard deviation 0.26.
  constexpr int kKeys = 64;
  double sum = 0.0;
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    sum += distance_from_normal(noise(key, 0, 1 << 14));
  }
  CHECK(std::abs(sum / kKeys - 0.869) < 4.0 * 0.26 / std::sqrt(kKeys));
  // Each of the four kinds of places in a block by itself.
  const std::vector<float> values = noise(6, 0, 1 << 18);
  std::array<std::vector<float>, 4> by_place;
  for (std::size_t i = 0; i < values.size(); ++i) by_place[i / 16 % 4].push_back(values[i]);
  for (const std::vector<float>& part : by_place) CHECK(distance_from_normal(part) < 2.0);
}

void test_values_do_not_depend_on_each_other() {
  const std::vector<float> values = noise(8, 0, kMany);
  const std::vector<float> others = noise(9, 0, kMany);
  const double bound = 4.0 * std::sqrt(static_cast<double>(kMany));
  double across_keys = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) across_keys += values[i] * others[i];
  CHECK(std::abs(across_keys) < bound);
  for (const std::size_t lag : {1u, 2u, 16u, 32u, 48u, 64u}) {
    double products = 0.0, squares = 0.0;
    for (std::size_t i = lag; i < values.size(); ++i) {
      products += values[i] * values[i - lag];
      squares += (values[i] * values[i] - 1.0) * (values[i - lag] * values[i - lag] - 1.0);
    }
    CHECK(std::abs(products) < bound);
    CHECK(std::abs(squares) < 2.0 * bound);  // the variance of (z^2 - 1) is 2
  }
}

void test_tails() {
  std::int64_t beyond_four = 0;
  float largest = 0.0f;
  for (std::int64_t part = 0; part < 8; ++part) {
    for (const float value : noise(10, part * kMany, kMany)) {
      largest = std::max(largest, std::abs(value));
      beyond_four += std::abs(value) > 4.0f ? 1 : 0;
    }
  }
  const double expected = 16.0 * static_cast<double>(kMany) * normal_probability(-4.0);
  CHECK(std::abs(static_cast<double>(beyond_four) - expected) < 4.0 * std::sqrt(expected));
  CHECK(largest > 5.0f && largest < 6.7f);
}

void test_log_is_accurate() {
  for (std::uint32_t i = 1; i <= 1 << 20; ++i) {
    for (const float x : {static_cast<float>(i) * 0x1p-20f, static_cast<float>(i) * 0x1p-52f,
                          1.0f - static_cast<float>(i) * 0x1p-24f}) {
      const double expected = std::log(static_cast<double>(x));
      if (std::abs(elementary::log_of(x) - expected) <= 2e-7 * std::abs(expected)) continue;
      return CHECK(x == -1.0f);
    }
  }
  CHECK(elementary::log_of(1.0f) == 0.0f);
}

void test_cosine_and_sine_are_accurate() {
  double worst = 0.0;
  for (std::uint64_t i = 0; i < 1 << 20; ++i) {
    const auto turn = static_cast<std::uint32_t>(i * 4099 + (i & 1) * 0x20000000 - 1);
    const double angle = turn * 0x1p-32 * 2.0 * std::numbers::pi;
    const elementary::CosSin found = elementary::cos_sin_of_turn(turn);
    worst = std::max(
        {worst, std::abs(found.cosine - std::cos(angle)), std::abs(found.sine - std::sin(angle))});
  }
  CHECK(worst < 1.5e-7);
  const elementary::CosSin quarter = elementary::cos_sin_of_turn(1u << 30);
  CHECK(quarter.cosine == 0.0f && quarter.sine == 1.0f);
  const elementary::CosSin half = elementary::cos_sin_of_turn(1u << 31);
  CHECK(half.cosine == -1.0f && half.sine == 0.0f);
}

// Which random words make which values, and how exactly.
void test_values_follow_the_formula() {
  double worst = 0.0;
  for (std::uint32_t counter = 0; counter < 1 << 16; ++counter) {
    const PhiloxBlock block = philox({{counter, 0, 0, 0}}, {12, 0});
    if (counter % 16 != 0) continue;
    const std::vector<float> values = noise(12, counter * 4, 64);
    for (int pair = 0; pair < 2; ++pair) {
      const double unit = ((block.words[2 * pair] >> 1) + 0.5) * 0x1p-31;
      const double turn = block.words[2 * pair + 1] * 0x1p-32 * 2.0 * std::numbers::pi;
      const double radius = std::sqrt(-2.0 * std::log(static_cast<double>(unit)));
      const auto at = static_cast<std::size_t>(32 * pair);
      worst = std::max(worst, std::abs(values[at] - radius * std::cos(turn)));
      worst = std::max(worst, std::abs(values[at + 16] - radius * std::sin(turn)));
    }
  }
  CHECK(worst < 2e-6);
}

// The bits of a stream, whatever the instruction set, compiler and machine.
void test_known_bits() {
  std::uint64_t sum = 14695981039346656037u;
  for (const float value : noise(2024, 5, 100000)) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    sum = (sum ^ bits) * 1099511628211u;
  }
  CHECK(sum == 0xe1ef27d8a9cf9d48);
}

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  test_any_part_equals_that_of_the_whole();
  test_nothing_is_written_outside();
  test_keys_and_places_give_different_values();
  test_moments();
  test_values_are_normal();
  test_values_do_not_depend_on_each_other();
  test_tails();
  test_log_is_accurate();
  test_cosine_and_sine_are_accurate();
  test_values_follow_the_formula();
  test_known_bits();
  return fa::test::result();
}
