// Quarter turns and transposition: moves of whole pixels, any dtype.
#pragma once

#include <cstdint>

#include "core/image_view.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

// Counter-clockwise quarter turns; turns in {0, 1, 2, 3}. The target has the turned size. No
// overlap.
void rot90(const SourceBatch& source, const TargetBatch& target, PerSample<std::int64_t> turns,
           Threads threads);

// Swaps height and width. No overlap.
void transpose(const SourceBatch& source, const TargetBatch& target, Threads threads);

}  // namespace fa
