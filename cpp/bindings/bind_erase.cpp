#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/erase.hpp"

namespace fa {
namespace {

constexpr const char* kName = "erase";

struct BoxSizes {
  SampleValues<std::int64_t> height, width;
};

// One (height, width) per sample.
BoxSizes pairs_arg(py::handle size, const py::array& array, std::int64_t count) {
  const char kind = array.dtype().kind();
  if (kind != 'i' && kind != 'u') {
    raise_type_error(kName, "size is " + repr_of(size) +
                                ", expected a whole number, a pair (height, width) or one pair per "
                                "sample");
  }
  if (array.shape(0) != count || array.shape(1) != 2) {
    raise_value_error(kName, "size has shape " + shape_text(array) +
                                 ", expected one pair per sample, (" + std::to_string(count) +
                                 ", 2)");
  }
  const auto pairs = py::array_t < std::int64_t,
             py::array::forcecast | py::array::c_style > ::ensure(array);
  if (!pairs) throw py::error_already_set();
  const auto samples = static_cast<std::size_t>(count);
  BoxSizes sizes{{std::make_unique<std::int64_t[]>(samples), 1},
                 {std::make_unique<std::int64_t[]>(samples), 1}};
  for (std::size_t i = 0; i < samples; ++i) {
    sizes.height.values[i] = pairs.data()[2 * i];
    sizes.width.values[i] = pairs.data()[2 * i + 1];
    if (sizes.height.values[i] >= 0 && sizes.width.values[i] >= 0) continue;
    raise_value_error(kName, "size is " + repr_of(size) + ", expected at least 0");
  }
  return sizes;
}

BoxSizes sizes_arg(py::handle size, std::int64_t count) {
  const py::array array = py::array::ensure(size);
  if (!array) PyErr_Clear();
  if (array && array.ndim() == 2) return pairs_arg(size, array, count);
  const ImageSize same = size_arg(kName, "size", size, 0);
  return {one_value(same.height), one_value(same.width)};
}

py::object bind_erase(py::object images, py::object top, py::object left, py::object size,
                      py::object fill, py::object layout, py::object out, py::object threads) {
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  const auto tops = sample_ints(kName, "top", top, source.count);
  const auto lefts = sample_ints(kName, "left", left, source.count);
  const BoxSizes sizes = sizes_arg(size, source.count);
  const std::vector<std::byte> pixel = fill_arg(kName, fill, source);
  const Threads team = threads_arg(kName, threads);
  ResultArg result =
      result_arg(kName, out, source, same_sizes(source), source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    erase(
        batch_view(source), batch_view(result.target),
        EraseBox{tops.view(), lefts.view(), sizes.height.view(), sizes.width.view(), pixel.data()},
        team);
  }
  return result.result;
}

}  // namespace

void register_erase(py::module_& m) {
  m.def("erase", &bind_erase, py::arg("images"), py::arg("top"), py::arg("left"), py::arg("size"),
        py::arg("fill"), py::arg("layout"), py::arg("out"), py::arg("threads"));
}

}  // namespace fa
