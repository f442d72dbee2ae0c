#include "bindings/register.hpp"
#include "bindings/value_args.hpp"
#include "kernels/histogram.hpp"

namespace fa {
namespace {

py::object bind_equalize(py::object images, py::object layout, py::object out, py::object threads) {
  constexpr const char* kName = "equalize";
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  if (source.dtype != DType::kUint8) {
    raise_type_error(kName, image_name(source, 0) + " has dtype " + name(source.dtype) +
                                ", expected uint8, whose 256 levels can be counted");
  }
  const Threads team = threads_arg(kName, threads);
  ResultArg result =
      result_arg(kName, out, source, same_sizes(source), source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    equalize(batch_view(source), batch_view(result.target), team);
  }
  return result.result;
}

py::object bind_autocontrast(py::object images, py::object value_range, py::object layout,
                             py::object out, py::object threads) {
  constexpr const char* kName = "autocontrast";
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  const auto [low, high] = value_range_arg(kName, value_range);
  const Threads team = threads_arg(kName, threads);
  ResultArg result =
      result_arg(kName, out, source, same_sizes(source), source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    autocontrast(batch_view(source), batch_view(result.target), {low, high}, team);
  }
  return result.result;
}

}  // namespace

void register_histogram(py::module_& m) {
  const py::arg images("images"), layout("layout"), out("out"), threads("threads");
  m.def("equalize", &bind_equalize, images, layout, out, threads);
  m.def("autocontrast", &bind_autocontrast, images, py::arg("value_range"), layout, out, threads);
}

}  // namespace fa
