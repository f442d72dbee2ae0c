// A pipeline that is called again allocates nothing.
#include "check.hpp"
#include "count_allocations.hpp"
#include "pipeline_helpers.hpp"

using namespace fa;
using namespace fa::test;

namespace {

constexpr DType kDTypes[] = {DType::kUint8, DType::kUint16, DType::kFloat32};
const Outside kReflected{Border::kReflect, {0.0}};

struct Case {
  Pipeline pipeline;
  DType result = DType::kFloat32;  // where the pipeline makes floats
  bool is_for_bytes = false;       // only uint8
  bool keeps_dtype = true;
};

Case floats(Pipeline pipeline, DType result = DType::kFloat32) {
  return {std::move(pipeline), result, false, false};
}

RandomAffine turning(Interpolation interpolation, bool expands, const Outside& outside) {
  RandomAffine affine = affine_of({-40, 40}, 0.1, 0.1);
  affine.interpolation = interpolation;
  affine.expands = expands;
  affine.outside = outside;
  return affine;
}

Crop padded_crop(const Outside& outside) { return {30, 26, true, 4, 3, 2, 1, true, outside}; }

RandomColor color_of(ColorKind kind, double amount) { return {kind, {amount, amount}, 1.0, 1.0}; }

const Normalize kNormalize{{0.5, 0.4, 0.3}, {0.2, 0.25, 0.3}, DType::kFloat32};

// Every kind of transform by itself.
std::vector<Case> single_transforms() {
  std::vector<Case> cases;
  const auto add = [&](const auto& what) { cases.push_back({pipeline_of(what)}); };
  add(RandomFlip{true, 0.5});
  add(RandomFlip{false, 0.5});
  add(RandomQuarterTurn{0.8});
  for (const auto interpolation :
       {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic}) {
    add(turning(interpolation, false, kReflected));
    add(turning(interpolation, true, kBlack));
  }
  add(RandomPerspective{0.5, 0.9, Interpolation::kBilinear, kBlack});
  add(padded_crop(kBlack));
  add(padded_crop(kReflected));
  add(center_crop(16, 44));
  add(Pad{3, 2, 1, 0, kReflected});
  for (const auto filter :
       {ResampleFilter::kNearest, ResampleFilter::kBilinear, ResampleFilter::kBicubic}) {
    add(Resize{17, 23, 0, {filter, true}});
    add(RandomResizedCrop{30, 31, {0.1, 1}, {0.7, 1.4}, {filter, false}});
  }
  add(jitter_of(0.3));
  for (const auto& [kind, amount] :
       std::initializer_list<std::pair<ColorKind, double>>{{ColorKind::kBrightness, 0.7},
                                                           {ColorKind::kContrast, 1.3},
                                                           {ColorKind::kSaturation, 0.6},
                                                           {ColorKind::kHue, 0.2},
                                                           {ColorKind::kGamma, 1.7},
                                                           {ColorKind::kGray, 0},
                                                           {ColorKind::kInvert, 0},
                                                           {ColorKind::kSolarize, 0.5},
                                                           {ColorKind::kPosterize, 3}}) {
    add(color_of(kind, amount));
  }
  cases.push_back({pipeline_of(RandomTone{ToneKind::kEqualize, 1.0}), DType::kUint8, true});
  add(RandomTone{ToneKind::kAutocontrast, 1.0});
  add(RandomSharpness{{0, 2}, 1.0});
  add(GaussianBlur{5, 7, {0.1, 2}});
  add(GaussianNoise{0.0, 0.1, true});
  add(RandomErasing{1.0, {0.02, 0.3}, {0.5, 2}, true, {}});
  add(RandomErasing{1.0, {0.02, 0.3}, {0.5, 2}, false, {7}});
  cases.push_back(floats(pipeline_of(kNormalize)));
  cases.push_back(floats(pipeline_of(ToFloat{DType::kFloat16}), DType::kFloat16));
  return cases;
}

// A few long pipelines: everything above, in passes that follow each other.
std::vector<Case> long_pipelines() {
  std::vector<Case> cases;
  cases.push_back(floats(pipeline_of(resized_crop({0.08, 1}, {0.75, 1.5}), RandomFlip{true, 0.5},
                                     turning(Interpolation::kBilinear, false, kBlack),
                                     jitter_of(0.4), RandomSharpness{{0, 2}, 0.5}, kNormalize)));
  cases.push_back(
      floats(pipeline_of(RandomQuarterTurn{0.5}, group_of(GroupKind::kSomeOf, 4, 1.0),
                         turning(Interpolation::kBicubic, true, kReflected),
                         GaussianBlur{9, 5, {0.1, 2}}, RandomTone{ToneKind::kAutocontrast, 0.7},
                         padded_crop(kReflected), GaussianNoise{0, 0.1, true},
                         RandomErasing{0.5, {0.02, 0.3}, {0.3, 3}, true, {}}, kNormalize)));
  cases.push_back({pipeline_of(
      Pad{3, 2, 1, 4, kReflected}, Resize{60, 0, 90, kSmooth}, color_of(ColorKind::kGamma, 1.7),
      RandomPerspective{0.5, 0.7, Interpolation::kNearest, kBlack}, padded_crop(kReflected),
      RandomFlip{false, 0.5}, GaussianBlur{3, 7, {0.1, 2}}, RandomSharpness{{0, 2}, 1.0})});
  cases.push_back({pipeline_of(RandomTone{ToneKind::kEqualize, 0.8}, jitter_of(0.2),
                               RandomTone{ToneKind::kEqualize, 0.8}),
                   DType::kUint8, true});
  return cases;
}

// A call as a caller makes it who keeps all memory between calls.
class Calls {
 public:
  Calls(const Case& one, const PixelFormat& format, const std::vector<CanvasSize>& sizes)
      : pipeline_(one.pipeline),
        images_(noise_images(format, sizes)),
        drawn_(draw_all(pipeline_, images_.source())),
        result_({one.keeps_dtype ? format.dtype : one.result, format.planes, format.channels},
                drawn_.sizes) {}

  void operator()(int threads) {
    draw_into(drawn_, pipeline_, images_.source(), {threads});
    run_batch(pipeline_, images_.source(), result_.target(), drawn_.records.data(), {threads});
  }

 private:
  const Pipeline& pipeline_;
  Images images_;
  Drawn drawn_;
  Images result_;
};

template <class Check>  // check(calls) for images of every dtype and layout
void for_each_format(const Case& one, const std::vector<CanvasSize>& sizes, Check check) {
  for (const DType dtype : kDTypes) {
    if (one.is_for_bytes && dtype != DType::kUint8) continue;
    for (const PixelFormat& format : {hwc(dtype), chw(dtype)}) check(Calls(one, format, sizes));
  }
}

void test_a_call_that_is_repeated_allocates_nothing() {
  const std::vector<CanvasSize> batches[] = {{{31, 37}, {31, 37}, {31, 37}},
                                             {{31, 37}, {40, 24}, {18, 52}}};
  const auto check = [](Calls calls) {
    for (int i = 0; i < 2; ++i) calls(1);
    CHECK(allocations_of([&] {
            for (int i = 0; i < 3; ++i) calls(1);
          }) == 0);
  };
  for (const auto& sizes : batches) {
    for (const Case& one : single_transforms()) for_each_format(one, sizes, check);
    for (const Case& one : long_pipelines()) for_each_format(one, sizes, check);
  }
}

// A batch of few large images, which are shared out by rows, and one of many small ones.
std::vector<CanvasSize> large_images() { return {{130, 150}, {150, 130}}; }
std::vector<CanvasSize> small_images() {
  std::vector<CanvasSize> sizes(24, CanvasSize{31, 37});
  sizes[5] = {40, 24};
  return sizes;
}

void test_two_threads_come_to_allocate_nothing() {
  const auto check = [](Calls calls) { CHECK(settles([&] { calls(2); })); };
  for (const auto& sizes : {large_images(), small_images()}) {
    for (const Case& one : long_pipelines()) for_each_format(one, sizes, check);
  }
}

void test_smaller_images_use_the_memory_of_larger_ones() {
  for (const Case& one : long_pipelines()) {
    Calls large(one, hwc(DType::kUint8), {{64, 80}});
    Calls small(one, hwc(DType::kUint8), {{52, 61}});
    large(1);
    small(1);
    CHECK(allocations_of([&] {
            large(1);
            small(1);
          }) == 0);
  }
}

}  // namespace

int main() {
  test_a_call_that_is_repeated_allocates_nothing();
  test_two_threads_come_to_allocate_nothing();
  test_smaller_images_use_the_memory_of_larger_ones();
  return fa::test::result();
}
