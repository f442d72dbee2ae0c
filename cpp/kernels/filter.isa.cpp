// Sums of neighbouring rows and pixels. Plain loops: the compiler turns each into vectors.
#include "kernels/filter_kernels.hpp"

#include "core/inline.hpp"
#include "kernels/color_tile.isa.hpp"

namespace fa::FA_ISA {
namespace {

// Values between two visits of the same sum: in the first cache with all the rows that are added.
constexpr std::int64_t kPiece = 512;
// Pairs of rows that one loop adds; more pointers would not fit the registers.
constexpr int kMostPairs = 4;

// Adds `kPairs` pairs of rows, from pair `first` on; kStart begins the sum with the centre. The
// order of additions is that of the distances, whatever the pieces and the number of pairs.
template <int kPairs, bool kStart>
FA_INLINE void add_pairs(const WeightedRows& rows, std::int64_t first, std::int64_t offset,
                         float* FA_RESTRICT sum, std::int64_t n) {
  const float* before[kPairs + 1];
  const float* after[kPairs + 1];
  float weights[kPairs + 1];
  for (int p = 0; p < kPairs; ++p) {
    before[p] = rows.before[first + p] + offset;
    after[p] = rows.after[first + p] + offset;
    weights[p] = rows.weights[first + p + 1];
  }
  const float* FA_RESTRICT centre = rows.centre + offset;
  const float centre_weight = rows.weights[0];
  for (std::int64_t i = 0; i < n; ++i) {
    float value = kStart ? centre_weight * centre[i] : sum[i];
    for (int p = 0; p < kPairs; ++p) value += weights[p] * (before[p][i] + after[p][i]);
    sum[i] = value;
  }
}

template <bool kStart>
FA_INLINE std::int64_t add_some_pairs(const WeightedRows& rows, std::int64_t first,
                                      std::int64_t offset, float* sum, std::int64_t n) {
  switch (rows.pairs - first) {
    case 0:
      add_pairs<0, kStart>(rows, first, offset, sum, n);
      return 0;
    case 1:
      add_pairs<1, kStart>(rows, first, offset, sum, n);
      return 1;
    case 2:
      add_pairs<2, kStart>(rows, first, offset, sum, n);
      return 2;
    case 3:
      add_pairs<3, kStart>(rows, first, offset, sum, n);
      return 3;
    default:
      add_pairs<kMostPairs, kStart>(rows, first, offset, sum, n);
      return kMostPairs;
  }
}

void blend_piece(const WeightedRows& rows, std::int64_t offset, float* sum, std::int64_t n) {
  std::int64_t done = add_some_pairs<true>(rows, 0, offset, sum, n);
  while (done < rows.pairs) done += add_some_pairs<false>(rows, done, offset, sum, n);
}

void blend(const WeightedRows& rows, float* to, std::int64_t values) {
  for (std::int64_t i = 0; i < values; i += kPiece) {
    blend_piece(rows, i, to + i, values - i < kPiece ? values - i : kPiece);
  }
}

template <class T>
void blend_to(const WeightedRows& rows, std::byte* to, std::int64_t values) {
  float sum[kPiece];
  for (std::int64_t i = 0; i < values; i += kPiece) {
    const std::int64_t n = values - i < kPiece ? values - i : kPiece;
    blend_piece(rows, i, sum, n);
    store_packed(sum, reinterpret_cast<T*>(to) + i, n);
  }
}

template <class T>
void load(const std::byte* from, float* to, std::int64_t values) {
  load_packed(reinterpret_cast<const T*>(from), to, values);
}

// What sums of nine pixels and nine times a pixel fit into, exactly for integers.
FA_INLINE std::int16_t sum_type(std::uint8_t) { return 0; }
FA_INLINE std::int32_t sum_type(std::uint16_t) { return 0; }
FA_INLINE float sum_type(float) { return 0.0f; }

// By way of 32 bits: GCC makes vectors of each step, but not of both at once.
FA_INLINE float to_float(std::int32_t value) { return static_cast<float>(value); }
FA_INLINE float to_float(float value) { return value; }

// NaN stays NaN.
FA_INLINE float clip(float value, float low, float high) {
  const float above = value < low ? low : value;
  return above > high ? high : above;
}

// Values that are sharpened by one loop of fixed length. The last loop of a row overlaps the one
// before, so that no odd values are left for a slow one.
constexpr std::int64_t kStep = 64;

template <class T, class Sum>
FA_INLINE void sum_columns(const SharpenRow& row, std::int64_t first, std::int64_t n,
                           Sum* FA_RESTRICT sums) {
  const T* FA_RESTRICT above = reinterpret_cast<const T*>(row.above) + first;
  const T* FA_RESTRICT centre = reinterpret_cast<const T*>(row.centre) + first;
  const T* FA_RESTRICT below = reinterpret_cast<const T*>(row.below) + first;
  for (std::int64_t i = 0; i < n; ++i) {
    sums[first + i] = static_cast<Sum>(static_cast<Sum>(above[i]) + static_cast<Sum>(centre[i]) +
                                       static_cast<Sum>(below[i]));
  }
}

template <class T, class Sum>
FA_INLINE void sharpen_values(const SharpenRow& row, std::int64_t first, std::int64_t n,
                              const Sum* FA_RESTRICT sums) {
  const T* FA_RESTRICT centre = reinterpret_cast<const T*>(row.centre) + first;
  T* FA_RESTRICT target = reinterpret_cast<T*>(row.target) + first;
  const Sum* left = sums + first - row.channels;
  const Sum* middle = sums + first;
  const Sum* right = sums + first + row.channels;
  // Bytes that are stored may be anything, for the compiler even the fields of `row`.
  const float gain = row.gain, low = row.low, high = row.high;
  for (std::int64_t i = 0; i < n; ++i) {
    const Sum nine = static_cast<Sum>(9 * static_cast<Sum>(centre[i]));
    const Sum around = static_cast<Sum>(left[i] + middle[i] + right[i]);
    const float difference = to_float(static_cast<Sum>(nine - around));
    const float value = to_float(centre[i]) + gain * difference;
    store_value(clip(value, low, high), target + i);
  }
}

template <class T>
void sharpen(const SharpenRow& whole) {
  using Sum = decltype(sum_type(T{}));
  const SharpenRow row = whole;
  Sum* sums = reinterpret_cast<Sum*>(row.column_sums);
  const std::int64_t begin = row.channels, end = row.values - row.channels;
  if (end - begin < kStep) {
    sum_columns<T>(row, 0, row.values, sums);
    sharpen_values<T>(row, begin, end - begin, sums);
    return;
  }
  for (std::int64_t i = 0; i < row.values; i += kStep) {
    sum_columns<T>(row, i < row.values - kStep ? i : row.values - kStep, kStep, sums);
  }
  for (std::int64_t i = begin; i < end; i += kStep) {
    sharpen_values<T>(row, i < end - kStep ? i : end - kStep, kStep, sums);
  }
}

}  // namespace

const FilterKernels filter_kernels{
    {&load<std::uint8_t>, &load<std::uint16_t>, &load<float>},
    &blend,
    {&blend_to<std::uint8_t>, &blend_to<std::uint16_t>, &blend_to<float>},
    {&sharpen<std::uint8_t>, &sharpen<std::uint16_t>, &sharpen<float>}};

}  // namespace fa::FA_ISA
