// Boxes and points on the way through a pipeline, and crops that look at boxes.
#include "pipeline/targets.hpp"

#include <cmath>

#include "check.hpp"
#include "draw_helpers.hpp"

using namespace fa;
using namespace fa::test;

namespace {

std::vector<Stop> stops_of(const Pipeline& pipeline, const Records& records) {
  std::vector<Stop> stops;
  walk(pipeline, records.data(), kCanvas, stops);
  return stops;
}

bool is_near(double a, double b) { return std::abs(a - b) < 1e-9; }

bool is_box(const EdgeBox& box, double x0, double y0, double x1, double y1) {
  return is_near(box.x0, x0) && is_near(box.y0, y0) && is_near(box.x1, x1) && is_near(box.y1, y1);
}

// The middle of a canvas of 40 x 60.
Crop middle(std::int64_t height, std::int64_t width) {
  return {height, width, false, 0, 0, 0, 0, true, kBlack};
}

void test_nothing_moves_nothing() {
  const Pipeline pipeline = pipeline_of(Untouched{});
  const std::vector<Stop> stops = stops_of(pipeline, draw_sample(pipeline, 1));
  CHECK(stops.size() == 1);
  const MovedBox moved = move_box(stops, {3.0, 4.0, 10.0, 20.0});
  CHECK(is_box(moved.box, 3.0, 4.0, 10.0, 20.0));
  CHECK(moved.visible == 1.0);
}

void test_edges_and_centres_mirror() {
  const Pipeline pipeline = pipeline_of(RandomFlip{true, 1.0});
  const std::vector<Stop> stops = stops_of(pipeline, draw_sample(pipeline, 1));
  CHECK(is_box(move_box(stops, {0.0, 0.0, 1.0, 1.0}).box, 59.0, 0.0, 60.0, 1.0));
  const MovedPoint moved = move_point(stops, {0.0, 0.0});
  CHECK(is_near(moved.point.x, 59.0));
  CHECK(is_near(moved.point.y, 0.0));
  CHECK(moved.is_visible);
}

// The canvas between the crop and the pad cuts, and nothing comes back.
void test_a_crop_before_a_pad_cuts() {
  const Pipeline pipeline = pipeline_of(middle(20, 20), Pad{20, 10, 20, 10, kBlack});
  const std::vector<Stop> stops = stops_of(pipeline, draw_sample(pipeline, 1));
  CHECK(stops.size() == 3);
  const MovedBox half = move_box(stops, {10.0, 15.0, 30.0, 25.0});
  CHECK(is_box(half.box, 20.0, 15.0, 30.0, 25.0));
  CHECK(is_near(half.visible, 0.5));
  CHECK(move_box(stops, {0.0, 0.0, 20.0, 40.0}).visible == 0.0);
  CHECK(!move_point(stops, {19.0, 20.0}).is_visible);
  CHECK(move_point(stops, {20.0, 20.0}).is_visible);
  CHECK(is_near(move_point(stops, {19.0, 20.0}).point.x, 19.0));
}

// A box on its tip, cut by the edge: what is left is narrower than the hull of the corners.
void test_a_turned_box_is_cut_before_it_is_enclosed() {
  RandomAffine turn{};
  turn.degrees = {45.0, 45.0};
  turn.scale = {1.0, 1.0};
  turn.interpolation = Interpolation::kBilinear;
  turn.outside = kBlack;
  const Pipeline pipeline = pipeline_of(turn, middle(2, 60));
  const std::vector<Stop> stops = stops_of(pipeline, draw_sample(pipeline, 1));
  const MovedBox moved = move_box(stops, {20.0, 10.0, 40.0, 30.0});
  const double reach = 10.0 * std::sqrt(2.0);
  CHECK(is_near(moved.box.x1 - moved.box.x0, 2.0 * reach));
  CHECK(is_near(moved.box.y1 - moved.box.y0, 2.0));
  CHECK(is_near(moved.visible, (400.0 - (2.0 * reach - 2.0) * (2.0 * reach - 2.0) / 2.0) / 400.0));
}

Records drawn_with(const Pipeline& pipeline, const std::vector<double>& edges,
                   std::uint64_t index) {
  Records records(pipeline.transforms.size());
  const SampleBoxes boxes{edges.data(), static_cast<std::int64_t>(edges.size()) / 4};
  draw(pipeline, {11, 0, index}, kCanvas, false, records.data(), boxes);
  return records;
}

void test_a_safe_window_holds_the_boxes_where_they_are_now() {
  const Pipeline pipeline = pipeline_of(RandomFlip{true, 1.0}, RandomBoxSafeCrop{1.0});
  const std::vector<double> edges{2.5, 4.0, 10.0, 20.0, 8.0, 1.0, 20.25, 6.0};
  bool varies = false;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Records records = drawn_with(pipeline, edges, i);
    const double* window = records[1].values;
    // Mirrored, the boxes reach from 39.75 to 57.5.
    CHECK(window[1] >= 0.0 && window[1] <= 39.0);
    CHECK(window[1] + window[3] >= 58.0 && window[1] + window[3] <= 60.0);
    CHECK(window[0] <= 1.0 && window[0] + window[2] >= 20.0);
    varies = varies || window[1] != drawn_with(pipeline, edges, 0)[1].values[1];
    const std::vector<Stop> stops = stops_of(pipeline, records);
    CHECK(move_box(stops, {2.5, 4.0, 10.0, 20.0}).visible == 1.0);
  }
  CHECK(varies);
  CHECK(drawn_with(pipeline, {}, 0)[1].order == -1);
}

void test_an_iou_window_keeps_boxes_by_their_middle() {
  const Pipeline pipeline = pipeline_of(RandomIoUCrop{{0.3, 1.0}, {0.5, 2.0}, {0.3}, 40});
  const std::vector<double> edges{5.0, 5.0, 35.0, 30.0};
  int applied = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Records records = drawn_with(pipeline, edges, i);
    if (records[0].order < 0) continue;
    ++applied;
    const double* v = records[0].values;
    const EdgeBox window{v[1], v[0], v[1] + v[3], v[0] + v[2]};
    CHECK(is_center_inside({5.0, 5.0, 35.0, 30.0}, window));
    const std::vector<Stop> stops = stops_of(pipeline, records);
    const EdgeBox corner{0.0, 0.0, 2.0 * window.x0, 40.0};
    if (window.x0 >= 1.0) CHECK(move_box(stops, corner).visible == 0.0);
  }
  CHECK(applied > 150);
  const Pipeline never = pipeline_of(RandomIoUCrop{{0.3, 1.0}, {0.5, 2.0}, {1.0}, 40});
  CHECK(drawn_with(never, edges, 0)[0].order == -1);
}

}  // namespace

int main() {
  test_nothing_moves_nothing();
  test_edges_and_centres_mirror();
  test_a_crop_before_a_pad_cuts();
  test_a_turned_box_is_cut_before_it_is_enclosed();
  test_a_safe_window_holds_the_boxes_where_they_are_now();
  test_an_iou_window_keeps_boxes_by_their_middle();
  return result();
}
