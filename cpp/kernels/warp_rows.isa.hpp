// The way along the rows of a band: what canvases, border and source show of each, for a sampler.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/inline.hpp"
#include "core/prefetch.hpp"
#include "core/warp_map.hpp"
#include "kernels/warp_kernels.hpp"
#include "kernels/warp_target.isa.hpp"

namespace fa::FA_ISA {
namespace {

// A walk across the rows of the source waits for every line, so a small source is read in order
// first, if enough of its rows are wanted.
FA_INLINE void fetch_source(const WarpBand& band) {
  const std::int64_t row_bytes = band.source_width * band.pixel_bytes;
  const bool is_small = row_bytes * band.source_height <= kSmallImageBytes;
  const bool is_worth_it = (band.end - band.begin) * 4 >= band.source_height;
  const bool crosses_rows = band.map.affine.yx != 0.0 || is_projective(band.map);
  if (!is_small || !is_worth_it || !crosses_rows) return;
  touch_rows(band.source, band.source_stride, band.source_height, row_bytes);
}

// `from` is shown where `shown` leaves it; the rest of it is filled.
template <class T, class Row>
FA_INLINE void fill_around(Span shown, Span from, const std::byte* pixel, Row row,
                           Filler<T, Row>& filler) {
  filler.fill(row, Span{from.begin, shown.begin}, pixel);
  filler.fill(row, Span{shown.end, from.end}, pixel);
}

// Each canvas shows a part of what the one after it leaves.
template <class T, class Row>
FA_INLINE Span show_canvases(const WarpBand& band, std::int64_t y, Row row,
                             Filler<T, Row>& filler) {
  Span left{0, band.width};
  for (std::int64_t i = 0; i < band.canvas_count; ++i) {
    const WarpCanvas& canvas = band.canvases[i];
    const RowPoints points = row_points(canvas.map, y, 0.0);
    const Span inside = clip(span_inside(points, canvas_area(canvas), band.width), left);
    fill_around(inside, left, canvas.fill + band.canvas_fill_offset, row, filler);
    left = inside;
  }
  return left;
}

// A sampler says by how much it shifts points, which of them see any pixel of the source (touched)
// and which see nothing else (interior), and samples spans at the edge and in the interior.
// A row is fills | edge | interior | edge | fills; the source's fill only with a constant border
// or behind a horizon.
template <class Sampler>
void warp_all_rows(const WarpBand& band) {
  using Row = typename Sampler::Row;
  const Area touched = Sampler::touched(band), interior = Sampler::interior(band);
  Filler<typename Sampler::Pixel, Row> filler(band);
  fetch_source(band);
  for (std::int64_t y = band.begin; y < band.end; ++y) {
    const Row row = row_of(band, y, Row{});
    const Span left = show_canvases(band, y, row, filler);
    const RowPoints points = row_points(band.map, y, Sampler::kShift);
    const Span shown =
        clip(band.border == Border::kConstant ? span_inside(points, touched, band.width)
                                              : span_before_horizon(points, band.width),
             left);
    fill_around(shown, left, band.fill, row, filler);
    const Span inside = clip(span_inside(points, interior, band.width), shown);
    Sampler::sample_edge(band, points, Span{shown.begin, inside.begin}, row);
    Sampler::sample_interior(band, points, interior, inside, row);
    Sampler::sample_edge(band, points, Span{inside.end, shown.end}, row);
  }
}

}  // namespace
}  // namespace fa::FA_ISA
