// Writes rows of pixels that stand in columns of the source.
#include "kernels/turn_kernels.hpp"

#include <cstring>

#include "core/inline.hpp"
#include "core/prefetch.hpp"
#include "simd/simd.hpp"

namespace fa::FA_ISA {
namespace {

// Reads of a column touch a cache line per row; writing this many rows side by side uses most of
// it.
constexpr std::int64_t kBlockRows = 16;
// Stepping from row to row defeats the hardware prefetcher: this many source rows are fetched
// ahead.
constexpr std::int64_t kColumnsAhead = 24;

// kRows > 0: exactly that many target rows, so that the loop unrolls.
template <int kBytes, int kRows>
FA_INLINE void gather_columns(const StridedSource& source, const GatheredRows& rows) {
  const std::int64_t bytes = kBytes > 0 ? kBytes : rows.pixel_bytes;
  const std::int64_t count = kRows > 0 ? kRows : rows.rows;
  for (std::int64_t x = 0; x < rows.width; ++x) {
    const std::byte* from = source.first + x * source.step_x;
    std::byte* to = rows.target + x * bytes;
    prefetch(from + kColumnsAhead * source.step_x);
    prefetch(from + kColumnsAhead * source.step_x + count * source.step_y);
    for (std::int64_t y = 0; y < count; ++y) {
      std::memcpy(to + y * rows.target_stride, from + y * source.step_y,
                  static_cast<std::size_t>(bytes));
    }
  }
}

// The same rows from column x on.
FA_INLINE GatheredRows rest_of(const GatheredRows& rows, std::int64_t x) {
  return {rows.target + x * rows.pixel_bytes, rows.target_stride, rows.rows, rows.width - x,
          rows.pixel_bytes};
}

FA_INLINE StridedSource rest_of(const StridedSource& source, std::int64_t x) {
  return {source.first + x * source.step_x, source.step_x, source.step_y};
}

// Sixteen vectors become their sixteen columns: each round deals the bytes out by one more bit of
// their position.
FA_INLINE void transpose_square(U8x16 (&square)[16]) {
  for (int round = 0; round < 4; ++round) {
    U8x16 dealt[16];
    for (int i = 0; i < 8; ++i) {
      dealt[2 * i] = zip_low(square[i], square[i + 8]);
      dealt[2 * i + 1] = zip_high(square[i], square[i + 8]);
    }
    for (int i = 0; i < 16; ++i) square[i] = dealt[i];
  }
}

// Sixteen rows of single bytes.
FA_INLINE void gather_bytes(const StridedSource& source, const GatheredRows& rows) {
  const bool backwards = source.step_y < 0;
  std::int64_t x = 0;
  for (; x + 16 <= rows.width; x += 16) {
    U8x16 square[16];
    for (int i = 0; i < 16; ++i) {
      const std::byte* from = source.first + (x + i) * source.step_x;
      prefetch(from + kColumnsAhead * source.step_x);
      square[i] = load_u8x16(backwards ? from - 15 : from);
    }
    transpose_square(square);
    for (int i = 0; i < 16; ++i) {
      store(rows.target + (backwards ? 15 - i : i) * rows.target_stride + x, square[i]);
    }
  }
  gather_columns<1, kBlockRows>(rest_of(source, x), rest_of(rows, x));
}

// Four vectors of four 32-bit numbers become their four columns.
FA_INLINE void transpose_words(U8x16 (&square)[4]) {
  const U8x16 a = zip_low_u32(square[0], square[2]), b = zip_low_u32(square[1], square[3]);
  const U8x16 c = zip_high_u32(square[0], square[2]), d = zip_high_u32(square[1], square[3]);
  square[0] = zip_low_u32(a, b);
  square[1] = zip_high_u32(a, b);
  square[2] = zip_low_u32(c, d);
  square[3] = zip_high_u32(c, d);
}

// Sixteen rows of four-byte pixels, in squares of four by four.
FA_INLINE void gather_words(const StridedSource& source, const GatheredRows& rows) {
  const bool backwards = source.step_y < 0;
  std::int64_t x = 0;
  for (; x + 4 <= rows.width; x += 4) {
    for (std::int64_t y = 0; y < kBlockRows; y += 4) {
      U8x16 square[4];
      for (int i = 0; i < 4; ++i) {
        const std::byte* from = source.first + (x + i) * source.step_x + y * source.step_y;
        prefetch(from + kColumnsAhead * source.step_x);
        square[i] = load_u8x16(backwards ? from - 12 : from);
      }
      transpose_words(square);
      for (int i = 0; i < 4; ++i) {
        store(rows.target + (y + i) * rows.target_stride + x * 4, square[backwards ? 3 - i : i]);
      }
    }
  }
  gather_columns<4, kBlockRows>(rest_of(source, x), rest_of(rows, x));
}

#if FA_HAS_BYTE_SHUFFLE

// Sixteen rows of three-byte pixels, in squares of four by four of which each pixel takes up four
// bytes. What a store writes beyond its pixels is written over by the next.
FA_INLINE void gather_triples(const StridedSource& source, const GatheredRows& rows) {
  const std::uint8_t spread[16] = {0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11};
  const std::uint8_t packed[16] = {0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0};
  const U8x16 spreading = load_u8x16(spread), packing = load_u8x16(packed);
  const bool backwards = source.step_y < 0;
  std::int64_t x = 0;
  for (; x + 6 <= rows.width; x += 4) {
    for (std::int64_t y = 0; y < kBlockRows; y += 4) {
      U8x16 square[4];
      for (int i = 0; i < 4; ++i) {
        const std::byte* from = source.first + (x + i) * source.step_x + y * source.step_y;
        prefetch(from + kColumnsAhead * source.step_x);
        square[i] = shuffle(load_twelve(backwards ? from - 9 : from), spreading);
      }
      transpose_words(square);
      for (int i = 0; i < 4; ++i) {
        store(rows.target + (y + i) * rows.target_stride + x * 3,
              shuffle(square[backwards ? 3 - i : i], packing));
      }
    }
  }
  gather_columns<3, kBlockRows>(rest_of(source, x), rest_of(rows, x));
}

#endif

template <int kBytes>
FA_INLINE void gather_block(const StridedSource& source, const GatheredRows& rows) {
  if (rows.rows != kBlockRows) return gather_columns<kBytes, 0>(source, rows);
  if (kBytes == 1) return gather_bytes(source, rows);
  if (kBytes == 4) return gather_words(source, rows);
#if FA_HAS_BYTE_SHUFFLE
  if (kBytes == 3) return gather_triples(source, rows);
#endif
  gather_columns<kBytes, kBlockRows>(source, rows);
}

template <int kBytes>
void gather_blocks(const StridedSource& source, const GatheredRows& rows) {
  for (std::int64_t y = 0; y < rows.rows; y += kBlockRows) {
    const StridedSource from{source.first + y * source.step_y, source.step_x, source.step_y};
    const std::int64_t left = rows.rows - y;
    gather_block<kBytes>(from,
                         {rows.target + y * rows.target_stride, rows.target_stride,
                          left < kBlockRows ? left : kBlockRows, rows.width, rows.pixel_bytes});
  }
}

void gather_rows(const StridedSource& source, const GatheredRows& rows) {
  switch (rows.pixel_bytes) {
    case 1:
      return gather_blocks<1>(source, rows);
    case 2:
      return gather_blocks<2>(source, rows);
    case 3:
      return gather_blocks<3>(source, rows);
    case 4:
      return gather_blocks<4>(source, rows);
    case 6:
      return gather_blocks<6>(source, rows);
    case 8:
      return gather_blocks<8>(source, rows);
    case 12:
      return gather_blocks<12>(source, rows);
    case 16:
      return gather_blocks<16>(source, rows);
    default:
      return gather_blocks<0>(source, rows);
  }
}

}  // namespace

const TurnKernels turn_kernels{&gather_rows};

}  // namespace fa::FA_ISA
