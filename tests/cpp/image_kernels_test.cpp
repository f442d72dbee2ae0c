// Flips, turns, crops and normalise on arrays that end where they end: for the sanitizers. What the
// results mean is tested from Python.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "check.hpp"
#include "kernels/crop.hpp"
#include "kernels/flip.hpp"
#include "kernels/normalize.hpp"
#include "kernels/turn.hpp"

using namespace fa;

namespace {

constexpr Threads kTwo{2};

// A batch of uint8 images on the heap, exactly as large as it must be.
struct HeapBatch {
  HeapBatch(std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c)
      : bytes(std::make_unique<std::byte[]>(static_cast<std::size_t>(n * h * w * c))),
        view{{DType::kUint8, 1, c}, n, {bytes.get(), h, w, w * c, 0}, h * w * c, nullptr} {}

  SourceBatch source() const {
    return {view.format,
            view.count,
            {view.first.data, view.first.height, view.first.width, view.first.row_stride, 0},
            view.sample_stride,
            nullptr};
  }
  std::byte& at(std::int64_t n, std::int64_t y, std::int64_t x, std::int64_t c) {
    const Target one = image(view, n);
    return row(one, 0, y)[x * view.format.channels + c];
  }
  void number() {
    for (std::int64_t i = 0; i < view.count * view.sample_stride; ++i) {
      bytes[static_cast<std::size_t>(i)] = static_cast<std::byte>(i * 7 + 3);
    }
  }

  std::unique_ptr<std::byte[]> bytes;
  TargetBatch view;
};

template <class Check>
void for_each_pixel(const TargetBatch& batch, Check check) {
  for (std::int64_t n = 0; n < batch.count; ++n) {
    for (std::int64_t y = 0; y < batch.first.height; ++y) {
      for (std::int64_t x = 0; x < batch.first.width; ++x) {
        for (std::int64_t c = 0; c < batch.format.channels; ++c) check(n, y, x, c);
      }
    }
  }
}

void test_moves(std::int64_t h, std::int64_t w, std::int64_t c) {
  HeapBatch in(3, h, w, c), same(3, h, w, c), turned(3, w, h, c);
  in.number();
  const bool all = true;
  const std::int64_t turns[3] = {1, 3, 1};
  hflip(in.source(), same.view, {&all, 0}, kTwo);
  for_each_pixel(same.view, [&](auto n, auto y, auto x, auto k) {
    CHECK(same.at(n, y, x, k) == in.at(n, y, w - 1 - x, k));
  });
  vflip(in.source(), same.view, {&all, 0}, kTwo);
  for_each_pixel(same.view, [&](auto n, auto y, auto x, auto k) {
    CHECK(same.at(n, y, x, k) == in.at(n, h - 1 - y, x, k));
  });
  rot90(in.source(), turned.view, {turns, 1}, kTwo);
  for_each_pixel(turned.view, [&](auto n, auto y, auto x, auto k) {
    const bool clockwise = turns[n] == 3;
    const auto from = clockwise ? in.at(n, h - 1 - x, y, k) : in.at(n, x, w - 1 - y, k);
    CHECK(turned.at(n, y, x, k) == from);
  });
}

void test_crops(std::int64_t h, std::int64_t w, std::int64_t c) {
  HeapBatch in(3, h, w, c), out(3, 9, 11, c);
  in.number();
  const std::byte fill[8] = {};
  const std::int64_t tops[3] = {-4, 0, h - 2}, lefts[3] = {w - 3, -20, 1};
  for (const Border border :
       {Border::kConstant, Border::kEdge, Border::kReflect, Border::kSymmetric, Border::kWrap}) {
    crop(in.source(), out.view, {{tops, 1}, {lefts, 1}, border, fill}, kTwo);
    for_each_pixel(out.view, [&](auto n, auto y, auto x, auto k) {
      const std::int64_t from_y = border_index(border, tops[n] + y, h);
      const std::int64_t from_x = border_index(border, lefts[n] + x, w);
      const bool outside = from_y < 0 || from_x < 0;
      CHECK(out.at(n, y, x, k) == (outside ? std::byte{0} : in.at(n, from_y, from_x, k)));
    });
  }
}

void test_normalize(std::int64_t h, std::int64_t w, std::int64_t c) {
  HeapBatch in(2, h, w, c), floats(2, h, w, c * 4);
  in.number();
  float scale[8], bias[8];
  for (int k = 0; k < 8; ++k) {
    scale[k] = 0.5f + static_cast<float>(k);
    bias[k] = static_cast<float>(k) - 2.0f;
  }
  for (const bool planar : {false, true}) {
    TargetBatch target = floats.view;
    target.format = {DType::kFloat32, planar ? c : 1, planar ? 1 : c};
    target.first.row_stride = w * 4 * (planar ? 1 : c);
    target.first.plane_stride = planar ? h * w * 4 : 0;
    normalize(in.source(), target, {scale, bias}, kTwo);
    for_each_pixel(in.view, [&](auto n, auto y, auto x, auto k) {
      float value;
      const std::byte* at = row(image(target, n), planar ? k : 0, y) + (planar ? x : x * c + k) * 4;
      std::memcpy(&value, at, 4);
      CHECK(value == static_cast<float>(in.at(n, y, x, k)) * scale[k] + bias[k]);
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!fa::test::use_isa(argc, argv)) return fa::test::kSkipped;
  for (const std::int64_t width : {1, 5, 16, 17, 33, 64}) {
    for (const std::int64_t channels : {1, 2, 3, 4, 5}) {
      test_moves(7, width, channels);
      test_moves(33, width, channels);
      test_crops(5, width, channels);
      test_normalize(3, width, channels);
    }
  }
  return fa::test::result();
}
