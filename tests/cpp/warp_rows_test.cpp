// Bands of a warp: float32 rows that round to the pixels of warp_band, any split into bands, and
// canvases against a loop over pixels.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "check.hpp"
#include "core/axis_taps.hpp"
#include "kernels/affine_map.hpp"
#include "kernels/warp.hpp"

using namespace fa;

namespace {

using Bytes = std::vector<std::byte>;
using Random = std::mt19937_64;

constexpr Border kBorders[] = {Border::kConstant, Border::kEdge, Border::kReflect,
                               Border::kSymmetric, Border::kWrap};
constexpr Interpolation kInterpolations[] = {Interpolation::kNearest, Interpolation::kBilinear,
                                             Interpolation::kBicubic};
constexpr DType kDTypes[] = {DType::kUint8, DType::kUint16, DType::kFloat32};

// Values of any dtype, all of them finite.
Bytes random_values(DType dtype, std::int64_t count, Random& random) {
  Bytes values(static_cast<std::size_t>(count * item_size(dtype)));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto level = static_cast<std::uint16_t>(random());
    const float real = static_cast<float>(level) / 65535.0f;
    std::byte* to = values.data() + i * item_size(dtype);
    if (dtype == DType::kFloat32) std::memcpy(to, &real, sizeof real);
    if (dtype != DType::kFloat32) {
      std::memcpy(to, &level, static_cast<std::size_t>(item_size(dtype)));
    }
  }
  return values;
}

float value_at(const Bytes& values, DType dtype, std::int64_t i) {
  const std::byte* from = values.data() + i * item_size(dtype);
  float real = 0.0f;
  std::uint16_t level = 0;
  if (dtype == DType::kFloat32) {
    std::memcpy(&real, from, sizeof real);
    return real;
  }
  std::memcpy(&level, from, static_cast<std::size_t>(item_size(dtype)));
  return static_cast<float>(level);
}

struct Picture {
  PixelFormat format;
  std::int64_t height, width;
  Bytes bytes;
};

std::int64_t all_channels(const PixelFormat& format) { return format.planes * format.channels; }

Picture blank(const PixelFormat& format, std::int64_t height, std::int64_t width) {
  const std::int64_t count = all_channels(format) * height * width;
  return {format, height, width,
          Bytes(static_cast<std::size_t>(count * item_size(format.dtype)), std::byte{0x55})};
}

Picture random_picture(const PixelFormat& format, std::int64_t height, std::int64_t width,
                       Random& random) {
  Picture picture = blank(format, height, width);
  picture.bytes = random_values(format.dtype, all_channels(format) * height * width, random);
  return picture;
}

template <class Byte, class P>
ImageView<Byte> view(P& picture) {
  const std::int64_t row_bytes = picture.width * pixel_bytes(picture.format);
  return {picture.bytes.data(), picture.height, picture.width, row_bytes,
          picture.height * row_bytes};
}

WarpMap random_map(Random& random, std::int64_t height, std::int64_t width) {
  std::uniform_real_distribution<double> angle(0.0, 6.3), zoom(0.3, 3.0), shift(-20.0, 40.0);
  const double turn = angle(random), scale = zoom(random);
  const double matrix[6] = {scale * std::cos(turn),  scale * std::sin(turn), shift(random),
                            -scale * std::sin(turn), scale * std::cos(turn), shift(random)};
  if (random() % 2 == 0) return WarpMap{*inverse_map(matrix, height, width)};
  std::uniform_real_distribution<double> lean(-0.02, 0.02);
  const double projective[9] = {matrix[0], matrix[1],    matrix[2],    matrix[3], matrix[4],
                                matrix[5], lean(random), lean(random), 1.0};
  return *inverse_perspective(projective, 31, 44, height, width);
}

// Whole pixels, also mirrored.
WarpMap whole_map(Random& random) {
  const double sign = random() % 2 == 0 ? 1.0 : -1.0;
  const double x = static_cast<double>(random() % 30) - 5.0;
  const double y = static_cast<double>(random() % 10) - 5.0;
  return WarpMap{{sign, 0.0, x, 0.0, 1.0, y, sign, 0.0}};
}

// The whole picture, in bands of `rows` rows.
Picture warped(const Picture& source, const WarpJob& job, std::int64_t height, std::int64_t width,
               std::int64_t rows) {
  Picture result = blank(source.format, height, width);
  for (std::int64_t plane = 0; plane < source.format.planes; ++plane) {
    for (std::int64_t y = 0; y < height; y += rows) {
      warp_band(view<const std::byte>(source), source.format, job, view<std::byte>(result),
                {99, plane, y, std::min(y + rows, height)});
    }
  }
  return result;
}

// The same as values in the order of the picture's; `apart` says whether interleaved channels are
// asked for apart. Slack and what lies between rows must stay as it was or is scratch.
std::vector<float> warped_values(const Picture& source, const WarpJob& job, std::int64_t height,
                                 std::int64_t width, std::int64_t rows, bool apart) {
  const PixelFormat& format = source.format;
  const std::int64_t channels = format.channels;
  const std::int64_t channel_stride = width + kRowSlack;
  const std::int64_t stride = apart ? channels * channel_stride : channels * width + kRowSlack;
  constexpr float kUntouched = -7.0f;
  std::vector<float> result;
  for (std::int64_t plane = 0; plane < format.planes; ++plane) {
    for (std::int64_t y = 0; y < height; y += rows) {
      const std::int64_t end = std::min(y + rows, height);
      std::vector<float> values(static_cast<std::size_t>((end - y) * stride + 1), kUntouched);
      warp_rows(view<const std::byte>(source), format, job, width, {99, plane, y, end},
                {values.data(), stride, apart ? channel_stride : 0});
      CHECK(values.back() == kUntouched);
      for (std::int64_t row = 0; row < end - y; ++row) {
        for (std::int64_t i = 0; i < width * channels; ++i) {
          const std::int64_t at = apart ? i % channels * channel_stride + i / channels : i;
          result.push_back(values[static_cast<std::size_t>(row * stride + at)]);
        }
      }
    }
  }
  return result;
}

bool rounds_to(const std::vector<float>& values, const Picture& pixels) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const DType dtype = pixels.format.dtype;
    const float pixel = value_at(pixels.bytes, dtype, static_cast<std::int64_t>(i));
    const float top = dtype == DType::kUint8 ? 255.0f : 65535.0f;
    const float level = std::floor(std::clamp(values[i], 0.0f, top) + 0.5f);
    const float rounded = dtype == DType::kFloat32 ? values[i] : level;
    if (rounded != pixel) return false;
  }
  return true;
}

void test_rows_round_to_pixels(const PixelFormat& format, Random& random) {
  const Picture source = random_picture(format, 31, 44, random);
  const Bytes fill = random_values(format.dtype, all_channels(format), random);
  const Bytes other_fill = random_values(format.dtype, all_channels(format), random);
  const WarpCanvas canvas{random_map(random, 29, 150), 25, 60, other_fill.data()};
  for (const Border border : kBorders) {
    for (const Interpolation how : kInterpolations) {
      for (const WarpMap& map : {random_map(random, 29, 150), whole_map(random)}) {
        const std::int64_t count = static_cast<std::int64_t>(random() % 2);
        const WarpJob job{map, how, border, fill.data(), &canvas, count};
        const Picture whole = warped(source, job, 29, 150, 29);
        CHECK(whole.bytes == warped(source, job, 29, 150, 4).bytes);
        const std::vector<float> values = warped_values(source, job, 29, 150, 29, true);
        CHECK(values == warped_values(source, job, 29, 150, 4, true));
        CHECK(values == warped_values(source, job, 29, 150, 29, false));
        CHECK(rounds_to(values, whole));
      }
    }
  }
}

bool is_inside(const WarpMap& map, const Area& area, std::int64_t x, std::int64_t y) {
  const RowPoints points = row_points(map, y, 0.0);
  if (at(points.w, x) <= 0.0) return false;
  const Point point = point_at(points, x);
  return point.x >= area.left && point.x < area.right && point.y >= area.top &&
         point.y < area.bottom;
}

// The warp without canvases, over which each pixel takes the fill of the last canvas it misses.
Picture with_canvases(const Picture& source, const WarpJob& job, std::int64_t height,
                      std::int64_t width) {
  WarpJob plain = job;
  plain.canvas_count = 0;
  Picture result = warped(source, plain, height, width, height);
  const std::int64_t bytes = pixel_bytes(source.format);
  const auto size = static_cast<std::size_t>(bytes);
  for (std::int64_t plane = 0; plane < source.format.planes; ++plane) {
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        for (std::int64_t i = 0; i < job.canvas_count; ++i) {
          const WarpCanvas& canvas = job.canvases[i];
          if (is_inside(canvas.map, canvas_area(canvas), x, y)) continue;
          std::memcpy(row(view<std::byte>(result), plane, y) + x * bytes,
                      canvas.fill + plane * bytes, size);
          break;
        }
      }
    }
  }
  return result;
}

void test_canvases(const PixelFormat& format, Random& random) {
  const Picture source = random_picture(format, 31, 44, random);
  std::vector<Bytes> fills;
  for (int i = 0; i < 4; ++i) {
    fills.push_back(random_values(format.dtype, all_channels(format), random));
  }
  for (int trial = 0; trial < 12; ++trial) {
    std::vector<WarpCanvas> canvases;
    for (std::size_t i = 0; i < 3; ++i) {
      const WarpMap map = trial % 5 == 0 ? whole_map(random) : random_map(random, 33, 70);
      canvases.push_back({map, 10 + 9 * trial % 40, trial == 7 ? 0 : 50, fills[i].data()});
    }
    const WarpJob job{trial % 7 == 0 ? whole_map(random) : random_map(random, 33, 70),
                      kInterpolations[trial % 3],
                      kBorders[trial % 5],
                      fills[3].data(),
                      canvases.data(),
                      trial % 4};
    CHECK(warped(source, job, 33, 70, 5).bytes == with_canvases(source, job, 33, 70).bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  Random random(11);
  for (const DType dtype : kDTypes) {
    for (const std::int64_t channels : {1, 2, 3, 4, 5}) {
      for (const PixelFormat& format :
           {PixelFormat{dtype, 1, channels}, PixelFormat{dtype, channels, 1}}) {
        test_rows_round_to_pixels(format, random);
        test_canvases(format, random);
      }
    }
  }
  return fa::test::result();
}
