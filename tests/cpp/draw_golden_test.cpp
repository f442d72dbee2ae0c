// Known answers: a change of what a key draws changes every user's training runs, so it must not
// happen unnoticed. Made by this library; the formulas are tested elsewhere.
#include <cstring>
#include <iterator>

#include "check.hpp"
#include "draw_helpers.hpp"

using namespace fa;
using namespace fa::test;

namespace {

Pipeline every_kind() {
  RandomAffine affine = affine_of({-30, 30}, 0.1, 0.1);
  affine.scale = {0.9, 1.1};
  affine.shear_x = affine.shear_y = {-5, 5};
  Crop padded = random_crop(44, 40);
  padded.pad_left = padded.pad_top = padded.pad_right = padded.pad_bottom = 4;
  Group some = group_of(GroupKind::kSomeOf, 3);
  some.least = 1;
  return pipeline_of(RandomFlip{true, 0.5}, RandomQuarterTurn{1.0}, affine,
                     RandomPerspective{0.5, 1.0, Interpolation::kBilinear, kBlack},
                     resized_crop({0.08, 1}, {0.75, 4.0 / 3.0}), Resize{40, 0, 60, kSmooth}, padded,
                     group_of(GroupKind::kRandomOrder, 3), jitter_of(0.4),
                     RandomSharpness{{0, 2}, 0.5}, GaussianBlur{3, 3, {0.1, 2}}, some,
                     RandomTone{ToneKind::kEqualize, 1.0},
                     RandomColor{ColorKind::kGamma, {0.5, 2}, 1.0, 1.0},
                     GaussianNoise{0, 0.1, true}, group_of(GroupKind::kOneOf, 2, 0.8, {1, 3}),
                     RandomErasing{1.0, {0.02, 0.33}, {0.3, 3.3}, true, {}}, RandomFlip{false, 1.0},
                     Normalize{{0.5}, {0.5}, DType::kFloat32});
}

constexpr CanvasSize kSource{48, 64};

void test_one_sample_value_by_value() {
  const DrawRecord answers[] = {
      {0, {}},
      {1, {}},
      {2,
       {3.874827245519171, -3, -4, 1.0468495342324546, 1.0468495342324546, 2.2845639542212135,
        1.2663392008687442}},
      {3, {13, 9, 49, 12, 50, 40, 8, 46}},
      {4, {0, 3, 47, 55}},
      {5, {}},
      {6, {3, -1}},
      {7, {}},
      {7,
       {0.97320830063248409, 1.2413601878233003, 1.0316210074144696, -0.060452054776930345, 1, 0, 2,
        3}},
      {9, {0.68361263185959742}},
      {8, {0.15529991929856241}},
      {10, {2}},
      {-1, {}},
      {10, {1.579501967071131}},
      {11, {7914055576106363}},
      {12, {1}},
      {-1, {}},
      {12, {}},
      {13, {}},
  };
  const Records records = draw_at(every_kind(), {0, 0, 0}, kSource);
  CHECK(records.size() == std::size(answers));
  for (std::size_t i = 0; i < records.size(); ++i) {
    CHECK(records[i].order == answers[i].order);
    for (int j = 0; j < kRecordValues; ++j) CHECK(records[i].values[j] == answers[i].values[j]);
  }
}

void test_many_samples_by_a_checksum() {
  const Pipeline pipeline = every_kind();
  std::uint64_t sum = 14695981039346656037u;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const SampleKey key{i % 3 == 0 ? 0 : i << 30, static_cast<std::uint32_t>(i % 5), i * i * i};
    for (const DrawRecord& record : draw_at(pipeline, key, kSource)) {
      std::uint64_t words[1 + kRecordValues];
      std::memcpy(words, &record, sizeof words);
      for (const std::uint64_t word : words) {
        sum = (sum ^ word) * 1099511628211u;
        sum ^= sum >> 32;
      }
    }
  }
  CHECK(sum == 0x81b28df7bc3310ee);
}

}  // namespace

int main() {
  test_one_sample_value_by_value();
  test_many_samples_by_a_checksum();
  return fa::test::result();
}
