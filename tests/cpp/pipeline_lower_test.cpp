// The passes that pipelines become: how many, of which kind, why, and what they read.
#include "check.hpp"
#include "pipeline/lower.hpp"
#include "pipeline_helpers.hpp"

using namespace fa;
using namespace fa::test;

namespace {

constexpr CanvasSize kSource{300, 400};
const Outside kReflected{Border::kReflect, {0.0}};
const RandomFlip kMirror{true, 1.0}, kUpsideDown{false, 1.0};
const Normalize kNormalize{{0.5, 0.4, 0.3}, {0.2, 0.25, 0.5}, DType::kFloat32};
const RandomColor kBrighter{ColorKind::kBrightness, {1.5, 1.5}, 1.0, 1.0};
const RandomColor kContrast{ColorKind::kContrast, {1.5, 1.5}, 1.0, 1.0};
const RandomErasing kErasing{1.0, {0.1, 0.2}, {0.5, 2}, false, {7}};
const GaussianBlur kBlur{5, 7, {1, 2}};

// The records of one draw; tests that need a certain value write it.
struct Sample {
  Pipeline pipeline;
  Records records;

  double& value(std::size_t transform, int which) { return records[transform].values[which]; }
};

template <class... What>
Sample sample_of(What... what) {
  Pipeline pipeline = pipeline_of(what...);
  Records records = draw_sample(pipeline, 3, kSource);
  return {std::move(pipeline), std::move(records)};
}

Plan lowered(const Sample& sample, const PixelFormat& target = hwc(DType::kUint8)) {
  Plan plan;
  lower(sample.pipeline, sample.records.data(), {hwc(DType::kUint8), target, kSource}, plan);
  return plan;
}

Plan lowered_to_floats(const Sample& sample) { return lowered(sample, chw(DType::kFloat32)); }

bool are_equal(const Box& a, const Box& b) {
  return a.x0 == b.x0 && a.y0 == b.y0 && a.x1 == b.x1 && a.y1 == b.y1;
}

bool has_size(const Pass& pass, std::int64_t height, std::int64_t width) {
  return pass.size.height == height && pass.size.width == width;
}

// Kind and reason of each pass, and the transform that made it necessary.
struct Expected {
  PassKind kind;
  PassReason reason;
  int cause;
};

bool consists_of(const Plan& plan, const std::vector<Expected>& passes) {
  return std::equal(plan.passes.begin(), plan.passes.end(), passes.begin(), passes.end(),
                    [](const Pass& pass, const Expected& expected) {
                      return pass.kind == expected.kind && pass.reason == expected.reason &&
                             pass.cause == expected.cause;
                    });
}

bool is_single(const Plan& plan, PassKind kind) {
  return consists_of(plan, {{kind, PassReason::kFirst, -1}});
}

// `kind` for what comes first and `next` for the rest, which transform 1 begins.
bool is_split(const Plan& plan, PassKind kind, PassKind next, PassReason reason) {
  return consists_of(plan, {{kind, PassReason::kFirst, -1}, {next, reason, 1}});
}

RandomAffine turning(Interpolation interpolation, const Outside& outside) {
  RandomAffine affine = affine_of({20, 30}, 0.0, 0.0);
  affine.interpolation = interpolation;
  affine.outside = outside;
  return affine;
}
const RandomAffine kTurning = turning(Interpolation::kBilinear, kBlack);

void test_crop_flip_and_normalize_are_one_copy() {
  Sample sample = sample_of(random_crop(224, 200), kMirror, kNormalize);
  sample.value(0, 0) = 30;
  sample.value(0, 1) = 41;
  const Plan plan = lowered_to_floats(sample);
  CHECK(is_single(plan, PassKind::kCopy));
  const Pass& pass = plan.passes[0];
  CHECK(are_equal(pass.window, {41, 30, 241, 254}) && has_size(pass, 224, 200));
  CHECK(pass.is_mirrored && !pass.is_upside_down && pass.top == 0 && pass.left == 0);
  CHECK(pass.has_factors && pass.step_count == 0 && pass.transform_count == 3);
  CHECK(pass.dtype == DType::kUint8 && pass.result == DType::kFloat32);
}

void test_a_crop_of_a_turned_image_reads_a_turned_window() {
  Sample sample = sample_of(RandomQuarterTurn{1.0}, random_crop(100, 80));
  sample.value(0, 0) = 1;  // counter-clockwise: row y, column x come from row x, column 399 - y
  sample.value(1, 0) = 50;
  sample.value(1, 1) = 20;
  const Plan plan = lowered(sample);
  CHECK(is_single(plan, PassKind::kWarp));
  CHECK(are_equal(plan.passes[0].window, {250, 20, 350, 100}) && has_size(plan.passes[0], 100, 80));
}

void test_a_padded_crop_reaches_out_of_the_image() {
  Crop crop = random_crop(310, 300);
  crop.pads_if_needed = true;
  Sample sample = sample_of(crop);
  sample.value(0, 0) = -6;
  sample.value(0, 1) = 90;
  const Plan plan = lowered(sample);
  CHECK(is_single(plan, PassKind::kCopy));
  CHECK(are_equal(plan.passes[0].window, {0, 0, 400, 300}) && has_size(plan.passes[0], 310, 300));
  CHECK(plan.passes[0].top == -6 && plan.passes[0].left == 90);
}

RandomResizedCrop crop_to(std::int64_t height, std::int64_t width) {
  return {height, width, {0.9, 1}, {1, 1.2}, kSmooth};
}

void test_a_resized_crop_flip_and_normalize_are_one_resampling() {
  Sample sample = sample_of(crop_to(64, 48), kMirror, kNormalize);
  const auto box = [&](int which) { return static_cast<std::int64_t>(sample.value(0, which)); };
  const Plan plan = lowered_to_floats(sample);
  CHECK(is_single(plan, PassKind::kResample));
  const Pass& pass = plan.passes[0];
  CHECK(are_equal(pass.window, {box(1), box(0), box(1) + box(3), box(0) + box(2)}));
  CHECK(are_equal(pass.wanted, {0, 0, 48, 64}) && has_size(pass, 64, 48));
  CHECK(pass.resized.height == 64 && pass.resized.width == 48 && pass.is_mirrored);
  CHECK(pass.has_factors && pass.transform_count == 3);
}

void test_a_map_after_an_antialiased_resize_is_a_second_pass() {
  const Plan plan = lowered_to_floats(sample_of(crop_to(64, 48), kTurning, kMirror, kNormalize));
  CHECK(is_split(plan, PassKind::kResample, PassKind::kWarp, PassReason::kResize));
  CHECK(plan.passes[0].result == DType::kUint8 && !plan.passes[0].has_factors);
  CHECK(are_equal(plan.passes[1].window, {0, 0, 48, 64}) && plan.passes[1].has_factors);
  CHECK(plan.passes[0].transform_count == 1 && plan.passes[1].transform_count == 3);
}

void test_a_map_after_an_enlargement_is_one_map() {
  const Plan plan = lowered(sample_of(Resize{600, 800, 0, kSmooth}, kTurning));
  CHECK(is_single(plan, PassKind::kWarp));
  CHECK(plan.passes[0].border == Border::kEdge && plan.passes[0].canvas_count == 1);
}

void test_resize_and_center_crop_make_only_what_is_wanted() {
  const Plan plan = lowered(sample_of(Resize{256, 0, 0, kSmooth}, center_crop(224, 224)));
  CHECK(is_single(plan, PassKind::kResample));
  const Pass& pass = plan.passes[0];
  CHECK(are_equal(pass.window, {0, 0, 400, 300}));
  CHECK(pass.resized.height == 256 && pass.resized.width == 341);
  CHECK(are_equal(pass.wanted, {58, 16, 282, 240}) && has_size(pass, 224, 224));
}

void test_flips_around_a_resize_change_what_is_wanted() {
  const Resize resize{150, 200, 0, kSmooth};
  const Box left{10, 20, 50, 80}, right{150, 20, 190, 80}, low{10, 70, 50, 130};
  const auto wanted = [](Sample sample, std::size_t crop) {
    sample.value(crop, 0) = 20;
    sample.value(crop, 1) = 10;
    const Plan plan = lowered(sample);
    CHECK(is_single(plan, PassKind::kResample));
    return plan.passes[0];
  };
  const Crop crop = random_crop(60, 40);
  const Pass after = wanted(sample_of(resize, crop, kMirror), 1);
  CHECK(are_equal(after.wanted, left) && after.is_mirrored && !after.is_upside_down);
  const Pass between = wanted(sample_of(resize, kMirror, crop), 2);
  CHECK(are_equal(between.wanted, right) && between.is_mirrored);
  const Pass before = wanted(sample_of(kMirror, resize, crop), 2);
  CHECK(are_equal(before.wanted, right) && before.is_mirrored);
  const Pass vertical = wanted(sample_of(kUpsideDown, resize, crop), 2);
  CHECK(are_equal(vertical.wanted, low) && vertical.is_upside_down && !vertical.is_mirrored);
  const Pass twice = wanted(sample_of(kMirror, resize, crop, kMirror), 2);
  CHECK(are_equal(twice.wanted, right) && !twice.is_mirrored);
}

void test_a_flip_before_a_resized_crop_turns_its_box() {
  Sample sample = sample_of(kMirror, crop_to(64, 48));
  const double box[] = {10, 20, 290, 300};  // top, left, height, width
  std::copy_n(box, 4, &sample.value(1, 0));
  const Plan plan = lowered(sample);
  CHECK(is_single(plan, PassKind::kResample) && plan.passes[0].is_mirrored);
  CHECK(are_equal(plan.passes[0].window, {80, 10, 380, 300}));
}

void test_quarter_turns_and_resizes() {
  const Resize smaller{150, 200, 0, kSmooth}, larger{600, 700, 0, kSmooth};
  const auto turned = [](Sample sample, std::size_t turn, int turns) {
    sample.value(turn, 0) = turns;
    return lowered(sample);
  };
  const RandomQuarterTurn turn{1.0};
  for (const int turns : {1, 3}) {
    const Plan after = turned(sample_of(smaller, turn), 1, turns);
    CHECK(is_split(after, PassKind::kResample, PassKind::kWarp, PassReason::kResize));
    CHECK(has_size(after.passes[1], 200, 150));
    const Plan before = turned(sample_of(turn, smaller), 0, turns);
    CHECK(is_split(before, PassKind::kWarp, PassKind::kResample, PassReason::kResize));
    CHECK(is_single(turned(sample_of(turn, larger), 0, turns), PassKind::kWarp));
  }
  const Plan half = turned(sample_of(smaller, turn), 1, 2);
  CHECK(is_single(half, PassKind::kResample));
  CHECK(half.passes[0].is_mirrored && half.passes[0].is_upside_down);
}

void test_borders_of_images_that_exist_only_between_passes() {
  const auto pad_and = [](const Outside& of_pad, const Outside& of_affine) {
    return lowered(
        sample_of(Pad{5, 5, 5, 5, of_pad}, turning(Interpolation::kBilinear, of_affine)));
  };
  const Plan constant = pad_and(kReflected, kBlack);
  CHECK(is_single(constant, PassKind::kWarp));
  CHECK(constant.passes[0].border == Border::kReflect && constant.passes[0].canvas_count == 1);
  CHECK(constant.canvases[0].size.height == 310 && constant.canvases[0].size.width == 410);
  CHECK(
      is_split(pad_and(kBlack, kReflected), PassKind::kCopy, PassKind::kWarp, PassReason::kBorder));
  const Plan first = lowered(sample_of(turning(Interpolation::kBilinear, kReflected)));
  CHECK(is_single(first, PassKind::kWarp) && first.passes[0].canvas_count == 0);
}

void test_nearest_and_smooth_maps_do_not_compose() {
  const RandomAffine nearest = turning(Interpolation::kNearest, kBlack);
  CHECK(is_split(lowered(sample_of(nearest, kTurning)), PassKind::kWarp, PassKind::kWarp,
                 PassReason::kInterpolation));
  const Plan same = lowered(sample_of(kTurning, kTurning, kTurning));
  CHECK(is_single(same, PassKind::kWarp) && same.passes[0].canvas_count == 2);
  // Whole pixels take the interpolation of the other move.
  CHECK(is_single(lowered(sample_of(Pad{5, 5, 5, 5, kBlack}, nearest)), PassKind::kWarp));
}

void test_contrast_needs_the_image_it_finds() {
  CHECK(is_split(lowered(sample_of(crop_to(64, 48), kContrast)), PassKind::kResample,
                 PassKind::kCopy, PassReason::kWholeImage));
  CHECK(is_split(lowered(sample_of(kBrighter, kContrast)), PassKind::kCopy, PassKind::kCopy,
                 PassReason::kWholeImage));
  const Plan chosen =
      lowered_to_floats(sample_of(random_crop(64, 48), kMirror, kContrast, kBrighter, kNormalize));
  CHECK(is_single(chosen, PassKind::kCopy) && chosen.passes[0].step_count == 2);
}

void test_color_jitter_splits_where_its_contrast_comes() {
  Sample sample = sample_of(crop_to(64, 48), jitter_of(0.4), kNormalize);
  const auto passes = [&](std::initializer_list<double> order) {
    std::copy(order.begin(), order.end(), &sample.value(1, 4));
    return lowered_to_floats(sample);
  };
  const Plan first = passes({1, 0, 2, 3}), last = passes({0, 2, 3, 1});
  for (const Plan* plan : {&first, &last}) {
    CHECK(is_split(*plan, PassKind::kResample, PassKind::kCopy, PassReason::kWholeImage));
  }
  CHECK(first.passes[0].step_count == 0 && first.passes[1].step_count == 4);
  CHECK(last.passes[0].step_count == 3 && last.passes[1].step_count == 1);
  sample.value(1, 1) = 1.0;  // a contrast that changes nothing
  const Plan without = passes({0, 1, 2, 3});
  CHECK(is_single(without, PassKind::kResample) && without.passes[0].step_count == 3);
}

void test_moves_after_steps() {
  const auto after = [](const auto& step, const auto& move) {
    return lowered(sample_of(step, move));
  };
  const Crop inside = random_crop(64, 48);
  CHECK(is_single(after(kBrighter, kMirror), PassKind::kCopy));
  CHECK(is_single(after(kBrighter, inside), PassKind::kCopy));
  CHECK(is_single(after(kContrast, kMirror), PassKind::kCopy));
  const auto splits = [](const Plan& plan, PassKind next) {
    return is_split(plan, PassKind::kCopy, next, PassReason::kGeometryAfterColor);
  };
  CHECK(splits(after(kBrighter, kTurning), PassKind::kWarp));
  CHECK(splits(after(kBrighter, crop_to(64, 48)), PassKind::kResample));
  CHECK(splits(after(kBrighter, Pad{1, 1, 1, 1, kBlack}), PassKind::kCopy));
  CHECK(splits(after(kContrast, inside), PassKind::kCopy));
  CHECK(splits(after(kErasing, kMirror), PassKind::kCopy));
  CHECK(splits(after(kErasing, inside), PassKind::kCopy));
}

void test_filters_are_passes_of_their_own() {
  CHECK(is_single(lowered(sample_of(kBlur)), PassKind::kBlur));
  const Plan plan = lowered_to_floats(
      sample_of(random_crop(64, 48), kBlur, RandomSharpness{{2, 2}, 1.0}, kNormalize));
  // The blur reads a window as well as a whole image.
  CHECK(consists_of(plan, {{PassKind::kBlur, PassReason::kFirst, -1},
                           {PassKind::kSharpen, PassReason::kFilter, 1},
                           {PassKind::kCopy, PassReason::kFilter, 2}}));
  CHECK(has_size(plan.passes[0], 64, 48) && plan.passes[0].transform_count == 2);
  CHECK(plan.passes[0].kernel_height == 5 && plan.passes[0].kernel_width == 7);
  CHECK(plan.passes[1].amount == 2.0 && plan.passes[2].has_factors);
  CHECK(consists_of(
      lowered(sample_of(kMirror, kBlur)),
      {{PassKind::kCopy, PassReason::kFirst, -1}, {PassKind::kBlur, PassReason::kFilter, 1}}));
  const RandomTone equalize{ToneKind::kEqualize, 1.0}, stretch{ToneKind::kAutocontrast, 1.0};
  CHECK(is_split(lowered(sample_of(kTurning, equalize)), PassKind::kWarp, PassKind::kEqualize,
                 PassReason::kWholeImage));
  CHECK(is_single(lowered(sample_of(stretch)), PassKind::kAutocontrast));
  CHECK(is_single(lowered(sample_of(RandomSharpness{{1, 1}, 1.0})), PassKind::kCopy));
}

void test_nothing_to_do_is_one_copy() {
  for (const PixelFormat& target : {hwc(DType::kUint8), chw(DType::kUint8)}) {
    const Plan plan = lowered(sample_of(RandomFlip{true, 0.0}, kMirror, kMirror), target);
    CHECK(is_single(plan, PassKind::kCopy) && has_size(plan.passes[0], 300, 400));
    CHECK(!plan.passes[0].is_mirrored && plan.passes[0].transform_count == 2);
  }
}

void test_scaling_and_normalizing_are_one_multiplication() {
  for (const Sample& sample :
       {sample_of(kNormalize), sample_of(ToFloat{DType::kFloat32}, kNormalize)}) {
    const Plan plan = lowered_to_floats(sample);
    CHECK(is_single(plan, PassKind::kCopy));
    CHECK(plan.passes[0].step_count == 0 && plan.passes[0].has_factors);
    const float* values = plan.values.data() + plan.passes[0].factors;
    CHECK(values[1] == static_cast<float>(1.0 / (255.0 * 0.25)));
    CHECK(values[4] == static_cast<float>(-0.4 / 0.25));
  }
}

void test_a_map_without_an_inverse_is_refused() {
  Sample sample = sample_of(kMirror, kTurning);
  sample.value(1, 3) = sample.value(1, 4) = 1e-300;
  try {
    lowered(sample);
    CHECK(false);
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()) ==
          "Step: the map of pixels that was drawn is singular or reaches too far");
  }
}

void test_a_plan_that_is_used_again_is_as_a_new_one() {
  const Sample one = sample_of(crop_to(64, 48), kTurning, jitter_of(0.4), kErasing);
  const Sample other = sample_of(random_crop(64, 48), kMirror);
  const auto lower_into = [](const Sample& sample, Plan& plan) {
    const PixelFormat format = hwc(DType::kUint8);
    lower(sample.pipeline, sample.records.data(), {format, format, kSource}, plan);
  };
  Plan used;
  lower_into(one, used);
  lower_into(other, used);
  CHECK(is_single(used, PassKind::kCopy) && used.passes[0].step_count == 0);
  CHECK(used.canvases.empty() && used.steps.empty() && used.transforms.size() == 2);
}

}  // namespace

int main() {
  test_crop_flip_and_normalize_are_one_copy();
  test_a_crop_of_a_turned_image_reads_a_turned_window();
  test_a_padded_crop_reaches_out_of_the_image();
  test_a_resized_crop_flip_and_normalize_are_one_resampling();
  test_a_map_after_an_antialiased_resize_is_a_second_pass();
  test_a_map_after_an_enlargement_is_one_map();
  test_resize_and_center_crop_make_only_what_is_wanted();
  test_flips_around_a_resize_change_what_is_wanted();
  test_a_flip_before_a_resized_crop_turns_its_box();
  test_quarter_turns_and_resizes();
  test_borders_of_images_that_exist_only_between_passes();
  test_nearest_and_smooth_maps_do_not_compose();
  test_contrast_needs_the_image_it_finds();
  test_color_jitter_splits_where_its_contrast_comes();
  test_moves_after_steps();
  test_filters_are_passes_of_their_own();
  test_nothing_to_do_is_one_copy();
  test_scaling_and_normalizing_are_one_multiplication();
  test_a_map_without_an_inverse_is_refused();
  test_a_plan_that_is_used_again_is_as_a_new_one();
  return fa::test::result();
}
