// Records that come back from outside: whether a pipeline can run them.
#pragma once

#include "pipeline/draw.hpp"
#include "pipeline/record.hpp"
#include "pipeline/transform.hpp"

namespace fa {

// Throws std::invalid_argument, with the name of the transform, unless every applied record holds
// what a draw for a source of this size could: numbers within the limits that kernels rely on.
// Returns the canvas at the end.
CanvasSize check_records(const Pipeline& pipeline, const DrawRecord* records, CanvasSize source);

}  // namespace fa
