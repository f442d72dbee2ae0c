// Lowering: from the records of one sample to as few passes as give the same pixels.
#pragma once

#include <span>
#include <vector>

#include "core/image_view.hpp"
#include "pipeline/draw.hpp"
#include "pipeline/matrix.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/record.hpp"
#include "pipeline/transform.hpp"

namespace fa {

// What the plan starts from and ends in.
struct Ends {
  PixelFormat source;  // uint8, uint16 or float32
  PixelFormat target;
  CanvasSize size;  // of the source
};

// The applied transforms, combinators left out, as they run.
void sort_by_order(const Pipeline& pipeline, const DrawRecord* records, std::vector<int>& order);

// Of transforms in the order in which they run; no combinator and no ChainMix among them. Throws as
// lower() does.
void lower_part(const Pipeline& pipeline, const DrawRecord* records, std::span<const int> order,
                const Ends& ends, Plan& plan);

// All of them, one after the other: of chains that are mixed too, which shows what is to be done
// but cannot be run (chains.hpp). Throws std::invalid_argument, with the name of the transform, for
// a map that cannot be inverted.
void lower(const Pipeline& pipeline, const DrawRecord* records, const Ends& ends, Plan& plan);

// All moves of one sample, but those of chains that are mixed, in one matrix, source to result
// coordinates, and the canvas they leave.
struct Journey {
  Matrix matrix;
  CanvasSize size;
};
Journey journey(const Pipeline& pipeline, const DrawRecord* records, CanvasSize source);

}  // namespace fa
