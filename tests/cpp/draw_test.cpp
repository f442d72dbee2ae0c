// What a draw depends on and what it does not, combinators, and errors word by word.
#include "pipeline/draw.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "check.hpp"
#include "chi_square.hpp"
#include "count_allocations.hpp"
#include "draw_helpers.hpp"

using namespace fa;
using namespace fa::test;

namespace {

Pipeline mixed_pipeline() {
  return pipeline_of(resized_crop({0.08, 1}, {0.75, 1.5}), RandomFlip{true, 0.5},
                     group_of(GroupKind::kSomeOf, 3), affine_of({-15, 15}, 0.1, 0.1),
                     jitter_of(0.4), RandomSharpness{{0, 2}, 0.5}, RandomQuarterTurn{0.5},
                     RandomErasing{0.5, {0.02, 0.33}, {0.3, 3.3}, true, {}});
}

void test_the_same_key_gives_the_same_records() {
  const Pipeline pipeline = mixed_pipeline();
  for (std::uint64_t i = 0; i < 100; ++i) {
    CHECK(are_equal(draw_at(pipeline, {1, 2, i}), draw_at(pipeline, {1, 2, i})));
  }
}

void test_every_part_of_the_key_changes_the_draw() {
  const Pipeline pipeline = pipeline_of(affine_of({-180, 180}, 0, 0));
  std::set<double> angles;
  for (const SampleKey& key : {SampleKey{0, 0, 0},
                               {1, 0, 0},
                               {0, 1, 0},
                               {0, 0, 1},
                               {0, 0, 1ull << 40},
                               {1ull << 40, 0, 0}}) {
    angles.insert(draw_at(pipeline, key)[0].values[0]);
  }
  CHECK(angles.size() == 6);
}

void test_a_transform_added_at_the_end_changes_nothing_before_it() {
  Pipeline longer = mixed_pipeline();
  longer.transforms.push_back({"Step", jitter_of(0.2)});
  for (std::uint64_t i = 0; i < 50; ++i) {
    Records records = draw_sample(longer, i);
    records.pop_back();
    CHECK(are_equal(records, draw_sample(mixed_pipeline(), i)));
  }
}

void test_equal_transforms_at_different_positions_draw_differently() {
  const Pipeline pipeline = pipeline_of(jitter_of(0.4), jitter_of(0.4));
  const Records records = draw_sample(pipeline, 0);
  CHECK(records[0].values[0] != records[1].values[0]);
}

void test_a_piece_of_a_pipeline_draws_as_it_would_in_the_whole() {
  const Pipeline whole = pipeline_of(jitter_of(0.4), RandomFlip{true, 0.5}, jitter_of(0.3));
  Pipeline piece = pipeline_of(jitter_of(0.3));
  piece.first_position = 2;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const DrawRecord in_whole = draw_sample(whole, i)[2];
    const DrawRecord alone = draw_sample(piece, i)[0];
    CHECK(std::equal(alone.values, alone.values + kRecordValues, in_whole.values));
    CHECK(alone.order == 0 && in_whole.order >= 1);
  }
}

void test_what_is_not_applied_holds_zeros_and_takes_no_order() {
  const Pipeline pipeline =
      pipeline_of(RandomSharpness{{1, 2}, 0.0}, RandomFlip{true, 1.0}, RandomTone{{}, 0.0}, Pad{});
  const Records records = draw_sample(pipeline, 0);
  CHECK(are_equal(records[0], DrawRecord{-1, {}}));
  CHECK(records[1].order == 0);
  CHECK(are_equal(records[2], DrawRecord{-1, {}}));
  CHECK(records[3].order == 1);
}

void test_force_applies_everything_with_the_values_that_were_drawn() {
  const Pipeline pipeline = mixed_pipeline();
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Records records = draw_at(pipeline, {11, 0, i}, kCanvas, true);
    CHECK(std::all_of(records.begin(), records.end(), [](auto& one) { return one.order >= 0; }));
    const Records plain = draw_sample(pipeline, i);
    CHECK(records[0].values[0] == plain[0].values[0]);
    if (plain[5].order >= 0) CHECK(records[5].values[0] == plain[5].values[0]);
  }
  const Pipeline never = pipeline_of(group_of(GroupKind::kOneOf, 2, 0.0, {0.0, 1.0}),
                                     RandomFlip{true, 0.0}, RandomFlip{true, 1.0});
  const Records records = draw_at(never, {0, 0, 0}, kCanvas, true);
  CHECK(records[0].values[0] == 0.0);
  CHECK(records[1].order == 0 && records[2].order == -1);
}

void test_drawing_allocates_nothing() {
  const Pipeline pipeline = mixed_pipeline();
  Records records(pipeline.transforms.size());
  CHECK(allocations_of([&] {
          for (std::uint64_t i = 0; i < 100; ++i) {
            draw(pipeline, {0, 0, i}, kCanvas, false, records.data());
          }
        }) == 0);
}

// Which of the pipeline's entries ran, in their order; combinators left out.
std::vector<int> run_order(const Pipeline& pipeline, const Records& records) {
  std::map<std::int64_t, int> by_order;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (std::holds_alternative<Group>(pipeline.transforms[i].what)) continue;
    if (records[i].order >= 0) by_order[records[i].order] = static_cast<int>(i);
  }
  std::vector<int> places;
  std::int64_t next = 0;
  for (const auto& [order, place] : by_order) {
    CHECK(order == next++);
    places.push_back(place);
  }
  return places;
}

std::map<std::vector<int>, std::int64_t> count_orders(const Pipeline& pipeline, int samples) {
  std::map<std::vector<int>, std::int64_t> counts;
  for (int i = 0; i < samples; ++i) {
    const Records records = draw_sample(pipeline, static_cast<std::uint64_t>(i));
    ++counts[run_order(pipeline, records)];
  }
  return counts;
}

std::vector<std::int64_t> numbers(const std::map<std::vector<int>, std::int64_t>& counts) {
  std::vector<std::int64_t> result;
  for (const auto& entry : counts) result.push_back(entry.second);
  return result;
}

const RandomFlip kAlways{true, 1.0};

void test_all_runs_its_children_in_order_or_none() {
  const auto counts = count_orders(
      pipeline_of(kAlways, group_of(GroupKind::kAll, 2, 0.3), kAlways, kAlways, kAlways), 20000);
  CHECK(counts.size() == 2);
  CHECK(fits({counts.at({0, 2, 3, 4}), counts.at({0, 4})}, {6000.0, 14000.0}));
}

void test_one_of_runs_one_child_by_weight() {
  const Pipeline pipeline = pipeline_of(group_of(GroupKind::kOneOf, 3, 0.5, {1, 0, 3}), kAlways,
                                        kAlways, kAlways, kAlways);
  const auto counts = count_orders(pipeline, 20000);
  CHECK(counts.size() == 3);
  CHECK(fits({counts.at({4}), counts.at({1, 4}), counts.at({3, 4})}, {10000.0, 2500.0, 7500.0}));
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Records records = draw_sample(pipeline, i);
    if (records[0].order < 0) continue;
    CHECK(records[static_cast<std::size_t>(1 + records[0].values[0])].order == 0);
  }
  const auto equal =
      count_orders(pipeline_of(group_of(GroupKind::kOneOf, 3), kAlways, kAlways, kAlways), 20000);
  CHECK(equal.size() == 3 && fits_uniform(numbers(equal)));
}

void test_random_order_runs_all_children_in_every_order() {
  const auto counts = count_orders(
      pipeline_of(group_of(GroupKind::kRandomOrder, 3), kAlways, kAlways, kAlways, kAlways), 20000);
  CHECK(counts.size() == 6 && fits_uniform(numbers(counts)));
  for (const auto& entry : counts) CHECK(entry.first.size() == 4 && entry.first.back() == 4);
}

void test_some_of_runs_every_choice_of_every_number() {
  Group some = group_of(GroupKind::kSomeOf, 3);
  some.least = 1;
  some.most = 2;
  const Pipeline pipeline = pipeline_of(some, kAlways, kAlways, kAlways);
  const auto counts = count_orders(pipeline, 24000);
  CHECK(counts.size() == 9);
  std::vector<double> expected;
  for (const auto& entry : counts) expected.push_back(entry.first.size() == 1 ? 4000.0 : 2000.0);
  CHECK(fits(numbers(counts), expected));
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Records records = draw_sample(pipeline, i);
    CHECK(records[0].values[0] == static_cast<double>(run_order(pipeline, records).size()));
  }

  some.weights = {1, 2, 0};
  some.most = 3;
  const auto weighted = count_orders(pipeline_of(some, kAlways, kAlways, kAlways), 24000);
  CHECK(weighted.size() == 4);
  CHECK(fits({weighted.at({1}), weighted.at({2}), weighted.at({1, 2}), weighted.at({2, 1})},
             {24000 / 9.0, 48000 / 9.0, 8000.0, 8000.0}));
}

void test_groups_nest_and_know_when_they_began() {
  const Pipeline pipeline = pipeline_of(kAlways, group_of(GroupKind::kRandomOrder, 4), kAlways,
                                        group_of(GroupKind::kAll, 2), kAlways, kAlways,
                                        group_of(GroupKind::kAll, 1, 0.0), kAlways, kAlways);
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Records records = draw_sample(pipeline, i);
    CHECK(records[1].order == 1);
    CHECK(records[3].order == records[4].order);
    CHECK(records[5].order == records[4].order + 1);
    CHECK(records[6].order == -1 && records[7].order == -1);
    CHECK(records[8].order == 4);
  }
}

void test_a_child_finds_the_canvas_that_the_run_before_it_left() {
  // Cropping a canvas of 40 x 60 to 30 x 30 works only before it is cut to 20 x 20.
  const Pipeline pipeline =
      pipeline_of(group_of(GroupKind::kRandomOrder, 2), random_crop(30, 30), center_crop(20, 20));
  int failed = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    try {
      CHECK(draw_sample(pipeline, i)[1].order == 0);
    } catch (const std::invalid_argument&) {
      ++failed;
    }
  }
  CHECK(failed > 150 && failed < 250);
}

Pipeline named(const char* name, const TransformVariant& what) {
  return Pipeline{{Transform{name, what}}, 0};
}

void test_errors_word_by_word() {
  CHECK(error_of(named("RandomCrop", random_crop(32, 32)), {20, 24}) ==
        "RandomCrop: the image is 20 x 24 here, expected at least 32 x 32; "
        "pass pad_if_needed=True");
  Crop padding = random_crop(32, 16);
  padding.pad_top = 4;
  padding.pad_bottom = 3;
  padding.pad_left = 1;
  CHECK(error_of(named("Cut", padding), {20, 24}) ==
        "Cut: the image is 27 x 25 here, expected at least 32 x 16; pass pad_if_needed=True");
  CHECK(error_of(named("RandomResizedCrop", resized_crop({0.08, 1}, {0.75, 1.5})), {0, 24}) ==
        "RandomResizedCrop: the image is 0 x 24 here, expected at least 1 x 1");
  CHECK(error_of(named("Resize", Resize{8, 8, 0, kSmooth}), {5, 0}) ==
        "Resize: the image is 5 x 0 here, expected at least 1 x 1");
  CHECK(error_of(named("CenterCrop", center_crop(32, 32)), {20, 24}).empty());
  CHECK(error_of(named("RandomCrop", random_crop(20, 24)), {20, 24}).empty());
}

}  // namespace

int main() {
  test_the_same_key_gives_the_same_records();
  test_every_part_of_the_key_changes_the_draw();
  test_a_transform_added_at_the_end_changes_nothing_before_it();
  test_equal_transforms_at_different_positions_draw_differently();
  test_a_piece_of_a_pipeline_draws_as_it_would_in_the_whole();
  test_what_is_not_applied_holds_zeros_and_takes_no_order();
  test_force_applies_everything_with_the_values_that_were_drawn();
  test_drawing_allocates_nothing();
  test_all_runs_its_children_in_order_or_none();
  test_one_of_runs_one_child_by_weight();
  test_random_order_runs_all_children_in_every_order();
  test_some_of_runs_every_choice_of_every_number();
  test_groups_nest_and_know_when_they_began();
  test_a_child_finds_the_canvas_that_the_run_before_it_left();
  test_errors_word_by_word();
  return fa::test::result();
}
