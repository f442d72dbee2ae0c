// What a pipeline does to an image, for people.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "bindings/image_args.hpp"
#include "pipeline/transform.hpp"

namespace fa {

// One dict per pass, with every transform applied: "steps" (names), "reason" (why this pass could
// not be part of the one before), "reads", "writes" (bytes of all samples), "where" ("scratch" or
// "out"). The images must have passed require_fitting().
py::list explain_pipeline(const Pipeline& pipeline, const SourceArg& images, Layout out_layout);

}  // namespace fa
