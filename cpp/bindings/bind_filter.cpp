#include <cmath>

#include "bindings/register.hpp"
#include "bindings/value_args.hpp"
#include "kernels/filter.hpp"

namespace fa {
namespace {

// Rows of floats are kept for the height of the kernel.
constexpr std::int64_t kLargestKernel = 65535;

ImageSize kernel_size_arg(const char* function, py::handle object) {
  const ImageSize size = size_arg(function, "kernel_size", object, 1);
  const auto is_allowed = [](std::int64_t side) { return side % 2 == 1 && side <= kLargestKernel; };
  if (!is_allowed(size.height) || !is_allowed(size.width)) {
    raise_value_error(function, "kernel_size is " + repr_of(object) +
                                    ", expected odd numbers of at most " +
                                    std::to_string(kLargestKernel));
  }
  return size;
}

// torchvision's choice, for which the kernel reaches about three deviations.
double default_sigma(std::int64_t kernel_size) {
  return 0.3 * (static_cast<double>(kernel_size - 1) * 0.5 - 1.0) + 0.8;
}

py::object bind_gaussian_blur(py::object images, py::object kernel_size, py::object sigma,
                              py::object layout, py::object out, py::object threads) {
  constexpr const char* kName = "gaussian_blur";
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  const ImageSize kernel = kernel_size_arg(kName, kernel_size);
  const SampleValues<double> default_y = one_value(default_sigma(kernel.height));
  const SampleValues<double> default_x = one_value(default_sigma(kernel.width));
  BlurOptions options{kernel.height, kernel.width, default_y.view(), default_x.view()};
  SampleValues<double> given{};
  if (!sigma.is_none()) {
    given = checked_numbers(
        kName, "sigma", sigma, source.count,
        [](double value) { return std::isfinite(value) && value > 0.0; }, "finite numbers above 0");
    options.sigma_y = options.sigma_x = given.view();
  }
  const Threads team = threads_arg(kName, threads);
  ResultArg result =
      result_arg(kName, out, source, same_sizes(source), source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    gaussian_blur(batch_view(source), batch_view(result.target), options, team);
  }
  return result.result;
}

py::object bind_sharpness(py::object images, py::object factor, py::object value_range,
                          py::object layout, py::object out, py::object threads) {
  constexpr const char* kName = "sharpness";
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  const SampleValues<double> factors = checked_numbers(
      kName, "factor", factor, source.count,
      [](double value) { return std::isfinite(value) && value >= 0.0; },
      "finite numbers of at least 0");
  const auto [low, high] = value_range_arg(kName, value_range);
  const Threads team = threads_arg(kName, threads);
  ResultArg result =
      result_arg(kName, out, source, same_sizes(source), source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    sharpness(batch_view(source), batch_view(result.target),
              SharpnessOptions{factors.view(), low, high}, team);
  }
  return result.result;
}

}  // namespace

void register_filter(py::module_& m) {
  const py::arg images("images"), layout("layout"), out("out"), threads("threads");
  m.def("gaussian_blur", &bind_gaussian_blur, images, py::arg("kernel_size"), py::arg("sigma"),
        layout, out, threads);
  m.def("sharpness", &bind_sharpness, images, py::arg("factor"), py::arg("value_range"), layout,
        out, threads);
}

}  // namespace fa
