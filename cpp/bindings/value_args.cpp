#include "bindings/value_args.hpp"

#include <cmath>

namespace fa {

ValueRange value_range_arg(const char* function, py::handle object) {
  std::pair<double, double> range;
  try {
    range = object.cast<std::pair<double, double>>();
  } catch (const py::cast_error&) {
    raise_type_error(function,
                     "value_range is " + repr_of(object) + ", expected a pair of numbers");
  }
  const double extent = range.second - range.first;
  if (!std::isfinite(static_cast<float>(extent)) || !(extent > 0.0)) {
    raise_value_error(function, "value_range is " + repr_of(object) +
                                    ", expected finite numbers, the lower first");
  }
  return {range.first, range.second};
}

SampleValues<double> checked_numbers(const char* function, const char* name, py::handle object,
                                     std::int64_t count, FunctionRef<bool(double)> is_allowed,
                                     const char* expected) {
  SampleValues<double> values = sample_numbers(function, name, object, count);
  for (std::int64_t i = 0; i < (values.stride == 0 ? 1 : count); ++i) {
    if (is_allowed(value_of(values.view(), i))) continue;
    raise_value_error(function,
                      std::string(name) + " is " + repr_of(object) + ", expected " + expected);
  }
  return values;
}

}  // namespace fa
