// The way along the rows of a band: what canvases, border and source show of each, for a sampler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/inline.hpp"
#include "core/prefetch.hpp"
#include "core/warp_map.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_padding.isa.hpp"
#include "kernels/warp_positions.isa.hpp"
#include "kernels/warp_target.isa.hpp"
#include "simd/simd.hpp"

#if FA_HAS_BYTE_SHUFFLE
#include "kernels/warp_eight.isa.hpp"
#endif

namespace fa::FA_ISA {
namespace {

// A walk across the rows of the source waits for every line, so a small source is read in order
// first, if enough of its rows are wanted.
FA_INLINE void fetch_source(const WarpBand& band) {
  if (!crosses_rows(band) || !is_read_whole(band)) return;
  touch_rows(band.source, band.source_stride, band.source_height,
             band.source_width * band.pixel_bytes);
}

// `from` is shown where `shown` leaves it; the rest of it is filled.
template <class T, class Row>
FA_INLINE void fill_around(Span shown, Span from, const std::byte* pixel, Row row,
                           Filler<T, Row>& filler) {
  filler.fill(row, Span{from.begin, shown.begin}, pixel);
  filler.fill(row, Span{shown.end, from.end}, pixel);
}

FA_NOINLINE Span span_inside(const WarpCanvas& canvas, std::int64_t y, Span left) {
  return clip(span_inside(row_points(canvas.map, y, 0.0), canvas_area(canvas), left.end), left);
}

// Each canvas shows a part of what the one after it leaves.
template <class T, class Row>
FA_INLINE Span show_canvases(const WarpBand& band, std::int64_t y, Row row,
                             Filler<T, Row>& filler) {
  Span left{0, band.width};
  for (std::int64_t i = 0; i < band.canvas_count; ++i) {
    const WarpCanvas& canvas = band.canvases[i];
    const Span inside = span_inside(canvas, y, left);
    fill_around(inside, left, canvas.fill + band.canvas_fill_offset, row, filler);
    left = inside;
  }
  return left;
}

// How a sampler meets the source of a band. A sampler looks at the pixels from kBefore before a
// cell to kAfter behind it.
struct Reach {
  WarpBand inner;     // its source is the padded copy, if there is one
  CellArea touched;   // cells that see any pixel of the source
  CellArea interior;  // cells that a kernel may read from `inner`
  bool is_all_interior;
};

template <class Sampler>
FA_INLINE Reach reach_of(const WarpBand& band) {
  Reach reach{band, {}, {}, false};
  const std::int64_t width = band.source_width, height = band.source_height;
  constexpr std::int64_t kBefore = Sampler::kBefore, kAfter = Sampler::kAfter;
  reach.touched = {-kAfter, width + kBefore, -kAfter, height + kBefore};
  if (band.scratch == nullptr) {
    fetch_source(band);
    reach.interior = {kBefore, width - kAfter - Sampler::spare_columns(band), kBefore,
                      height - kAfter};
    return reach;
  }
  // Beyond a margin all is the same with these borders, so a cell further out will do for all.
  reach.is_all_interior = band.border == Border::kConstant || band.border == Border::kEdge;
  const std::int64_t margin = reach.is_all_interior ? kBefore + kAfter + 1 : kPadding;
  static_assert(kBefore + kAfter + 1 <= kPadding);
  pad_source(reach.inner, margin, Sampler::wants_twins(band));
  reach.interior = {kBefore - margin, width + margin - kAfter, kBefore - margin,
                    height + margin - kAfter};
  return reach;
}

// Sampling outside the source gives the fill, so whole rows may be sampled where asking for their
// ends would take longer than what it saves: always up to this length, else if most pixels show the
// source.
constexpr std::int64_t kShortRow = 64;

FA_NOINLINE bool shows_mostly_source(const WarpBand& band, const CellArea& touched,
                                     const SourceSteps& steps, double shift) {
  std::int64_t pixels = 0;
  for (std::int64_t i = 1; i < 6; i += 2) {
    const std::int64_t y = band.begin + (band.end - band.begin) * i / 6;
    const Span span = span_inside(source_row(band.map, steps, y, 0, shift), touched, band.width);
    pixels += span.end - span.begin;
  }
  return 2 * pixels > 3 * band.width;
}

template <class Sampler>
FA_INLINE bool samples_whole_rows(const WarpBand& band, const Reach& reach,
                                  const SourceSteps& steps) {
  if (!reach.is_all_interior || is_projective(band.map) || band.canvas_count > 0) return false;
  if (band.width > kPiece) return false;
  if (band.border != Border::kConstant) return true;
  return Sampler::keeps_fill(band) &&
         (band.width <= kShortRow ||
          shows_mostly_source(band, reach.touched, steps, Sampler::kShift));
}

// Neither NaN nor infinite nor -0.
FA_INLINE bool is_plain(const std::byte* values, std::int64_t count) {
  constexpr std::uint32_t kExponent = 0x7f800000, kNegativeZero = 0x80000000;
  bool result = true;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, values + 4 * i, sizeof bits);
    result = result && (bits & kExponent) != kExponent && bits != kNegativeZero;
  }
  return result;
}

// What samplers keep for all rows of a band.
struct BandSampler {
  BandWalk walk;
#if FA_HAS_BYTE_SHUFFLE
  EightSteps steps;
  bool in_eights;

  FA_INLINE BandSampler(const WarpBand& inner, const BandWalk& band_walk)
      : walk(band_walk), steps(eight_steps(band_walk.steps)), in_eights(fits_offsets(inner)) {}
#else
  static constexpr bool in_eights = true;

  FA_INLINE BandSampler(const WarpBand&, const BandWalk& band_walk) : walk(band_walk) {}
#endif
};

// A row is fills | edge | interior | edge | fills; the source's fill only with a constant border or
// behind a horizon.
template <class Sampler>
FA_INLINE void warp_piece(const Sampler& sampler, const WarpBand& band, const Reach& reach,
                          std::int64_t y, std::int64_t origin, std::int64_t end, Span wanted,
                          Filler<typename Sampler::Pixel, typename Sampler::Row>& filler) {
  const auto row = row_of(band, y, typename Sampler::Row{});
  const SourceRow source = source_row(band.map, sampler.walk.steps, y, origin, Sampler::kShift);
  const Span shown = clip(band.border == Border::kConstant ? span_inside(source, reach.touched, end)
                                                           : span_before_horizon(source, end),
                          wanted);
  fill_around(shown, wanted, band.fill, row, filler);
  if (is_empty(shown)) return;
  // A point beyond the interior would be taken for another: its pixel is moved inside, its fraction
  // is not.
  constexpr double kRounding = 0x1p-16;
  const Span inside = reach.is_all_interior
                          ? shown
                          : clip(span_inside(source, reach.interior, end, kRounding), shown);
  const Span before{shown.begin, inside.begin}, after{inside.end, shown.end};
  if (!is_empty(before)) Sampler::sample_edge(band, source, before, row);
  if (!is_empty(inside)) sampler.sample_interior(reach.inner, {source, y, 1, inside});
  if (!is_empty(after)) Sampler::sample_edge(band, source, after, row);
}

// A sampler shifts points and samples spans at the edge, pixel by pixel, and in the interior.
template <class Sampler>
void warp_all_rows(const WarpBand& band) {
  if (band.begin >= band.end || band.width == 0) return;
  const Reach reach = reach_of<Sampler>(band);
  const SourceSteps steps = source_steps(band.map);
  const Sampler sampler(reach.inner, {steps, limits_of(reach.interior), Sampler::kShift});
  if (samples_whole_rows<Sampler>(band, reach, steps)) {
    const SourceRow first = source_row(band.map, steps, band.begin, 0, Sampler::kShift);
    return sampler.sample_interior(reach.inner,
                                   {first, band.begin, band.end - band.begin, Span{0, band.width}});
  }
  Filler<typename Sampler::Pixel, typename Sampler::Row> filler(band);
  const std::int64_t piece = is_projective(band.map) ? band.width : kPiece;
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    const Span left = show_canvases(band, y, row_of(band, y, typename Sampler::Row{}), filler);
    for (std::int64_t origin = 0; origin < left.end; origin += piece) {
      const std::int64_t end = origin + piece < band.width ? origin + piece : band.width;
      const Span wanted = intersect(left, Span{origin, end});
      if (!is_empty(wanted)) {
        warp_piece(sampler, band, reach, y, origin, end, wanted, filler);
      }
    }
  }
}

}  // namespace
}  // namespace fa::FA_ISA
