// A chi-square test for random numbers from fixed seeds.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace fa::test {

// Whether chance makes a chi-square statistic as large as this: by the normal approximation of
// Wilson and Hilferty it stays below 4.5 standard deviations all but three times in a million.
inline bool is_likely(double statistic, double freedom) {
  const double spread = 2.0 / (9.0 * freedom);
  return (std::cbrt(statistic / freedom) - (1.0 - spread)) / std::sqrt(spread) < 4.5;
}

// Whether counts fit their expectations, none of which may be small.
inline bool fits(const std::vector<std::int64_t>& counts, const std::vector<double>& expected) {
  double statistic = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double excess = static_cast<double>(counts[i]) - expected[i];
    statistic += excess * excess / expected[i];
  }
  return is_likely(statistic, static_cast<double>(counts.size()) - 1.0);
}

inline bool fits_uniform(const std::vector<std::int64_t>& counts) {
  std::int64_t sum = 0;
  for (const std::int64_t count : counts) sum += count;
  const double each = static_cast<double>(sum) / static_cast<double>(counts.size());
  return fits(counts, std::vector<double>(counts.size(), each));
}

// Whether equally many values of two sources may have the same distribution. Bins that hold few
// are taken together.
inline bool are_alike(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  double statistic = 0.0, rest_a = 0.0, rest_b = 0.0;
  double bins = 0.0;
  const auto add = [&](double in_a, double in_b) {
    statistic += (in_a - in_b) * (in_a - in_b) / (in_a + in_b);
    bins += 1.0;
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    rest_a += static_cast<double>(a[i]);
    rest_b += static_cast<double>(b[i]);
    if (rest_a + rest_b < 40.0) continue;
    add(rest_a, rest_b);
    rest_a = rest_b = 0.0;
  }
  if (rest_a + rest_b > 0.0) add(rest_a, rest_b);
  return bins < 2.0 ? statistic == 0.0 : is_likely(statistic, bins - 1.0);
}

// Counts of the values over `bins` equal parts of [low, high]; values outside are not counted.
inline std::vector<std::int64_t> histogram(const std::vector<double>& values, double low,
                                           double high, int bins) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(bins));
  for (const double value : values) {
    if (value < low || value > high) continue;
    const int bin = static_cast<int>((value - low) / (high - low) * bins);
    ++counts[static_cast<std::size_t>(bin < bins ? bin : bins - 1)];
  }
  return counts;
}

}  // namespace fa::test
