// Kernels that need memory of their own allocate nothing when they are called again.
#include <limits>
#include <vector>

#include "check.hpp"
#include "count_allocations.hpp"
#include "kernels/color.hpp"
#include "kernels/filter.hpp"
#include "kernels/grad_norm.hpp"
#include "kernels/grad_scale.hpp"
#include "kernels/histogram.hpp"
#include "kernels/resample.hpp"
#include "kernels/warp.hpp"
#include "pipeline_helpers.hpp"

using namespace fa;
using namespace fa::test;

namespace {

template <class Call>  // call(threads)
void check_repeats(Call call) {
  for (int i = 0; i < 2; ++i) call(Threads{1});
  CHECK(allocations_of([&] {
          for (int i = 0; i < 3; ++i) call(Threads{1});
        }) == 0);
  CHECK(settles([&] { call(Threads{2}); }));
}

template <class Body>  // body(source, target) with batches of one size and of several
void for_each_batch(DType dtype, Body body) {
  const std::vector<CanvasSize> batches[] = {{{90, 110}, {90, 110}, {90, 110}},
                                             {{90, 110}, {70, 24}, {100, 91}}};
  for (const PixelFormat& format : {hwc(dtype), chw(dtype)}) {
    for (const auto& sizes : batches) {
      const Images images = noise_images(format, sizes);
      Images result(format, sizes);
      body(images.source(), result.target());
    }
  }
}

void test_filters() {
  const double sigmas[] = {0.5, 1.5, 2.5}, factors[] = {0.0, 1.7, 1.0};
  for (const DType dtype : {DType::kUint8, DType::kFloat32}) {
    for_each_batch(dtype, [&](const SourceBatch& source, const TargetBatch& target) {
      check_repeats([&](Threads threads) {
        gaussian_blur(source, target, {7, 9, {sigmas, 1}, {sigmas, 0}}, threads);
      });
      check_repeats(
          [&](Threads threads) { sharpness(source, target, {{factors, 1}, 0.0, 1.0}, threads); });
    });
  }
}

void test_tone_curves() {
  for (const DType dtype : {DType::kUint8, DType::kUint16, DType::kFloat32}) {
    for_each_batch(dtype, [&](const SourceBatch& source, const TargetBatch& target) {
      check_repeats([&](Threads threads) { autocontrast(source, target, {0.0, 1.0}, threads); });
      if (dtype != DType::kUint8) return;
      check_repeats([&](Threads threads) { equalize(source, target, threads); });
    });
  }
}

void test_color() {
  const double amounts[] = {0.7, 1.3, 1.1}, gain = 1.0;
  const PerSample<double> amount{amounts, 1};
  const ColorStep steps[] = {{ColorKind::kGamma, amount, {&gain, 0}},
                             {ColorKind::kContrast, amount},
                             {ColorKind::kGamma, {amounts, 0}, {&gain, 0}},
                             {ColorKind::kContrast, amount}};
  for (const DType dtype : {DType::kUint8, DType::kUint16, DType::kFloat32}) {
    for_each_batch(dtype, [&](const SourceBatch& source, const TargetBatch& target) {
      check_repeats(
          [&](Threads threads) { apply_color(source, target, steps, {0.0, 1.0}, threads); });
    });
  }
}

void test_warps() {
  const WarpMap maps[] = {WarpMap{{0.9, 0.2, -3.0, -0.2, 0.9, 4.0, 1.0 / 0.9, -1.0 / 0.2}},
                          WarpMap{{1.1, 0.0, 0.3, 0.0, 1.1, 0.3, 1.0 / 1.1, 0.0}},
                          WarpMap{{1.0, 0.0, 2.0, 0.0, 1.0, 1.0, 1.0, 0.0}}};
  const std::vector<std::byte> fill(64);
  for (const auto how :
       {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic}) {
    for (const auto border : {Border::kConstant, Border::kReflect}) {
      for_each_batch(DType::kUint8, [&](const SourceBatch& source, const TargetBatch& target) {
        check_repeats([&](Threads threads) {
          warp(source, target, {{maps, 1}, how, border, fill.data()}, threads);
        });
      });
    }
  }
}

void test_resampling() {
  const Box boxes[] = {{0, 0, 20, 30}, {5, 6, 20, 60}, {3, 0, 24, 70}};
  for (const auto filter :
       {ResampleFilter::kNearest, ResampleFilter::kBilinear, ResampleFilter::kBicubic}) {
    for_each_batch(DType::kUint8, [&](const SourceBatch& source, const TargetBatch& target) {
      check_repeats([&](Threads threads) {
        resample(source, target, {{filter, true}, {boxes, 1}}, threads);
      });
    });
  }
}

void test_gradients() {
  std::vector<float> values(200000, 0.5f);
  std::vector<TensorView> tensors(40);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    tensors[i].data = reinterpret_cast<std::byte*>(values.data() + 5000 * i);
    tensors[i].dtype = DType::kFloat32;
    tensors[i].size = 5000;
  }
  for (const double p : {1.0, 2.0, 3.0, std::numeric_limits<double>::infinity()}) {
    check_repeats([&](Threads threads) { total_norm(tensors, p, threads); });
  }
  check_repeats([&](Threads threads) { scale(tensors, 1.0, threads); });
}

}  // namespace

int main() {
  test_filters();
  test_tone_curves();
  test_color();
  test_warps();
  test_resampling();
  test_gradients();
  return fa::test::result();
}
