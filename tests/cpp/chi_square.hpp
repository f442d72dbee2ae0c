// A chi-square test for random numbers from fixed seeds.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace fa::test {

// Whether counts fit their expectations: the statistic's normal approximation (Wilson and Hilferty)
// stays below 4.5 standard deviations, which chance passes all but three times in a million. No
// expectation may be small.
inline bool fits(const std::vector<std::int64_t>& counts, const std::vector<double>& expected) {
  double statistic = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double excess = static_cast<double>(counts[i]) - expected[i];
    statistic += excess * excess / expected[i];
  }
  const double freedom = static_cast<double>(counts.size()) - 1.0;
  const double spread = 2.0 / (9.0 * freedom);
  return (std::cbrt(statistic / freedom) - (1.0 - spread)) / std::sqrt(spread) < 4.5;
}

inline bool fits_uniform(const std::vector<std::int64_t>& counts) {
  std::int64_t sum = 0;
  for (const std::int64_t count : counts) sum += count;
  const double each = static_cast<double>(sum) / static_cast<double>(counts.size());
  return fits(counts, std::vector<double>(counts.size(), each));
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
