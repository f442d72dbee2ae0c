// Numbers within limits: ranges of pixel values, and parameters that must be positive.
#pragma once

#include "bindings/sample_args.hpp"
#include "core/value_range.hpp"

namespace fa {

// `value_range=`: a pair of finite numbers, the lower first.
ValueRange value_range_arg(const char* function, py::handle object);

// A number, or one per sample, that `is_allowed`; `expected` says in words what is.
SampleValues<double> checked_numbers(const char* function, const char* name, py::handle object,
                                     std::int64_t count, FunctionRef<bool(double)> is_allowed,
                                     const char* expected);

}  // namespace fa
