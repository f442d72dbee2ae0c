// Lists of colour steps in one pass, on arrays that end where they end. What single steps mean is
// tested from Python.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "check.hpp"
#include "kernels/color.hpp"

using namespace fa;

namespace {

constexpr Threads kTwo{2};
constexpr ValueRange kUnit{0.0, 1.0};
constexpr std::int64_t kSamples = 2;

// RGB images of uint8 on the heap, exactly as large as they must be.
struct Batch {
  Batch(std::int64_t height, std::int64_t width)
      : bytes(static_cast<std::size_t>(kSamples * height * width * 3)),
        view{{DType::kUint8, 1, 3},
             kSamples,
             {bytes.data(), height, width, width * 3, 0},
             height * width * 3,
             nullptr} {}
  SourceBatch source() const {
    return {view.format,
            view.count,
            {view.first.data, view.first.height, view.first.width, view.first.row_stride, 0},
            view.sample_stride,
            nullptr};
  }
  std::vector<std::byte> bytes;
  TargetBatch view;
};

constexpr double kAmounts[kSamples] = {1.4, 0.3};
constexpr double kDeltas[kSamples] = {-0.2, 0.45};
constexpr double kThresholds[kSamples] = {100.0, 30.5};
constexpr double kBits[kSamples] = {3.0, 5.0};
constexpr double kOne = 1.0;
constexpr PerSample<double> kSame{&kOne, 0};

ColorStep step_of(ColorKind kind) {
  switch (kind) {
    case ColorKind::kHue:
      return {kind, {kDeltas, 1}};
    case ColorKind::kSolarize:
      return {kind, {kThresholds, 1}};
    case ColorKind::kPosterize:
      return {kind, {kBits, 1}};
    default:
      return {kind, {kAmounts, 1}, kSame};
  }
}

std::vector<std::byte> run(const Batch& in, const std::vector<ColorStep>& steps) {
  Batch out(in.view.first.height, in.view.first.width);
  apply_color(in.source(), out.view, steps, kUnit, kTwo);
  return out.bytes;
}

Batch numbered(std::int64_t height, std::int64_t width) {
  Batch batch(height, width);
  for (std::size_t i = 0; i < batch.bytes.size(); ++i) {
    batch.bytes[i] = static_cast<std::byte>((i * 2654435761u) >> 13);
  }
  return batch;
}

constexpr ColorKind kWhole[] = {ColorKind::kInvert, ColorKind::kSolarize, ColorKind::kPosterize};
constexpr ColorKind kAll[] = {ColorKind::kBrightness, ColorKind::kContrast, ColorKind::kSaturation,
                              ColorKind::kHue,        ColorKind::kGamma,    ColorKind::kGray,
                              ColorKind::kInvert,     ColorKind::kSolarize, ColorKind::kPosterize};

// A step that changes nothing sends a list another way through the code, to the same bits.
void test_every_way_gives_the_same_bits(const Batch& in) {
  const ColorStep nothing{ColorKind::kBrightness, kSame};
  const ColorStep nothing_mixed{ColorKind::kSaturation, kSame};
  for (const ColorKind kind : kAll) {
    const auto expected = run(in, {step_of(kind)});
    CHECK(run(in, {step_of(kind), nothing}) == expected);
    CHECK(run(in, {nothing_mixed, step_of(kind), nothing}) == expected);
  }
}

// After steps that keep whole levels, a list is its steps one after the other.
void test_lists_are_their_steps(const Batch& in) {
  for (const ColorKind first : kWhole) {
    for (const ColorKind second : kAll) {
      Batch between(in.view.first.height, in.view.first.width);
      apply_color(in.source(), between.view, std::vector{step_of(first)}, kUnit, kTwo);
      CHECK(run(in, {step_of(first), step_of(second)}) == run(between, {step_of(second)}));
    }
  }
}

// What is not rounded between steps comes out within a level or two of what is.
void test_jitter(const Batch& in) {
  const ColorKind kinds[] = {ColorKind::kContrast, ColorKind::kSaturation, ColorKind::kBrightness};
  std::vector<ColorStep> steps;
  Batch sequential = in;
  sequential.view.first.data = sequential.bytes.data();
  for (const ColorKind kind : kinds) {
    steps.push_back(step_of(kind));
    Batch next(in.view.first.height, in.view.first.width);
    apply_color(sequential.source(), next.view, std::vector{step_of(kind)}, kUnit, kTwo);
    sequential.bytes = next.bytes;
    sequential.view.first.data = sequential.bytes.data();
  }
  const auto fused = run(in, steps);
  for (std::size_t i = 0; i < fused.size(); ++i) {
    const int difference = static_cast<int>(fused[i]) - static_cast<int>(sequential.bytes[i]);
    CHECK(difference >= -3 && difference <= 3);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  for (const std::int64_t width : {1, 7, 512, 513, 1100}) {
    const Batch in = numbered(5, width);
    test_every_way_gives_the_same_bits(in);
    test_lists_are_their_steps(in);
    test_jitter(in);
  }
  Batch empty(0, 4);
  CHECK(run(empty, {step_of(ColorKind::kContrast)}).empty());
  return fa::test::result();
}
