// Affine and wild projective warps, all borders: no read outside the source, and the same bits for
// any number of threads. Accuracy is tested from Python.
#include "kernels/warp.hpp"

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "check.hpp"
#include "kernels/affine_map.hpp"

using namespace fa;

namespace {

struct Case {
  std::int64_t source_height, source_width, target_height, target_width, channels;
  DType dtype;
};

std::vector<std::byte> warped(const std::vector<std::byte>& source, const Case& sizes,
                              const WarpMap& map, Interpolation interpolation, Border border,
                              int threads) {
  const std::int64_t pixel = sizes.channels * item_size(sizes.dtype);
  std::vector<std::byte> target(
      static_cast<std::size_t>(sizes.target_height * sizes.target_width * pixel));
  const std::vector<std::byte> fill(static_cast<std::size_t>(pixel));
  const PixelFormat format{sizes.dtype, 1, sizes.channels};
  const SourceBatch from{
      format,
      1,
      {source.data(), sizes.source_height, sizes.source_width, sizes.source_width * pixel, 0},
      0,
      nullptr};
  const TargetBatch to{
      format,
      1,
      {target.data(), sizes.target_height, sizes.target_width, sizes.target_width * pixel, 0},
      0,
      nullptr};
  warp(from, to, {{&map, 0}, interpolation, border, fill.data()}, Threads{threads});
  return target;
}

void test_case(const Case& sizes, std::mt19937_64& random) {
  std::uniform_real_distribution<double> angle(0.0, 6.3), zoom(0.2, 4.0), shift(-60.0, 60.0);
  const double turn = angle(random), scale = zoom(random);
  const double matrix[6] = {scale * std::cos(turn),  scale * std::sin(turn), shift(random),
                            -scale * std::sin(turn), scale * std::cos(turn), shift(random)};
  const auto map = inverse_map(matrix, sizes.target_height, sizes.target_width);
  CHECK(map.has_value());
  std::normal_distribution<double> entry;
  double wild[9];
  for (double& number : wild) number = std::exp(8.0 * entry(random)) * entry(random);
  const auto projective = inverse_perspective(wild, sizes.source_height, sizes.source_width,
                                              sizes.target_height, sizes.target_width);
  CHECK(projective.has_value());
  std::vector<std::byte> source(static_cast<std::size_t>(sizes.source_height * sizes.source_width *
                                                         sizes.channels * item_size(sizes.dtype)));
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<std::byte>(i % 60);
  for (const Border border :
       {Border::kConstant, Border::kEdge, Border::kReflect, Border::kSymmetric, Border::kWrap}) {
    for (const Interpolation how :
         {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic}) {
      for (const WarpMap& kind : {WarpMap{*map}, *projective}) {
        CHECK(warped(source, sizes, kind, how, border, 1) ==
              warped(source, sizes, kind, how, border, 3));
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 12; ++trial) {
    for (const DType dtype : {DType::kUint8, DType::kUint16, DType::kFloat32}) {
      for (const std::int64_t channels : {1, 2, 3, 4, 5}) {
        test_case({40, 31, 37, 150, channels, dtype}, random);
        test_case({1, 1 + trial, 5, 9, channels, dtype}, random);
      }
    }
  }
  return fa::test::result();
}
