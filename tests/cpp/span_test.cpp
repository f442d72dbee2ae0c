// Spans of a row, border indices and inverse maps, against plain loops.
#include "core/span.hpp"

#include <cmath>
#include <cstdint>
#include <random>

#include "check.hpp"
#include "core/border.hpp"
#include "core/fixed_line.hpp"
#include "kernels/affine_map.hpp"

using namespace fa;

namespace {

void test_span_holds_exactly_the_coordinates_in_bounds() {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> slope(-3.0, 3.0), start(-300.0, 300.0), bound(-50, 250);
  for (int trial = 0; trial < 20000; ++trial) {
    RowCoordinate line{slope(random), start(random), trial % 2 == 0 ? 0.0 : 0.5, 0.0};
    if (trial % 5 == 0) line.slope = std::round(line.slope);
    if (trial % 7 == 0) line.start = std::round(line.start);
    line.reciprocal = 1.0 / line.slope;
    double low = std::round(bound(random)), high = std::round(bound(random));
    if (low > high) std::swap(low, high);
    const std::int64_t width = trial % 130;
    const Span span = span_between(line, low, high, width);
    CHECK(span.begin >= 0 && span.begin <= span.end && span.end <= width);
    for (std::int64_t x = 0; x < width; ++x) {
      const bool inside = x >= span.begin && x < span.end;
      CHECK(inside == is_between(line, x, low, high));
    }
  }
}

void test_span_holds_exactly_the_fixed_points_in_bounds() {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> slope(-3.0, 3.0), start(-300.0, 300.0);
  std::uniform_int_distribution<std::int64_t> bound(-50, 250), bits(-3, 3);
  for (int trial = 0; trial < 20000; ++trial) {
    // Steps of a few units, of nothing, and of any size.
    FixedLine line{to_fixed(start(random)), trial % 3 == 0 ? bits(random) : to_fixed(slope(random)),
                   0.0};
    if (trial % 5 == 0) line.start = from_whole(bound(random));
    if (trial % 7 == 0) line.step = from_whole(bits(random));
    line.reciprocal = 1.0 / static_cast<double>(line.step);
    std::int64_t low = from_whole(bound(random)), high = from_whole(bound(random));
    if (low > high) std::swap(low, high);
    const std::int64_t width = trial % 130;
    const Span span = span_between(line, low, high, width);
    CHECK(span.begin >= 0 && span.begin <= span.end && span.end <= width);
    for (std::int64_t x = 0; x < width; ++x) {
      const bool inside = x >= span.begin && x < span.end;
      CHECK(inside == is_between(line, x, low, high));
    }
  }
}

void test_fixed_points_are_multiples_of_a_power_of_two() {
  for (const double value : {0.0, 1.0, -1.0, 0.5, -0.25, 1048575.75, -1073741824.0, 0x1p-32}) {
    CHECK(static_cast<double>(to_fixed(value)) == value * 0x1p32);
  }
  CHECK(to_fixed(0x1.8p-32) == 1 && to_fixed(-0x1.8p-32) == -1);
  CHECK(whole_part(to_fixed(2.75)) == 2 && whole_part(to_fixed(-2.75)) == -3);
  CHECK(whole_part(from_whole(-7)) == -7);
}

// The image repeated by its definition, walking one step at a time.
std::int64_t walked_index(Border border, std::int64_t index, std::int64_t size) {
  std::int64_t position = 0;
  int direction = 1;
  for (std::int64_t step = 0; step != index; step += index > 0 ? 1 : -1) {
    const int move = index > 0 ? direction : -direction;
    std::int64_t next = position + move;
    if (next < 0 || next >= size) {
      if (border == Border::kWrap) next = next < 0 ? size - 1 : 0;
      if (border == Border::kEdge) next = position;
      if (border == Border::kSymmetric) {
        next = position;
        direction = -direction;
      }
      if (border == Border::kReflect) {
        direction = -direction;
        next = size == 1 ? 0 : position - move;
      }
      if (border == Border::kConstant) return -1;
    }
    position = next;
  }
  return position;
}

void test_border_indices_repeat_the_image() {
  for (const Border border :
       {Border::kConstant, Border::kEdge, Border::kReflect, Border::kSymmetric, Border::kWrap}) {
    for (std::int64_t size = 1; size < 6; ++size) {
      for (std::int64_t index = -23; index <= 23; ++index) {
        CHECK(border_index(border, index, size) == walked_index(border, index, size));
      }
    }
  }
}

void test_inverse_map_undoes_the_matrix() {
  const double matrix[6] = {1.2, -0.4, 7.0, 0.3, 0.9, -2.0};
  const auto map = inverse_map(matrix, 100, 100);
  CHECK(map.has_value());
  const double x = matrix[0] * 31 + matrix[1] * 17 + matrix[2];
  const double y = matrix[3] * 31 + matrix[4] * 17 + matrix[5];
  CHECK(std::abs(map->xx * x + map->xy * y + map->x0 - 31) < 1e-12);
  CHECK(std::abs(map->yx * x + map->yy * y + map->y0 - 17) < 1e-12);
  CHECK(!moves_whole_pixels(*map));
}

void test_inverse_map_snaps_rounding_errors_and_refuses_what_has_no_inverse() {
  const double quarter_turn[6] = {6.1e-17, 1.0, 1e-14, -1.0, 6.1e-17, 222.99999999999997};
  CHECK(moves_whole_pixels(*inverse_map(quarter_turn, 224, 224)));
  const double singular[6] = {1.0, 2.0, 0.0, 2.0, 4.0, 0.0};
  CHECK(!inverse_map(singular, 10, 10).has_value());
  const double not_a_number[6] = {NAN, 0.0, 0.0, 0.0, 1.0, 0.0};
  CHECK(!inverse_map(not_a_number, 10, 10).has_value());
  const double far[6] = {1.0, 0.0, 1e300, 0.0, 1.0, 0.0};
  CHECK(!inverse_map(far, 10, 10).has_value());
}

}  // namespace

int main() {
  test_span_holds_exactly_the_coordinates_in_bounds();
  test_span_holds_exactly_the_fixed_points_in_bounds();
  test_fixed_points_are_multiples_of_a_power_of_two();
  test_border_indices_repeat_the_image();
  test_inverse_map_undoes_the_matrix();
  test_inverse_map_snaps_rounding_errors_and_refuses_what_has_no_inverse();
  return fa::test::result();
}
