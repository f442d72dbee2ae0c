// Resampled rows as later stages ask for them: planar, mirrored, in bands of any size, with nothing
// read or written outside. Accuracy is tested from Python.
#include "kernels/resample.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "check.hpp"

using namespace fa;

namespace {

struct Case {
  std::int64_t height, width, target_height, target_width, channels;
  DType dtype;
};

// All rows of the result as pixels[y][x][c], made in bands of `step` rows.
std::vector<float> resampled(const std::vector<std::byte>& source, const Case& sizes,
                             ResampleOptions options, bool is_mirrored, bool is_planar,
                             std::int64_t step) {
  const PixelFormat format{sizes.dtype, 1, sizes.channels};
  const Source image{source.data(), sizes.height, sizes.width, sizes.width * pixel_bytes(format),
                     0};
  ResamplePlan plan;
  make_resample_plan({{0, 0, sizes.width, sizes.height},
                      sizes.target_height,
                      sizes.target_width,
                      {0, 0, sizes.target_width, sizes.target_height},
                      is_mirrored,
                      false},
                     options, sizes.dtype, plan);
  const std::int64_t width = sizes.target_width, channels = sizes.channels;
  const std::int64_t stride = width * channels + kRowSlack;
  std::vector<float> buffer(static_cast<std::size_t>(resample_buffer_size(plan, sizes.channels)));
  std::vector<float> rows(static_cast<std::size_t>(stride * step));
  std::vector<float> pixels;
  for (std::int64_t y = 0; y < sizes.target_height; y += step) {
    const std::int64_t end = std::min(y + step, sizes.target_height);
    resample_rows(image, format, plan, {0, 0, y, end}, buffer.data(),
                  {rows.data(), stride, is_planar ? width : 0});
    for (std::int64_t i = 0; i < end - y; ++i) {
      for (std::int64_t x = 0; x < width; ++x) {
        for (std::int64_t c = 0; c < channels; ++c) {
          const std::int64_t at = is_planar ? c * width + x : x * channels + c;
          pixels.push_back(rows[static_cast<std::size_t>(i * stride + at)]);
        }
      }
    }
  }
  return pixels;
}

std::vector<float> mirrored(const std::vector<float>& pixels, const Case& sizes) {
  std::vector<float> result;
  for (std::int64_t y = 0; y < sizes.target_height; ++y) {
    for (std::int64_t x = sizes.target_width - 1; x >= 0; --x) {
      const auto first = pixels.begin() + (y * sizes.target_width + x) * sizes.channels;
      result.insert(result.end(), first, first + sizes.channels);
    }
  }
  return result;
}

void test_case(const Case& sizes, std::mt19937_64& random) {
  const auto values = static_cast<std::size_t>(sizes.height * sizes.width * sizes.channels);
  std::vector<std::byte> source(values * static_cast<std::size_t>(item_size(sizes.dtype)));
  for (std::size_t i = 0; i < values; ++i) {
    const auto value = static_cast<std::uint8_t>(random());
    if (sizes.dtype == DType::kFloat32) {
      const float stored = static_cast<float>(value) / 255.0f;
      std::memcpy(source.data() + 4 * i, &stored, 4);
    } else {
      source[i * static_cast<std::size_t>(item_size(sizes.dtype))] = static_cast<std::byte>(value);
    }
  }
  for (const ResampleFilter filter :
       {ResampleFilter::kNearest, ResampleFilter::kBilinear, ResampleFilter::kBicubic}) {
    for (const bool antialias : {false, true}) {
      const ResampleOptions options{filter, antialias};
      const auto expected = resampled(source, sizes, options, false, false, 1);
      for (const std::int64_t step : {1, 3, 4, 9}) {
        for (const bool is_planar : {false, true}) {
          CHECK(resampled(source, sizes, options, false, is_planar, step) == expected);
          CHECK(resampled(source, sizes, options, true, is_planar, step) ==
                mirrored(expected, sizes));
        }
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  std::mt19937_64 random(1);
  for (const DType dtype : {DType::kUint8, DType::kUint16, DType::kFloat32}) {
    for (const std::int64_t channels : {1, 2, 3, 4, 5}) {
      test_case({23, 31, 11, 14, channels, dtype}, random);
      test_case({7, 5, 18, 33, channels, dtype}, random);
      test_case({1, 40, 9, 3, channels, dtype}, random);
      test_case({60, 2, 5, 2, channels, dtype}, random);
    }
  }
  return fa::test::result();
}
