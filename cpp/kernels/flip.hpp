// Mirroring left to right and top to bottom: moves of whole pixels, any dtype.
#pragma once

#include "core/image_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Sample by sample: mirrored where `where` holds, copied elsewhere. Same sizes; no overlap.
void hflip(const SourceBatch& source, const TargetBatch& target, PerSample<bool> where,
           Threads threads);
void vflip(const SourceBatch& source, const TargetBatch& target, PerSample<bool> where,
           Threads threads);

// One band of rows of one plane, mirrored left to right or copied as it is.
void mirror_band(const Source& source, const Target& target, const PixelFormat& format,
                 RowBand band);
void copy_band(const Source& source, const Target& target, const PixelFormat& format, RowBand band);

}  // namespace fa
