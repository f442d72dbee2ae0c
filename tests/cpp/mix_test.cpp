// Mixed batches on arrays that end where they end: for the sanitizers. What the results mean is
// tested from Python.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "check.hpp"
#include "kernels/mix.hpp"
#include "kernels/paste.hpp"

using namespace fa;

namespace {

constexpr Threads kTwo{2};

// A batch on the heap, exactly as large as it must be.
struct HeapBatch {
  HeapBatch(PixelFormat format, std::int64_t n, std::int64_t h, std::int64_t w)
      : size(static_cast<std::size_t>(n * h * w * channels_of(format) * item_size(format.dtype))),
        bytes(std::make_unique<std::byte[]>(size)) {
    const std::int64_t row = w * pixel_bytes(format);
    view = {format, n, {bytes.get(), h, w, row, row * h}, row * h * format.planes, nullptr};
  }

  SourceBatch source() const {
    return {view.format, view.count, as_source(view.first), view.sample_stride, nullptr};
  }
  void number() {
    const std::size_t item = static_cast<std::size_t>(item_size(view.format.dtype));
    for (std::size_t i = 0; i < size / item; ++i) {
      const auto level = static_cast<std::uint8_t>(i * 7 + 3);
      const auto number = static_cast<float>(level);
      if (item == 4) {
        std::memcpy(bytes.get() + 4 * i, &number, 4);
      } else {
        bytes[i * item] = static_cast<std::byte>(level);
      }
    }
  }
  bool same_as(const HeapBatch& other) const {
    return size == other.size && std::memcmp(bytes.get(), other.bytes.get(), size) == 0;
  }

  std::size_t size;
  std::unique_ptr<std::byte[]> bytes;
  TargetBatch view;
};

void test_in_place_is_as_apart(PixelFormat format, std::int64_t n, std::int64_t h, std::int64_t w) {
  std::vector<std::int64_t> order;
  std::vector<double> shares;
  std::vector<Box> boxes;
  for (std::int64_t i = 0; i < n; ++i) {
    order.push_back((i * 2 + 1) % n);
    shares.push_back(i == 1 ? 1.0 : 0.3);
    boxes.push_back({0, i % h, w, h});
  }
  const MixRing ring{order.data(), n};
  for (const bool cuts : {false, true}) {
    HeapBatch in(format, n, h, w), apart(format, n, h, w), place(format, n, h, w);
    in.number();
    place.number();
    const auto mix = [&](const SourceBatch& source, const TargetBatch& target, Threads threads) {
      if (cuts) return cut_mix(source, target, ring, boxes.data(), threads);
      mix_up(source, target, ring, shares.data(), threads);
    };
    mix(in.source(), apart.view, Threads{1});
    mix(place.source(), place.view, kTwo);
    CHECK(apart.same_as(place));
    CHECK(!apart.same_as(in));
  }
}

void test_tiles(PixelFormat format) {
  HeapBatch in(format, 2, 4, 5), out(format, 2, 7, 9);
  in.number();
  const std::byte fill[16] = {};
  std::vector<MosaicTile> tiles;
  for (std::int64_t i = 0; i < 2; ++i) {
    tiles.push_back({i, {0, 0, 3, 2}, -2, -2});
    tiles.push_back({1 - i, {3, 0, 8, 2}, 3, -2});
    tiles.push_back({i, {0, 2, 3, 6}, -2, 2});
    tiles.push_back({1 - i, {3, 2, 8, 6}, 3, 2});
  }
  mosaic(in.source(), out.view, tiles.data(), fill, kTwo);
  const std::int64_t pixel = pixel_bytes(format);
  for (std::int64_t plane = 0; plane < format.planes; ++plane) {
    const auto bytes = static_cast<std::size_t>(pixel);
    const Source first = as_source(out.view.first), source = in.source().first;
    CHECK(std::memcmp(row(first, plane, 1) + 2 * pixel, row(source, plane, 3) + 4 * pixel, bytes) ==
          0);
    CHECK(std::memcmp(row(first, plane, 6), fill, bytes) == 0);
    CHECK(std::memcmp(row(first, plane, 0) + 8 * pixel, fill, bytes) == 0);
  }
}

void test_objects(PixelFormat format, DType mask_dtype) {
  HeapBatch in(format, 2, 4, 5), out(format, 2, 4, 5);
  HeapBatch masks({mask_dtype, 1, 1}, 2, 4, 5), pasted({mask_dtype, 1, 1}, 2, 4, 5);
  in.number();
  masks.number();
  const std::int64_t next[2] = {1, 0};
  const std::int64_t values = mask_dtype == DType::kUint8 ? 256 : 65536;
  std::vector<std::uint8_t> none(static_cast<std::size_t>(2 * values)), all = none;
  paste(in.source(), masks.source(), out.view, pasted.view, next, {none.data(), values}, kTwo);
  CHECK(out.same_as(in));
  CHECK(pasted.same_as(masks));
  mark_values(image(masks.source(), 1), mask_dtype, all.data());
  mark_values(image(masks.source(), 0), mask_dtype, all.data() + values);
  paste(in.source(), masks.source(), out.view, pasted.view, next, {all.data(), values}, kTwo);
  const auto half = in.size / 2;
  CHECK(std::memcmp(out.bytes.get(), in.bytes.get() + half, half) == 0);
  CHECK(std::memcmp(out.bytes.get() + half, in.bytes.get(), half) == 0);
}

void test_sums() {
  const std::uint8_t levels[5] = {0, 1, 100, 200, 255};
  const auto* bytes = reinterpret_cast<const std::byte*>(levels);
  float sum[5];
  add_scaled(bytes, 5, DType::kUint8, 0.75, true, sum);
  add_scaled(bytes, 5, DType::kUint8, 0.5, false, sum);
  for (int i = 0; i < 5; ++i) CHECK(sum[i] == 1.25f * static_cast<float>(levels[i]));
  std::uint8_t rounded[5];
  round_sum(sum, 5, DType::kUint8, reinterpret_cast<std::byte*>(rounded));
  const std::uint8_t expected[5] = {0, 1, 125, 250, 255};
  CHECK(std::memcmp(rounded, expected, 5) == 0);
}

}  // namespace

int main(int argc, char** argv) {
  if (!test::use_isa(argc, argv)) return test::kSkipped;
  for (const DType dtype : {DType::kUint8, DType::kUint16, DType::kFloat32}) {
    for (const PixelFormat format : {PixelFormat{dtype, 1, 3}, PixelFormat{dtype, 3, 1}}) {
      test_in_place_is_as_apart(format, 5, 7, 11);
      test_in_place_is_as_apart(format, 3, 1, 1);
      test_in_place_is_as_apart(format, 3, 70, 201);
      test_tiles(format);
      test_objects(format, DType::kUint8);
      test_objects(format, DType::kUint16);
    }
  }
  test_sums();
  return test::result();
}
