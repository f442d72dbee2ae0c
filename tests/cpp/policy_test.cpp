// Policies and mixing: known answers, since what a key draws must not change unnoticed; and what
// the steps of a policy share.
#include <cmath>
#include <cstdio>
#include <vector>

#include "check.hpp"
#include "draw_helpers.hpp"
#include "pipeline/mixing.hpp"
#include "random/variates.hpp"

using namespace fa;
using namespace fa::test;

namespace {

PolicyStep step_of(std::int64_t count, std::int64_t sharing) {
  return {{{PolicyOp::kRotate, 0.5, {0.0, 10.0, 20.0}, 0.0, 0.0, 0.0, true, false},
           {PolicyOp::kTranslateX, 1.0, {0.25}, 0.0, 0.0, 0.0, true, true},
           {PolicyOp::kPosterize, 1.0, {}, 8.0, -4.0, 4.0, false, false}},
          {0.5, 0.2},
          count,
          sharing,
          true,
          false,
          Interpolation::kNearest,
          kBlack};
}

void test_steps_that_share_choose_the_same_row() {
  const Pipeline pipeline = pipeline_of(RandomFlip{true, 0.5}, step_of(2, 0), step_of(1, 1));
  int both = 0, differing = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Records records = draw_sample(pipeline, i);
    if (records[1].order < 0 || records[2].order < 0) continue;
    ++both;
    CHECK(records[1].values[0] == records[2].values[0]);
    differing += records[1].values[2] != records[2].values[2] ? 1 : 0;
  }
  CHECK(both > 1400);
  CHECK(differing > 500);
}

void test_chains_have_their_depths() {
  const Pipeline pipeline = pipeline_of(ChainMix{1.0, 2, 1, 2}, step_of(1, 0), step_of(1, 0),
                                        step_of(1, 0), step_of(1, 0), RandomFlip{true, 1.0});
  CHECK(entries_of(pipeline.transforms[0]) == 5);
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Records records = draw_sample(pipeline, i);
    const double* values = records[0].values;
    CHECK(records[0].order == 0);
    CHECK(std::abs(values[0] + values[1] + values[2] - 1.0) < 1e-12);
    for (int which = 1; which < 5; ++which) {
      CHECK(records[which].order < records[5].order);
    }
  }
}

void test_an_alternating_flip_takes_turns() {
  const Pipeline pipeline = pipeline_of(AlternatingFlip{true});
  for (std::uint64_t i = 0; i < 200; ++i) {
    const bool even = draw_at(pipeline, {3, 0, i})[0].order >= 0;
    CHECK((draw_at(pipeline, {3, 1, i})[0].order >= 0) != even);
    CHECK((draw_at(pipeline, {3, 4294967294u, i})[0].order >= 0) == even);
  }
}

// On memory that ends where it ends, between passes and with rows shared out.
void test_mixed_chains_run(std::int64_t h, std::int64_t w) {
  const Pipeline pipeline =
      pipeline_of(RandomFlip{true, 1.0}, ChainMix{1.0, 2, 1, 2}, step_of(1, 0), step_of(1, 0),
                  step_of(1, 0), step_of(1, 0), Normalize{{0.5}, {0.5}, DType::kFloat32});
  constexpr std::int64_t kCount = 3;
  const auto values = static_cast<std::size_t>(kCount * h * w * 3);
  std::vector<std::uint8_t> pixels(values);
  for (std::size_t i = 0; i < values; ++i) pixels[i] = static_cast<std::uint8_t>(i * 37);
  std::vector<float> results[2] = {std::vector<float>(values), std::vector<float>(values)};
  const SourceBatch source{{DType::kUint8, 1, 3},
                           kCount,
                           {reinterpret_cast<const std::byte*>(pixels.data()), h, w, w * 3, 0},
                           h * w * 3,
                           nullptr};
  for (const int threads : {1, 3}) {
    auto* to = reinterpret_cast<std::byte*>(results[threads == 1 ? 0 : 1].data());
    const TargetBatch target{
        {DType::kFloat32, 3, 1}, kCount, {to, h, w, w * 4, h * w * 4}, h * w * 12, nullptr};
    std::vector<DrawRecord> records(pipeline.transforms.size() * kCount);
    CanvasSize sizes[kCount];
    std::int64_t failed = -1;
    draw_batch(pipeline, source, {1, 0, 0, nullptr}, Threads{threads}, records.data(), sizes,
               failed);
    run_batch(pipeline, source, target, records.data(), Threads{threads});
  }
  CHECK(std::memcmp(results[0].data(), results[1].data(), values * sizeof(float)) == 0);
}

// Bits of the numbers of one key, folded into one.
struct Digest {
  std::uint64_t value = 1469598103934665603u;
  void add(double number) {
    std::uint64_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    value = (value ^ bits) * 1099511628211u;
  }
};

std::uint64_t digest_of_draws() {
  Digest digest;
  const Pipeline pipeline = pipeline_of(step_of(2, 0), step_of(1, 1), ChainMix{0.5, 2, 1, 1},
                                        step_of(1, 0), step_of(1, 0), AlternatingFlip{false});
  for (std::uint64_t i = 0; i < 64; ++i) {
    for (const DrawRecord& record : draw_sample(pipeline, i)) {
      digest.add(static_cast<double>(record.order));
      for (const double value : record.values) digest.add(value);
    }
  }
  return digest.value;
}

std::uint64_t digest_of_mixing() {
  Digest digest;
  const BatchKeys keys{11, 2, 1000, nullptr};
  std::int64_t order[16];
  draw_ring(keys, 16, order);
  const MixRing ring{order, 16};
  double shares[16];
  Box boxes[16];
  draw_boxes(keys, ring, {0.3, 0.9, true}, {40, 60}, shares, boxes);
  for (int i = 0; i < 16; ++i) {
    digest.add(static_cast<double>(order[i]));
    digest.add(shares[i]);
    digest.add(static_cast<double>(boxes[i].x0 + 100 * boxes[i].y1));
  }
  return digest.value;
}

void test_known_answers() {
  constexpr std::uint64_t kDraws = 0xef384948a21b95de, kMixing = 0xa2f1607e30cfb133;
  const std::uint64_t draws = digest_of_draws(), mixing = digest_of_mixing();
  if (draws != kDraws || mixing != kMixing) {
    std::printf("draws 0x%llx, mixing 0x%llx\n", static_cast<unsigned long long>(draws),
                static_cast<unsigned long long>(mixing));
  }
  CHECK(draws == kDraws);
  CHECK(mixing == kMixing);
}

}  // namespace

int main() {
  test_steps_that_share_choose_the_same_row();
  test_chains_have_their_depths();
  test_an_alternating_flip_takes_turns();
  test_mixed_chains_run(5, 7);
  test_mixed_chains_run(1, 1);
  test_mixed_chains_run(300, 401);
  test_known_answers();
  return fa::test::result();
}
