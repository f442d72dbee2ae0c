// Cold memory of a pass: asked for before it is read or written.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/image_view.hpp"
#include "core/prefetch.hpp"
#include "pipeline/pass_rows.hpp"

namespace fa {

// Walks that skip or cross rows wait for every line of a cold image, so a small one is read in
// order first.
inline void touch_source(const PassJob& job, std::int64_t begin, std::int64_t end) {
  const std::int64_t row_bytes = job.source.width * pixel_bytes(job.source_format);
  const bool is_small =
      row_bytes * job.source.height * job.source_format.planes <= kSmallImageBytes;
  if (job.pass.kind == PassKind::kCopy || !is_small || (end - begin) * 4 < job.source.height)
    return;
  for (std::int64_t plane = 0; plane < job.source_format.planes; ++plane) {
    touch_rows(row(job.source, plane, 0), job.source.row_stride, job.source.height, row_bytes);
  }
}

// Asks for rows of the target ahead of those that are written.
class TargetAhead {
 public:
  TargetAhead(const PassJob& job, std::int64_t begin, std::int64_t end)
      : target_(job.target),
        planes_(job.target_format.planes),
        row_bytes_(job.pass.size.width * pixel_bytes(job.target_format)),
        rows_(std::max<std::int64_t>(kAskedAhead / row_bytes_, 1)),
        end_(row_bytes_ * job.pass.size.height * planes_ > kAskedWhole ? end : begin) {
    for (std::int64_t y = begin; y < begin + rows_; ++y) ask_for(y);
  }

  void before(std::int64_t y) const { ask_for(y + rows_); }

 private:
  void ask_for(std::int64_t y) const {
    if (y >= end_) return;
    for (std::int64_t plane = 0; plane < planes_; ++plane) {
      prefetch_row_for_write(row(target_, plane, y), row_bytes_);
    }
  }

  const Target& target_;
  std::int64_t planes_, row_bytes_, rows_, end_;
};

}  // namespace fa
