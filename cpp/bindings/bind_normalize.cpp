#include <cmath>

#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/normalize.hpp"

namespace fa {
namespace {

constexpr const char* kName = "normalize";

DType target_dtype(py::handle dtype) {
  py::dtype wanted;
  try {
    wanted = py::dtype::from_args(py::reinterpret_borrow<py::object>(dtype));
  } catch (py::error_already_set&) {
    raise_type_error(kName,
                     "dtype is " + repr_of(dtype) + ", expected float32, float16 or bfloat16");
  }
  if (wanted.equal(numpy_dtype(DType::kFloat32))) return DType::kFloat32;
  if (wanted.equal(numpy_dtype(DType::kFloat16))) return DType::kFloat16;
  if (py::str(py::handle(wanted)).cast<std::string>() == "bfloat16") return DType::kBfloat16;
  raise_type_error(kName, "dtype is " + py::str(py::handle(wanted)).cast<std::string>() +
                              ", expected float32, float16 or bfloat16");
}

std::vector<double> finite_values(const char* name, py::handle object, std::int64_t channels) {
  std::vector<double> values = channel_values(kName, name, object, channels);
  for (const double value : values) {
    if (std::isfinite(value)) continue;
    raise_value_error(kName,
                      std::string(name) + " is " + repr_of(object) + ", expected finite numbers");
  }
  return values;
}

py::object bind_normalize(py::object images, py::object mean, py::object std, py::object layout,
                          py::object out_layout, py::object dtype, py::object out,
                          py::object threads) {
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  const Layout target_layout = layout_arg(kName, "out_layout", out_layout);
  const std::vector<double> means = finite_values("mean", mean, source.channels);
  const std::vector<double> deviations = finite_values("std", std, source.channels);
  std::vector<float> scale, bias;
  for (std::size_t c = 0; c < means.size(); ++c) {
    if (!(deviations[c] > 0.0)) {
      raise_value_error(kName, "std is " + repr_of(std) + ", expected numbers above 0");
    }
    scale.push_back(static_cast<float>(1.0 / (full_scale(source.dtype) * deviations[c])));
    bias.push_back(static_cast<float>(-means[c] / deviations[c]));
    if (!std::isfinite(scale.back()) || !std::isfinite(bias.back())) {
      raise_value_error(kName, "mean is " + repr_of(mean) + " and std is " + repr_of(std) +
                                   ", expected factors that float32 can hold");
    }
  }
  const DType target = target_dtype(dtype);
  const Threads team = threads_arg(kName, threads);
  ResultArg result = result_arg(kName, out, source, same_sizes(source), target_layout, target);
  {
    const py::gil_scoped_release release;
    normalize(batch_view(source), batch_view(result.target),
              NormalizeFactors{scale.data(), bias.data()}, team);
  }
  return result.result;
}

}  // namespace

void register_normalize(py::module_& m) {
  m.def("normalize", &bind_normalize, py::arg("images"), py::arg("mean"), py::arg("std"),
        py::arg("layout"), py::arg("out_layout"), py::arg("dtype"), py::arg("out"),
        py::arg("threads"));
}

}  // namespace fa
