// Running a plan: the same bits however rows, samples and threads share the work.
#include <numeric>

#include "check.hpp"
#include "pipeline/lower.hpp"
#include "pipeline/pass_rows.hpp"
#include "pipeline/run.hpp"
#include "pipeline_helpers.hpp"

using namespace fa;
using namespace fa::test;

namespace {

constexpr CanvasSize kOdd{91, 73};
constexpr CanvasSize kLarge{301, 233};  // enough rows for four threads
const Outside kReflected{Border::kReflect, {0.0}};
const Normalize kNormalize{{0.5, 0.4, 0.3}, {0.2, 0.25, 0.5}, DType::kFloat32};
const Normalize kToHalf{{0.5}, {0.25}, DType::kFloat16};
const RandomResizedCrop kResizedCrop{140, 129, {0.3, 1}, {0.7, 1.4}, kSmooth};
const RandomErasing kNoiseBox{1.0, {0.1, 0.2}, {0.5, 2}, true, {}};

struct Case {
  Pipeline pipeline;
  DType result = DType::kUint8;
};

RandomAffine turning(Interpolation interpolation, const Outside& outside) {
  RandomAffine affine = affine_of({-40, 40}, 0.1, 0.1);
  affine.interpolation = interpolation;
  affine.outside = outside;
  return affine;
}

// One pass each, of the kinds that are shared out by rows.
std::vector<Case> single_passes() {
  const RandomFlip mirror{true, 1.0}, upside_down{false, 1.0};
  const Pad pad{9, 8, 7, 6, kReflected};
  const Resize nearest{120, 99, 0, {ResampleFilter::kNearest, true}};
  const Resize cubic{170, 99, 0, {ResampleFilter::kBicubic, true}};
  return {{pipeline_of(mirror, upside_down, random_crop(81, 67))},
          {pipeline_of(pad, mirror, upside_down)},
          {pipeline_of(pad, mirror, kNormalize), DType::kFloat32},
          {pipeline_of(random_crop(80, 67), kToHalf), DType::kFloat16},
          {pipeline_of(RandomQuarterTurn{1.0}, RandomErasing{1, {0.1, 0.2}, {1, 2}, false, {7}})},
          {pipeline_of(turning(Interpolation::kBilinear, kReflected))},
          {pipeline_of(pad, turning(Interpolation::kBicubic, kBlack), kNormalize), DType::kFloat32},
          {pipeline_of(turning(Interpolation::kNearest, kBlack), jitter_of(0.0), kNoiseBox)},
          {pipeline_of(nearest, upside_down)},
          {pipeline_of(nearest, mirror, kNormalize), DType::kFloat32},
          {pipeline_of(cubic, mirror, GaussianNoise{0, 0.1, true})},
          {pipeline_of(kResizedCrop, kNormalize), DType::kFloat32}};
}

// Several passes each, with those that need the whole image.
std::vector<Case> many_passes() {
  const RandomAffine turn = turning(Interpolation::kBilinear, kBlack);
  return {{pipeline_of(turn, jitter_of(0.4), kNormalize), DType::kFloat32},
          {pipeline_of(jitter_of(0.4), turn, GaussianBlur{5, 9, {0.5, 2}})},
          {pipeline_of(RandomTone{ToneKind::kEqualize, 1.0}, RandomSharpness{{1.5, 1.9}, 1.0},
                       kNoiseBox, turn)},
          {pipeline_of(RandomTone{ToneKind::kAutocontrast, 1.0}, GaussianBlur{3, 3, {1, 1}},
                       Pad{5, 0, 0, 5, kReflected}, turning(Interpolation::kBilinear, kReflected),
                       kNormalize),
           DType::kFloat32}};
}

// One image on its way through a plan.
struct Run {
  Images image;
  Plan plan;
  PixelFormat source_format, target_format;
  Images result;

  Source source() const { return fa::image(image.source(), 0); }
  Target target() { return fa::image(result.target(), 0); }
};

Run run_of(const Case& one, CanvasSize size, const PixelFormat& format, const PixelFormat& target) {
  Images image = noise_images(format, {size});
  const Records records = draw_sample(one.pipeline, 5, size);
  Plan plan;
  lower(one.pipeline, records.data(), {format, target, size}, plan);
  Images result(target, {journey(one.pipeline, records.data(), size).size});
  return {std::move(image), std::move(plan), format, target, std::move(result)};
}

template <class Check>  // check(run) from and to both layouts
void for_each_run(const std::vector<Case>& cases, CanvasSize size, Check check) {
  const DType dtype = DType::kUint8;
  for (const Case& one : cases) {
    for (const PixelFormat& source : {hwc(dtype), chw(dtype)}) {
      check(run_of(one, size, source, hwc(one.result)));
      check(run_of(one, size, source, chw(one.result)));
    }
  }
}

std::vector<std::byte> run_on(Run& run, int threads) {
  run.result.fill(std::byte{0xA5});
  run_plan(run.plan, run.source(), run.source_format, run.target(), run.target_format, {threads});
  return run.result.bytes();
}

void test_threads_do_not_change_a_bit() {
  const auto check = [](Run run) {
    const std::vector<std::byte> expected = run_on(run, 1);
    for (int threads = 2; threads <= 4; ++threads) CHECK(run_on(run, threads) == expected);
  };
  for_each_run(single_passes(), kLarge, check);
  for_each_run(many_passes(), kLarge, check);
}

// The pass as run_plan would run it, in the pieces between the given rows, last piece first.
std::vector<std::byte> run_in_pieces(Run& run, const std::vector<std::int64_t>& cuts) {
  run.result.fill(std::byte{0xA5});
  const Pass& pass = run.plan.passes[0];
  std::vector<TileStep> steps;
  std::vector<float> tables;
  make_tile_steps(run.plan, pass, 0.0, steps, tables);
  Source window = run.source();
  window.data +=
      pass.window.y0 * window.row_stride + pass.window.x0 * pixel_bytes(run.source_format);
  window.height = pass.window.y1 - pass.window.y0;
  window.width = pass.window.x1 - pass.window.x0;
  ResamplePlan resample;
  if (pass.kind == PassKind::kResample) {
    make_resample_plan({{0, 0, window.width, window.height},
                        pass.resized.height,
                        pass.resized.width,
                        pass.wanted,
                        pass.is_mirrored,
                        pass.is_upside_down},
                       pass.options, run.source_format.dtype, resample);
  }
  const PassJob job{run.plan,          pass,  window,   run.source_format, run.target(),
                    run.target_format, steps, &resample};
  for (std::size_t i = cuts.size() - 1; i > 0; --i) run_rows(job, cuts[i - 1], cuts[i]);
  return run.result.bytes();
}

void test_rows_do_not_depend_on_the_range_they_are_made_in() {
  for_each_run(single_passes(), kOdd, [](Run run) {
    CHECK(run.plan.passes.size() == 1);
    const std::int64_t height = run.plan.passes[0].size.height;
    std::vector<std::int64_t> every_row(static_cast<std::size_t>(height + 1));
    std::iota(every_row.begin(), every_row.end(), 0);
    const std::vector<std::byte> expected = run_on(run, 1);
    CHECK(run_in_pieces(run, {0, height}) == expected);
    CHECK(run_in_pieces(run, {0, 1, 3, 3, 50, 57, height - 1, height}) == expected);
    CHECK(run_in_pieces(run, every_row) == expected);
  });
}

void test_other_rows_are_left_alone() {
  for_each_run(single_passes(), kOdd, [](Run run) {
    const std::vector<std::byte> whole = run_on(run, 1);
    run_in_pieces(run, {20, 31});
    const Target target = run.target();
    for (std::int64_t plane = 0; plane < run.target_format.planes; ++plane) {
      for (std::int64_t y = 0; y < target.height; ++y) {
        const std::byte* made = row(target, plane, y);
        const std::byte* expected = whole.data() + (made - run.result.bytes().data());
        const bool is_made = y >= 20 && y < 31;
        const auto row_bytes = static_cast<std::size_t>(target.row_stride);
        CHECK(is_made ? std::memcmp(made, expected, row_bytes) == 0
                      : std::all_of(made, made + row_bytes,
                                    [](std::byte byte) { return byte == std::byte{0xA5}; }));
      }
    }
  });
}

// A batch large enough to be shared out by samples gives what each of its samples gives by rows.
void test_samples_do_not_depend_on_their_batch() {
  const std::vector<CanvasSize> sizes = {{151, 133}, {90, 140},  {200, 121}, {133, 151}, {80, 99},
                                         {77, 78},   {151, 133}, {64, 65},   {91, 93},   {100, 70}};
  const Case recipe{pipeline_of(kResizedCrop, RandomFlip{true, 0.5}, jitter_of(0.4), kNormalize),
                    DType::kFloat32};
  const Images images = noise_images(hwc(DType::kUint8), sizes);
  const Drawn drawn = draw_all(recipe.pipeline, images.source());
  Images together(chw(recipe.result), drawn.sizes);
  run_batch(recipe.pipeline, images.source(), together.target(), drawn.records.data(), {2});
  const std::size_t sample_bytes = together.bytes().size() / sizes.size();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    SourceBatch one = images.source();
    one.count = 1;
    one.ragged += i;
    Images alone(chw(recipe.result), {drawn.sizes[i]});
    run_batch(recipe.pipeline, one, alone.target(),
              drawn.records.data() + i * recipe.pipeline.transforms.size(), {4});
    CHECK(std::memcmp(alone.bytes().data(), together.bytes().data() + i * sample_bytes,
                      sample_bytes) == 0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!use_isa(argc, argv)) return kSkipped;
  test_threads_do_not_change_a_bit();
  test_rows_do_not_depend_on_the_range_they_are_made_in();
  test_other_rows_are_left_alone();
  test_samples_do_not_depend_on_their_batch();
  return fa::test::result();
}
