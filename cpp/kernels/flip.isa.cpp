// Mirrors rows of packed pixels.
#include "kernels/flip_kernels.hpp"

#include <cstring>

#include "core/prefetch.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

// kBytes == 0: the size of a pixel is known at run time only.
template <int kBytes>
FA_INLINE void mirror_pixels(const std::byte* source_end, std::byte* FA_RESTRICT target,
                             std::int64_t width, std::int64_t pixel_bytes) {
  const std::int64_t bytes = kBytes > 0 ? kBytes : pixel_bytes;
  for (std::int64_t x = 0; x < width; ++x) {
    source_end -= bytes;
    std::memcpy(target, source_end, static_cast<std::size_t>(bytes));
    target += bytes;
  }
}

FA_INLINE void mirror_pixels_of(const std::byte* source_end, std::byte* FA_RESTRICT target,
                                std::int64_t width, std::int64_t pixel_bytes) {
  switch (pixel_bytes) {
    case 1:
      return mirror_pixels<1>(source_end, target, width, 1);
    case 2:
      return mirror_pixels<2>(source_end, target, width, 2);
    case 3:
      return mirror_pixels<3>(source_end, target, width, 3);
    case 4:
      return mirror_pixels<4>(source_end, target, width, 4);
    case 6:
      return mirror_pixels<6>(source_end, target, width, 6);
    case 8:
      return mirror_pixels<8>(source_end, target, width, 8);
    case 12:
      return mirror_pixels<12>(source_end, target, width, 12);
    case 16:
      return mirror_pixels<16>(source_end, target, width, 16);
    default:
      return mirror_pixels<0>(source_end, target, width, pixel_bytes);
  }
}

// Reverses the last `used` bytes of a vector pixel by pixel, into its first `used` bytes.
FA_INLINE U8x16 reversing_order(std::int64_t pixel_bytes, std::int64_t used) {
  std::uint8_t order[16] = {};
  for (std::int64_t i = 0; i < used; ++i) {
    order[i] = static_cast<std::uint8_t>(16 - pixel_bytes - i + 2 * (i % pixel_bytes));
  }
  return load_u8x16(order);
}

// Whole vectors as long as 16 bytes remain in the row; only `used` of them are whole pixels, and
// the next vector (or the tail) overwrites the rest. Returns how many bytes of the row are done.
FA_INLINE std::int64_t mirror_vectors(const std::byte* row, std::byte* FA_RESTRICT target,
                                      std::int64_t row_bytes, U8x16 order, std::int64_t used) {
  std::int64_t done = 0;
  for (; row_bytes - done >= 16 + 3 * used; done += 4 * used) {
    const std::byte* from = row + row_bytes - done - 16;
    const U8x16 a = load_u8x16(from);
    const U8x16 b = load_u8x16(from - used);
    const U8x16 c = load_u8x16(from - 2 * used);
    const U8x16 d = load_u8x16(from - 3 * used);
    store(target + done, shuffle(a, order));
    store(target + done + used, shuffle(b, order));
    store(target + done + 2 * used, shuffle(c, order));
    store(target + done + 3 * used, shuffle(d, order));
  }
  for (; row_bytes - done >= 16; done += used) {
    store(target + done, shuffle(load_u8x16(row + row_bytes - done - 16), order));
  }
  return done;
}

void mirror_rows(const RowPairs& rows) {
  const std::int64_t pixel_bytes = rows.pixel_bytes;
  const std::int64_t row_bytes = rows.width * pixel_bytes;
  const bool in_vectors = (FA_HAS_BYTE_SHUFFLE != 0) && pixel_bytes <= 8;
  const std::int64_t used = 16 / pixel_bytes * pixel_bytes;
  const U8x16 order = in_vectors ? reversing_order(pixel_bytes, used) : U8x16{};
  for (std::int64_t y = 0; y < rows.rows; ++y) {
    const std::byte* source = rows.source + y * rows.source_stride;
    std::byte* target = rows.target + y * rows.target_stride;
    prefetch_row(source + kRowsAhead * rows.source_stride, row_bytes);
    const std::int64_t done =
        in_vectors ? mirror_vectors(source, target, row_bytes, order, used) : 0;
    mirror_pixels_of(source + row_bytes - done, target + done, rows.width - done / pixel_bytes,
                     pixel_bytes);
  }
}

}  // namespace

const FlipKernels flip_kernels{&mirror_rows};

}  // namespace fa::FA_ISA
