// Cutting a window out of an image; what lies outside follows the border rule. Any dtype.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/border.hpp"
#include "core/image_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Where each sample's window begins; its size is the target's.
struct CropWindow {
  PerSample<std::int64_t> top, left;
  Border border;
  const std::byte* fill;  // one value per channel, in the batch's dtype
};

// One image's window.
struct CropPlace {
  std::int64_t top, left;
  Border border;
  const std::byte* fill;
};

// One band of rows of the target.
void crop_band(const Source& source, const Target& target, const PixelFormat& format,
               const CropPlace& place, RowBand band);

// Images without pixels only with Border::kConstant. No overlap.
void crop(const SourceBatch& source, const TargetBatch& target, const CropWindow& window,
          Threads threads);

}  // namespace fa
