// The values that each transform draws: ranges, rates, distributions; and the canvas it leaves.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "check.hpp"
#include "chi_square.hpp"
#include "draw_helpers.hpp"

using namespace fa;
using namespace fa::test;

namespace {

constexpr int kSamples = 20000;

// All inside [low, high], and evenly spread over it.
bool is_uniform(const std::vector<double>& values, double low, double high) {
  const auto outside = [&](double value) { return value < low || value > high; };
  return !values.empty() && std::none_of(values.begin(), values.end(), outside) &&
         fits_uniform(histogram(values, low, high, 50));
}

// The same for the whole numbers from first to last.
bool is_uniform_over(const std::vector<double>& values, int first, int last) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(last - first + 1));
  for (const double value : values) {
    if (value != std::floor(value) || value < first || value > last) return false;
    ++counts[static_cast<std::size_t>(value - first)];
  }
  return fits_uniform(counts);
}

bool has_rate(const Pipeline& pipeline, double p) {
  const auto applied = static_cast<std::int64_t>(values_of(pipeline, 0, kSamples).size());
  return fits({applied, kSamples - applied}, {kSamples * p, kSamples * (1.0 - p)});
}

void test_rates() {
  CHECK(has_rate(pipeline_of(RandomFlip{true, 0.3}), 0.3));
  CHECK(has_rate(pipeline_of(RandomQuarterTurn{0.3}), 0.3));
  CHECK(has_rate(pipeline_of(RandomPerspective{0.5, 0.3, Interpolation::kBilinear, kBlack}), 0.3));
  CHECK(has_rate(pipeline_of(RandomColor{ColorKind::kInvert, {1, 1}, 1.0, 0.3}), 0.3));
  CHECK(has_rate(pipeline_of(RandomTone{ToneKind::kEqualize, 0.3}), 0.3));
  CHECK(has_rate(pipeline_of(RandomSharpness{{0, 2}, 0.3}), 0.3));
  CHECK(has_rate(pipeline_of(RandomErasing{0.3, {0.02, 0.3}, {0.5, 2}, false, {0}}), 0.3));
}

void test_single_values() {
  CHECK(is_uniform_over(values_of(pipeline_of(RandomQuarterTurn{1.0}), 0, kSamples), 0, 3));
  CHECK(is_uniform(
      values_of(pipeline_of(RandomColor{ColorKind::kGamma, {0.5, 2}, 1, 0.5}), 0, kSamples), 0.5,
      2.0));
  CHECK(
      is_uniform(values_of(pipeline_of(RandomSharpness{{0.1, 1.9}, 0.5}), 0, kSamples), 0.1, 1.9));
  CHECK(is_uniform(values_of(pipeline_of(GaussianBlur{3, 3, {0.1, 2}}), 0, kSamples), 0.1, 2.0));
  const auto keys = values_of(pipeline_of(GaussianNoise{0, 0.1, true}), 0, kSamples);
  CHECK(is_uniform(keys, 0.0, 0x1p53));
  CHECK(std::all_of(keys.begin(), keys.end(), [](double key) { return key == std::floor(key); }));
}

void test_affine() {
  RandomAffine affine = affine_of({-30, 50}, 0.1, 0.2);
  affine.scale = {0.8, 1.5};
  affine.shear_x = {-5, 5};
  affine.shear_y = {2, 2};
  const Pipeline pipeline = pipeline_of(affine);
  CHECK(is_uniform(values_of(pipeline, 0, kSamples), -30, 50));
  CHECK(is_uniform(values_of(pipeline, 3, kSamples), 0.8, 1.5));
  CHECK(values_of(pipeline, 3, kSamples) == values_of(pipeline, 4, kSamples));
  CHECK(is_uniform(values_of(pipeline, 5, kSamples), -5, 5));
  CHECK(values_of(pipeline, 6, 100) == std::vector<double>(100, 2.0));
  // A tenth of 60 columns, a fifth of 40 rows, in whole pixels: the ends get half a share.
  for (const auto& [which, most] : {std::pair{1, 6}, std::pair{2, 8}}) {
    const auto shifts = values_of(pipeline, which, kSamples);
    std::vector<std::int64_t> counts(static_cast<std::size_t>(2 * most + 1));
    for (const double shift : shifts) {
      CHECK(shift == std::floor(shift) && !(shift == 0.0 && std::signbit(shift)));
      ++counts[static_cast<std::size_t>(shift + most)];
    }
    std::vector<double> expected(counts.size(), kSamples / (2.0 * most));
    expected.front() = expected.back() = kSamples / (4.0 * most);
    CHECK(fits(counts, expected));
  }
}

void test_perspective_corners() {
  const Pipeline pipeline =
      pipeline_of(RandomPerspective{0.5, 1.0, Interpolation::kBilinear, kBlack});
  // Half of half the width, 30, and of half the height, 20; the canvas is 40 x 61.
  const CanvasSize canvas{40, 61};
  const int first[8] = {0, 0, 45, 0, 45, 29, 0, 29};
  const int last[8] = {15, 10, 60, 10, 60, 39, 15, 39};
  for (int i = 0; i < 8; ++i) {
    CHECK(is_uniform_over(values_of(pipeline, i, kSamples, canvas), first[i], last[i]));
  }
}

void test_color_jitter() {
  const Pipeline pipeline = pipeline_of(jitter_of(0.4));
  for (int i = 0; i < 3; ++i) CHECK(is_uniform(values_of(pipeline, i, kSamples), 0.6, 1.4));
  CHECK(is_uniform(values_of(pipeline, 3, kSamples), -0.1, 0.1));
  std::vector<std::int64_t> orders(256);
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    const DrawRecord record = draw_sample(pipeline, i)[0];
    const double* order = record.values + 4;
    const double code = ((order[0] * 4 + order[1]) * 4 + order[2]) * 4 + order[3];
    ++orders[static_cast<std::size_t>(code)];
    CHECK(order[0] + order[1] + order[2] + order[3] == 6.0);
  }
  orders.erase(std::remove(orders.begin(), orders.end(), 0), orders.end());
  CHECK(orders.size() == 24 && fits_uniform(orders));

  ColorJitter partly = jitter_of(0.4);
  partly.has_contrast = partly.has_hue = false;
  const DrawRecord all = draw_sample(pipeline, 5)[0];
  const DrawRecord some = draw_sample(pipeline_of(partly), 5)[0];
  CHECK(some.values[1] == 1.0 && some.values[3] == 0.0);
  for (const int i : {0, 2, 4, 5, 6, 7}) CHECK(some.values[i] == all.values[i]);
}

void test_random_crop() {
  CHECK(is_uniform_over(values_of(pipeline_of(random_crop(30, 50)), 0, kSamples), 0, 10));
  CHECK(is_uniform_over(values_of(pipeline_of(random_crop(30, 50)), 1, kSamples), 0, 10));
  Crop padding = random_crop(40, 60);
  padding.pad_top = 4;
  padding.pad_right = 3;
  CHECK(is_uniform_over(values_of(pipeline_of(padding), 0, kSamples), -4, 0));
  CHECK(is_uniform_over(values_of(pipeline_of(padding), 1, kSamples), 0, 3));
  // Padded by 4 + 4 + 0 to 44 rows, then by the 6 missing ones on both sides.
  padding.height = 50;
  padding.pads_if_needed = true;
  CHECK(is_uniform_over(values_of(pipeline_of(padding), 0, kSamples), -10, -4));
  CHECK(is_uniform_over(values_of(pipeline_of(padding), 1, kSamples), 0, 3));
}

void check_center(CanvasSize canvas, Crop crop, double top, double left) {
  const DrawRecord record = draw_sample(pipeline_of(crop), 0, canvas)[0];
  CHECK(record.values[0] == top);
  CHECK(record.values[1] == left);
}

void test_center_crop() {
  check_center({40, 60}, center_crop(30, 20), 5, 20);
  check_center({41, 43}, center_crop(30, 30), 6, 6);   // 5.5 and 6.5 go to the even number
  check_center({20, 40}, center_crop(30, 31), -5, 4);  // 4.5
  check_center({20, 21}, center_crop(25, 25), -2, -2);
  check_center({0, 5}, center_crop(3, 3), -1, 1);
  Crop padding = center_crop(30, 30);
  padding.pad_left = 10;
  padding.pad_top = 2;
  check_center({40, 40}, padding, 4, 0);
}

// A plain version of the rule, on the standard library's generator.
struct Boxes {
  std::vector<double> top, left, height, width;
};

void add_box(Boxes& boxes, double top, double left, double height, double width) {
  boxes.top.push_back(top);
  boxes.left.push_back(left);
  boxes.height.push_back(height);
  boxes.width.push_back(width);
}

// `crops`: the width goes with the ratio and the whole canvas is allowed; else as for erasing.
// Where nothing fits, no box is added.
Boxes reference_boxes(CanvasSize canvas, Range scale, Range ratio, bool crops) {
  std::mt19937_64 random(5);
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  const auto place = [&](double free) {
    return static_cast<double>(
        std::uniform_int_distribution<std::int64_t>(0, static_cast<std::int64_t>(free))(random));
  };
  const double rows = static_cast<double>(canvas.height);
  const double columns = static_cast<double>(canvas.width);
  Boxes boxes;
  for (int sample = 0; sample < kSamples; ++sample) {
    for (int i = 0; i < 10; ++i) {
      const double area = rows * columns * uniform(scale.low, scale.high);
      const double shape = std::exp(uniform(std::log(ratio.low), std::log(ratio.high)));
      const double along = std::round(std::sqrt(area * shape));
      const double across = std::round(std::sqrt(area / shape));
      const double width = crops ? along : across, height = crops ? across : along;
      if (crops ? width > columns || height > rows : width >= columns || height >= rows) continue;
      add_box(boxes, place(rows - height), place(columns - width), height, width);
      break;
    }
  }
  return boxes;
}

bool are_alike_between(std::vector<double> a, std::vector<double> b, double high) {
  const std::size_t common = std::min(a.size(), b.size());
  a.resize(common);
  b.resize(common);
  const int bins = static_cast<int>(high) + 1;
  return are_alike(histogram(a, -0.5, high + 0.5, bins), histogram(b, -0.5, high + 0.5, bins));
}

void check_boxes(const Boxes& boxes, const Boxes& expected, CanvasSize canvas) {
  const double height = static_cast<double>(canvas.height);
  const double width = static_cast<double>(canvas.width);
  CHECK(std::abs(static_cast<double>(boxes.top.size()) -
                 static_cast<double>(expected.top.size())) <= 0.01 * kSamples);
  CHECK(are_alike_between(boxes.height, expected.height, height));
  CHECK(are_alike_between(boxes.width, expected.width, width));
  CHECK(are_alike_between(boxes.top, expected.top, height));
  CHECK(are_alike_between(boxes.left, expected.left, width));
  std::vector<double> areas, expected_areas;
  for (std::size_t i = 0; i < boxes.top.size(); ++i) {
    areas.push_back(boxes.height[i] * boxes.width[i] / (height * width) * 200.0);
  }
  for (std::size_t i = 0; i < expected.top.size(); ++i) {
    expected_areas.push_back(expected.height[i] * expected.width[i] / (height * width) * 200.0);
  }
  CHECK(are_alike_between(areas, expected_areas, 200.0));
  for (std::size_t i = 0; i < boxes.top.size(); ++i) {
    CHECK(boxes.top[i] >= 0 && boxes.top[i] + boxes.height[i] <= height);
    CHECK(boxes.left[i] >= 0 && boxes.left[i] + boxes.width[i] <= width);
  }
}

Boxes drawn_boxes(const Pipeline& pipeline, CanvasSize canvas) {
  Boxes boxes;
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    const DrawRecord record = draw_sample(pipeline, i, canvas)[0];
    const double* box = record.values;
    if (box[2] > 0.0) add_box(boxes, box[0], box[1], box[2], box[3]);
  }
  return boxes;
}

void test_resized_crop_boxes_are_distributed_as_the_plain_rule_says() {
  for (const CanvasSize canvas : {kCanvas, CanvasSize{64, 64}}) {
    const Range scale{0.08, 1.0}, ratio{0.75, 4.0 / 3.0};
    check_boxes(drawn_boxes(pipeline_of(resized_crop(scale, ratio)), canvas),
                reference_boxes(canvas, scale, ratio, true), canvas);
  }
}

bool is_box(const DrawRecord& record, double top, double left, double height, double width) {
  const double* values = record.values;
  return values[0] == top && values[1] == left && values[2] == height && values[3] == width;
}

void test_resized_crop_falls_back_to_the_middle() {
  const Pipeline pipeline = pipeline_of(resized_crop({0.9, 1}, {0.75, 4.0 / 3.0}));
  CHECK(is_box(draw_sample(pipeline, 0, {5, 60})[0], 0, 26, 5, 7));
  CHECK(is_box(draw_sample(pipeline, 0, {61, 5})[0], 27, 0, 7, 5));
  const Pipeline too_large = pipeline_of(resized_crop({2, 2}, {0.75, 4.0 / 3.0}));
  CHECK(is_box(draw_sample(too_large, 0, {50, 60})[0], 0, 0, 50, 60));
  const Pipeline flat = pipeline_of(resized_crop({0.5, 0.5}, {8, 9}));
  CHECK(is_box(draw_sample(flat, 0, {9, 1})[0], 4, 0, 1, 1));
}

void test_erasing_boxes_are_distributed_as_the_plain_rule_says() {
  const Range scale{0.02, 0.33}, ratio{0.3, 3.3};
  check_boxes(drawn_boxes(pipeline_of(RandomErasing{1.0, scale, ratio, false, {0}}), kCanvas),
              reference_boxes(kCanvas, scale, ratio, false), kCanvas);
}

void test_erasing_without_a_box_that_fits() {
  const Pipeline pipeline = pipeline_of(RandomErasing{1.0, {1, 1}, {1, 1}, true, {}});
  const DrawRecord record = draw_sample(pipeline, 0)[0];
  CHECK(record.order == 0);
  CHECK(is_box(record, 0, 0, 0, 0));
  CHECK(is_uniform(values_of(pipeline, 4, kSamples), 0.0, 0x1p53));
}

// Canvas sizes.

bool leaves(const TransformVariant& what, std::vector<double> values, CanvasSize before,
            CanvasSize after) {
  DrawRecord record{0, {}};
  std::copy(values.begin(), values.end(), record.values);
  const CanvasSize found = canvas_after(Transform{"Step", what}, record, before);
  return found.height == after.height && found.width == after.width;
}

void test_canvas_after_moves() {
  CHECK(leaves(RandomFlip{true, 1}, {}, {3, 5}, {3, 5}));
  CHECK(leaves(RandomQuarterTurn{1}, {2}, {3, 5}, {3, 5}));
  CHECK(leaves(RandomQuarterTurn{1}, {1}, {3, 5}, {5, 3}));
  CHECK(leaves(RandomQuarterTurn{1}, {3}, {3, 5}, {5, 3}));
  CHECK(leaves(random_crop(7, 9), {}, {3, 5}, {7, 9}));
  CHECK(leaves(Pad{1, 2, 3, 4, kBlack}, {}, {3, 5}, {9, 9}));
  CHECK(leaves(resized_crop({1, 1}, {1, 1}), {}, {3, 5}, {32, 24}));
  CHECK(leaves(jitter_of(0.1), {}, {3, 5}, {3, 5}));
}

void test_canvas_after_resize() {
  CHECK(leaves(Resize{7, 9, 0, kSmooth}, {}, {3, 5}, {7, 9}));
  CHECK(leaves(Resize{10, 0, 0, kSmooth}, {}, {30, 40}, {10, 13}));
  CHECK(leaves(Resize{10, 0, 0, kSmooth}, {}, {50, 30}, {16, 10}));
  CHECK(leaves(Resize{10, 0, 0, kSmooth}, {}, {30, 30}, {10, 10}));
  CHECK(leaves(Resize{10, 0, 12, kSmooth}, {}, {30, 60}, {6, 12}));
  CHECK(leaves(Resize{10, 0, 12, kSmooth}, {}, {50, 30}, {12, 7}));
  CHECK(leaves(Resize{10, 0, 12, kSmooth}, {}, {1, 1000}, {1, 12}));
}

// By the corners themselves, one by one.
CanvasSize turned_size(double degrees, CanvasSize canvas) {
  const double angle = degrees * std::numbers::pi / 180.0;
  const double x = 0.5 * static_cast<double>(canvas.width);
  const double y = 0.5 * static_cast<double>(canvas.height);
  double low_x = 1e9, high_x = -1e9, low_y = 1e9, high_y = -1e9;
  for (const auto& [sign_x, sign_y] :
       {std::pair{-1, -1}, std::pair{-1, 1}, std::pair{1, -1}, std::pair{1, 1}}) {
    const double to_x = std::cos(angle) * sign_x * x + std::sin(angle) * sign_y * y;
    const double to_y = -std::sin(angle) * sign_x * x + std::cos(angle) * sign_y * y;
    low_x = std::min(low_x, to_x + x);
    high_x = std::max(high_x, to_x + x);
    low_y = std::min(low_y, to_y + y);
    high_y = std::max(high_y, to_y + y);
  }
  const auto cut = [](double value) { return std::trunc(value * 1e4) / 1e4; };
  return {static_cast<std::int64_t>(std::ceil(cut(high_y)) - std::floor(cut(low_y))),
          static_cast<std::int64_t>(std::ceil(cut(high_x)) - std::floor(cut(low_x)))};
}

void test_canvas_after_rotation_that_expands() {
  RandomAffine rotation = affine_of({-180, 180}, 0, 0);
  CHECK(leaves(rotation, {45, 0, 0, 1, 1}, {20, 30}, {20, 30}));
  rotation.expands = true;
  for (const double quarter : {-270.0, -90.0, 90.0, 270.0}) {
    CHECK(leaves(rotation, {quarter, 0, 0, 1, 1}, {20, 30}, {30, 20}));
  }
  for (const double half : {-180.0, 0.0, 180.0, 360.0}) {
    CHECK(leaves(rotation, {half, 0, 0, 1, 1}, {20, 30}, {20, 30}));
  }
  CHECK(leaves(rotation, {45, 0, 0, 1, 1}, {100, 100}, {142, 142}));
  CHECK(leaves(rotation, {0, 0, 0, 2, 2}, {20, 30}, {40, 60}));
  for (int i = 0; i < 1000; ++i) {
    const double degrees = -179.3 + 0.3577 * i;
    for (const CanvasSize canvas : {CanvasSize{20, 30}, {224, 224}, {31, 17}, {1, 64}}) {
      CHECK(leaves(rotation, {degrees, 0, 0, 1, 1}, canvas, turned_size(degrees, canvas)));
    }
  }
}

}  // namespace

int main() {
  test_rates();
  test_single_values();
  test_affine();
  test_perspective_corners();
  test_color_jitter();
  test_random_crop();
  test_center_crop();
  test_resized_crop_boxes_are_distributed_as_the_plain_rule_says();
  test_resized_crop_falls_back_to_the_middle();
  test_erasing_boxes_are_distributed_as_the_plain_rule_says();
  test_erasing_without_a_box_that_fits();
  test_canvas_after_moves();
  test_canvas_after_resize();
  test_canvas_after_rotation_that_expands();
  return fa::test::result();
}
