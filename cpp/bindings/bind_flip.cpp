#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/flip.hpp"

namespace fa {
namespace {

using FlipFunction = void (*)(const SourceBatch&, const TargetBatch&, PerSample<bool>, Threads);

py::object flip(const char* function, FlipFunction run, py::handle images, py::handle where,
                py::object layout_name, py::handle out, py::handle threads) {
  const Layout layout = layout_arg(function, "layout", layout_name);
  const SourceArg source = images_arg(function, images, layout);
  const SampleValues<bool> flags = sample_flags(function, "where", where, source.count);
  const Threads team = threads_arg(function, threads);
  ResultArg result = result_arg(function, out, source, same_sizes(source), layout, source.dtype);
  {
    const py::gil_scoped_release release;
    run(batch_view(source), batch_view(result.target), flags.view(), team);
  }
  return result.result;
}

}  // namespace

void register_flip(py::module_& m) {
  m.def(
      "hflip",
      [](py::object images, py::object where, py::object layout, py::object out,
         py::object threads) { return flip("hflip", &hflip, images, where, layout, out, threads); },
      py::arg("images"), py::arg("where"), py::arg("layout"), py::arg("out"), py::arg("threads"));
  m.def(
      "vflip",
      [](py::object images, py::object where, py::object layout, py::object out,
         py::object threads) { return flip("vflip", &vflip, images, where, layout, out, threads); },
      py::arg("images"), py::arg("where"), py::arg("layout"), py::arg("out"), py::arg("threads"));
}

}  // namespace fa
