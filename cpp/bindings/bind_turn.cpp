#include <array>

#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/turn.hpp"

namespace fa {
namespace {

ImageSize swapped(ImageSize size) { return {size.width, size.height}; }

// The sizes after turning; images of one array must keep one size between them.
ResultSizes turned_sizes(const SourceArg& images, PerSample<std::int64_t> turns) {
  ResultSizes result = same_sizes(images);
  for (std::int64_t i = 0; i < images.count; ++i) {
    const ImageSize size = size_of(images, i);
    const ImageSize turned = value_of(turns, i) % 2 == 1 ? swapped(size) : size;
    if (result.as_list) {
      result.sizes[static_cast<std::size_t>(i)] = turned;
    } else if (i == 0) {
      result.sizes.front() = turned;
    } else if (turned != result.sizes.front()) {
      raise_value_error("rot90",
                        "k mixes odd and even turns of images that are not square, so the results "
                        "differ in shape; pass images as a list");
    }
  }
  if (images.count == 0 && turns.stride == 0 && turns.values[0] % 2 == 1) {
    result.sizes.front() = swapped(result.sizes.front());
  }
  return result;
}

py::object bind_rot90(py::object images, py::object k, py::object layout_name, py::object out,
                      py::object threads) {
  constexpr const char* kName = "rot90";
  const Layout layout = layout_arg(kName, "layout", layout_name);
  const SourceArg source = images_arg(kName, images, layout);
  const SampleValues<std::int64_t> turns = sample_ints(kName, "k", k, source.count);
  const std::int64_t values = turns.stride == 0 ? 1 : source.count;
  for (std::int64_t i = 0; i < values; ++i) turns.values[i] = floor_modulo(turns.values[i], 4);
  const Threads team = threads_arg(kName, threads);
  ResultArg result =
      result_arg(kName, out, source, turned_sizes(source, turns.view()), layout, source.dtype);
  {
    const py::gil_scoped_release release;
    rot90(batch_view(source), batch_view(result.target), turns.view(), team);
  }
  return result.result;
}

py::object bind_transpose(py::object images, py::object layout_name, py::object out,
                          py::object threads) {
  constexpr const char* kName = "transpose";
  const Layout layout = layout_arg(kName, "layout", layout_name);
  const SourceArg source = images_arg(kName, images, layout);
  const Threads team = threads_arg(kName, threads);
  ResultSizes sizes = same_sizes(source);
  for (ImageSize& size : sizes.sizes) size = swapped(size);
  ResultArg result = result_arg(kName, out, source, sizes, layout, source.dtype);
  {
    const py::gil_scoped_release release;
    transpose(batch_view(source), batch_view(result.target), team);
  }
  return result.result;
}

}  // namespace

void register_turn(py::module_& m) {
  m.def("rot90", &bind_rot90, py::arg("images"), py::arg("k"), py::arg("layout"), py::arg("out"),
        py::arg("threads"));
  m.def("transpose", &bind_transpose, py::arg("images"), py::arg("layout"), py::arg("out"),
        py::arg("threads"));
}

}  // namespace fa
