// Resampled rows of one band: down the columns first, on whole source rows, then along the row.
#include "kernels/resample_kernels.hpp"

#include "kernels/resample_columns.isa.hpp"
#include "kernels/resample_copy.isa.hpp"
#include "kernels/resample_fixed.isa.hpp"
#include "kernels/resample_rows.isa.hpp"

namespace fa::FA_ISA {
namespace {

// One channel fills a vector with four rows. Returns the first row that is not done.
template <class T>
std::int64_t resample_by_fours(const ResampleBand& band) {
  const std::int64_t stride = band.source_width + kRowSlack;
  float* columns = band.buffer + 4 * stride;
  std::int64_t y = band.begin;
  for (; y + 4 <= band.end; y += 4) {
    for (std::int64_t i = 0; i < 4; ++i) {
      mix_rows<T>(band, y + i, band.source_width, band.buffer + i * stride);
    }
    gather_columns(band.buffer, stride, band.source_width, columns);
    mix_four_rows(band, columns, band.target + (y - band.begin) * band.row_stride);
  }
  return y;
}

template <class T>
void resample_rows(const ResampleBand& band) {
  const std::int64_t values = band.source_width * band.channels;
  const std::int64_t rest = band.channels == 1 ? resample_by_fours<T>(band) : band.begin;
  for (std::int64_t i = 0; i < kRowSlack; ++i) band.buffer[values + i] = 0.0f;
  for (std::int64_t y = rest; y < band.end; ++y) {
    mix_rows<T>(band, y, values, band.buffer);
    mix_columns(band, band.buffer, band.target + (y - band.begin) * band.row_stride);
  }
}

template <class T>
void store_values(const float* from, std::byte* to, std::int64_t count) {
  T* FA_RESTRICT target = reinterpret_cast<T*>(to);
  for (std::int64_t i = 0; i < count; ++i) store_clamped(from[i], target + i);
}

}  // namespace

const ResampleKernels resample_kernels{
    {&resample_rows<std::uint8_t>, &resample_rows<std::uint16_t>, &resample_rows<float>},
    &resample_fixed_rows,
    {&store_values<std::uint8_t>, &store_values<std::uint16_t>, &store_values<float>},
    &copy_pixels};

}  // namespace fa::FA_ISA
