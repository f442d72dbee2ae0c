// Philox against its published answers; the stream's numbers by their distributions.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "check.hpp"
#include "chi_square.hpp"
#include "random/philox.hpp"
#include "random/portable_math.hpp"
#include "random/random_stream.hpp"

using namespace fa;
using fa::test::fits;
using fa::test::fits_uniform;
using fa::test::histogram;

namespace {

using Words = std::array<std::uint32_t, 4>;

Words philox_words(Words counter, PhiloxKey key) {
  const PhiloxBlock block = philox({{counter[0], counter[1], counter[2], counter[3]}}, key);
  return {block.words[0], block.words[1], block.words[2], block.words[3]};
}

// The known answers that the authors publish with Random123.
void test_philox_gives_the_published_words() {
  CHECK(philox_words({0, 0, 0, 0}, {0, 0}) ==
        (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  CHECK(philox_words({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  CHECK(philox_words({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

constexpr StreamKey kSomeKey{0x299f31d0a4093822, 7, 0x0370734413198a2e, 5};

void test_a_stream_reads_the_blocks_of_its_counters_in_order() {
  RandomStream stream(kSomeKey);
  for (std::uint32_t block = 0; block < 5; ++block) {
    const Words expected =
        philox_words({5u << 16 | block, 7, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
    for (const std::uint32_t word : expected) CHECK(stream.word() == word);
  }
}

void test_every_part_of_the_key_counts() {
  const std::vector<StreamKey> keys = {
      {0, 0, 0, 0},      {1, 0, 0, 0}, {1ull << 32, 0, 0, 0}, {0, 1, 0, 0}, {0, 1u << 31, 0, 0},
      {0, 0, 1, 0},      {0, 0, 2, 0}, {0, 0, 1ull << 32, 0}, {0, 0, 0, 1}, {0, 0, 0, 2},
      {0, 0, 0, 0xffff}, {1, 1, 0, 0}, {0, 1, 1, 0},          {1, 0, 1, 0}, {0, 0, 1, 1},
  };
  std::set<std::uint32_t> seen;
  for (const StreamKey& key : keys) {
    RandomStream stream(key);
    for (int i = 0; i < 16; ++i) seen.insert(stream.word());
  }
  CHECK(seen.size() == keys.size() * 16);
}

RandomStream stream_of(std::uint64_t index) { return RandomStream({1, 0, index, 0}); }

// `count` results of draw(stream), several from each of many streams.
template <class Draw>
std::vector<double> many(int count, Draw draw) {
  std::vector<double> values;
  for (int i = 0; i < count / 10; ++i) {
    RandomStream stream = stream_of(static_cast<std::uint64_t>(i));
    for (int j = 0; j < 10; ++j) values.push_back(static_cast<double>(draw(stream)));
  }
  return values;
}

void test_uniform_fills_its_interval_evenly() {
  const auto units = many(100000, [](RandomStream& stream) { return stream.uniform(); });
  CHECK(*std::min_element(units.begin(), units.end()) >= 0.0);
  CHECK(*std::max_element(units.begin(), units.end()) < 1.0);
  CHECK(fits_uniform(histogram(units, 0.0, 1.0, 256)));
  std::vector<double> low_bits;
  for (const double unit : units) low_bits.push_back(unit * 0x1p45 - std::floor(unit * 0x1p45));
  CHECK(fits_uniform(histogram(low_bits, 0.0, 1.0, 256)));
  CHECK(std::all_of(units.begin(), units.end(),
                    [](double unit) { return unit * 0x1p53 == std::floor(unit * 0x1p53); }));

  const auto ranged = many(100000, [](RandomStream& stream) { return stream.uniform(-0.1, 0.2); });
  CHECK(*std::min_element(ranged.begin(), ranged.end()) >= -0.1);
  CHECK(*std::max_element(ranged.begin(), ranged.end()) <= 0.2);
  CHECK(fits_uniform(histogram(ranged, -0.1, 0.2, 100)));
  CHECK(stream_of(0).uniform(0.3, 0.3) == 0.3);
}

void test_below_is_even_over_whole_numbers() {
  for (const std::int64_t count : {1, 2, 3, 10, 224}) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(count) + 1);
    for (const double value :
         many(100000, [&](RandomStream& stream) { return stream.below(count); })) {
      ++counts[static_cast<std::size_t>(value)];
    }
    CHECK(counts.back() == 0);
    counts.pop_back();
    CHECK(count == 1 || fits_uniform(counts));
  }
}

void test_bernoulli_keeps_its_rate_and_its_ends() {
  for (const double p : {0.0, 0.03, 0.5, 0.9, 1.0}) {
    std::vector<std::int64_t> counts(2);
    for (const double hit :
         many(50000, [&](RandomStream& stream) { return stream.bernoulli(p) ? 1 : 0; })) {
      ++counts[static_cast<std::size_t>(hit)];
    }
    if (p == 0.0 || p == 1.0) {
      CHECK(counts[p == 0.0 ? 0 : 1] == 50000);
    } else {
      CHECK(fits(counts, {50000 * (1.0 - p), 50000 * p}));
    }
  }
}

void test_shuffle_makes_every_order_equally_often() {
  std::map<std::vector<int>, std::int64_t> counts;
  for (std::uint64_t i = 0; i < 48000; ++i) {
    std::vector<int> items = {0, 1, 2, 3};
    stream_of(i).shuffle(items.data(), 4);
    ++counts[items];
  }
  CHECK(counts.size() == 24);
  std::vector<std::int64_t> all;
  for (const auto& entry : counts) all.push_back(entry.second);
  CHECK(fits_uniform(all));
}

void test_choose_follows_the_weights() {
  const double weights[] = {0.0, 1.0, 5.0, 0.0, 2.0, 0.0};
  std::vector<std::int64_t> counts(6);
  for (const double i : many(80000, [&](RandomStream& s) { return s.choose(weights, 6); })) {
    ++counts[static_cast<std::size_t>(i)];
  }
  CHECK(counts[0] == 0 && counts[3] == 0 && counts[5] == 0);
  CHECK(fits({counts[1], counts[2], counts[4]}, {10000.0, 50000.0, 20000.0}));
  const double none[] = {0.0, 0.0};
  CHECK(stream_of(0).choose(none, 2) == -1);
}

void test_exp_and_log_agree_with_the_library() {
  for (int i = -5000; i <= 5000; ++i) {
    const double x = i * 0.1387;
    CHECK(std::abs(portable_exp(x) / std::exp(x) - 1.0) < 1e-14);
    const double y = std::exp(x);
    CHECK(std::abs(portable_log(y) - std::log(y)) <= 1e-14 * std::abs(std::log(y)) + 1e-15);
    const double near_one = 1.0 + i * 1e-7;
    CHECK(std::abs(portable_log(near_one) - std::log(near_one)) <= 1e-15);
  }
  CHECK(portable_exp(0.0) == 1.0);
  CHECK(portable_log(1.0) == 0.0);
}

}  // namespace

int main() {
  test_philox_gives_the_published_words();
  test_a_stream_reads_the_blocks_of_its_counters_in_order();
  test_every_part_of_the_key_counts();
  test_uniform_fills_its_interval_evenly();
  test_below_is_even_over_whole_numbers();
  test_bernoulli_keeps_its_rate_and_its_ends();
  test_shuffle_makes_every_order_equally_often();
  test_choose_follows_the_weights();
  test_exp_and_log_agree_with_the_library();
  return fa::test::result();
}
