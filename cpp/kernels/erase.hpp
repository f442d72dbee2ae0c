// Filling a rectangle of an image. Any dtype.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/image_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Each sample's rectangle, in pixels; it may reach outside the image or miss it.
struct EraseBox {
  PerSample<std::int64_t> top, left;
  PerSample<std::int64_t> height, width;  // at least 0
  const std::byte* fill;                  // one value per channel, in the batch's dtype
};

// A copy with the part of the rectangle that lies inside the image filled. No overlap.
void erase(const SourceBatch& source, const TargetBatch& target, const EraseBox& box,
           Threads threads);

}  // namespace fa
