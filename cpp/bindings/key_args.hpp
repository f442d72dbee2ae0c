// The numbers of samples in their data set, which key what is drawn for them.
#pragma once

#include <cstdint>
#include <vector>

#include "bindings/image_args.hpp"

namespace fa {

// `index=`: None (nullptr), one whole number for one image, or one for each sample, none below 0.
// They are kept in `indices`.
const std::uint64_t* indices_arg(const char* function, py::handle index, const SourceArg& images,
                                 std::vector<std::uint64_t>& indices);

}  // namespace fa
