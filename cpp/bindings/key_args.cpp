#include "bindings/key_args.hpp"

#include <algorithm>
#include <string>

namespace fa {

const std::uint64_t* indices_arg(const char* function, py::handle index, const SourceArg& images,
                                 std::vector<std::uint64_t>& indices) {
  if (index.is_none()) return nullptr;
  const auto given = py::array::ensure(index);
  if (!given || std::string("iu").find(given.dtype().kind()) == std::string::npos) {
    PyErr_Clear();
    raise_type_error(
        function, "index is " + repr_of(index) + ", expected a whole number or an array of them");
  }
  const bool is_one = given.ndim() == 0 && images.is_one_image;
  if (!is_one && (given.ndim() != 1 || given.shape(0) != images.count)) {
    raise_value_error(function, "index has shape " + shape_text(given) +
                                    ", expected one index per sample, (" +
                                    std::to_string(images.count) + ",)");
  }
  if (given.dtype().kind() == 'i') {
    const auto values = py::array_t<std::int64_t, py::array::forcecast>::ensure(given);
    const std::int64_t* first = values.data();
    const auto lowest = std::min_element(first, first + values.size());
    if (values.size() > 0 && *lowest < 0) {
      raise_value_error(function,
                        "index holds " + std::to_string(*lowest) + ", expected at least 0");
    }
  }
  const auto values = py::array_t < std::uint64_t,
             py::array::forcecast | py::array::c_style > ::ensure(given);
  indices.assign(values.data(), values.data() + values.size());
  return indices.data();
}

}  // namespace fa
