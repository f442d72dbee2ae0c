// Pipelines as Python describes them: lists of (name, kind, fields) to lists of transforms.
#pragma once

#include <pybind11/pybind11.h>

#include "bindings/image_args.hpp"
#include "pipeline/transform.hpp"

namespace fa {

// `entries`: for each transform the user's name for it, the name of its struct and a dict of the
// struct's fields. Python has checked the values.
Pipeline pipeline_from(py::handle entries, std::int64_t first_position);

// Throws TypeError or ValueError when the images do not fit the pipeline: their number of channels,
// their dtype, fills that the dtype cannot hold.
void require_fitting(const Pipeline& pipeline, const SourceArg& images);

// The dtype that images of `dtype` end in.
DType result_dtype(const Pipeline& pipeline, DType dtype);

// Whether all samples end in one size whatever theirs were.
bool makes_one_size(const Pipeline& pipeline);

}  // namespace fa
