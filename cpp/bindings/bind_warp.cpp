#include <cmath>
#include <cstring>

#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/affine_map.hpp"
#include "kernels/warp.hpp"

namespace fa {
namespace {

constexpr const char* kName = "affine";

Interpolation interpolation_arg(py::handle object) {
  const std::string interpolation = text_arg(kName, "interpolation", object);
  if (interpolation == "nearest") return Interpolation::kNearest;
  if (interpolation == "bilinear") return Interpolation::kBilinear;
  raise_value_error(kName,
                    "interpolation is '" + interpolation + "', expected 'nearest' or 'bilinear'");
}

// One matrix per sample or one for all, as doubles in C order.
struct MatrixArg {
  py::array_t<double, py::array::c_style | py::array::forcecast> values;
  std::int64_t count;  // 1: one for all samples
  std::int64_t rows;   // 2 or 3

  const double* matrix(std::int64_t sample) const {
    return values.data() + (count == 1 ? 0 : sample) * rows * 3;
  }
};

MatrixArg matrix_arg(py::handle object, std::int64_t samples) {
  py::array array = py::array::ensure(object);
  if (!array) PyErr_Clear();
  if (!array || std::strchr("iuf", array.dtype().kind()) == nullptr) {
    const std::string got = array ? "dtype " + py::str(array.dtype()).cast<std::string>()
                                  : "type " + type_name_of(object);
    raise_type_error(kName, "matrix has " + got + ", expected real numbers");
  }
  const auto rank = array.ndim();
  const bool fits = (rank == 2 || (rank == 3 && array.shape(0) == samples)) &&
                    (array.shape(rank - 2) == 2 || array.shape(rank - 2) == 3) &&
                    array.shape(rank - 1) == 3;
  if (!fits) {
    const std::string n = std::to_string(samples);
    raise_value_error(kName, "matrix has shape " + shape_text(array) +
                                 ", expected (2, 3), (3, 3), (" + n + ", 2, 3) or (" + n +
                                 ", 3, 3)");
  }
  MatrixArg result{{}, rank == 2 ? 1 : samples, array.shape(rank - 2)};
  result.values = decltype(result.values)::ensure(array);
  if (!result.values) throw py::error_already_set();
  return result;
}

std::string matrix_name(const MatrixArg& matrices, std::int64_t sample) {
  return matrices.count == 1 ? "matrix" : "matrix[" + std::to_string(sample) + "]";
}

[[noreturn]] void raise_no_inverse(const std::string& name, const double* matrix) {
  for (int i = 0; i < 6; ++i) {
    if (std::isfinite(matrix[i])) continue;
    raise_value_error(
        kName, name + " holds " + repr_of(py::float_(matrix[i])) + ", expected finite numbers");
  }
  if (matrix[0] * matrix[4] == matrix[1] * matrix[3]) {
    raise_value_error(kName, name + " is singular, expected an invertible matrix");
  }
  raise_value_error(kName, name + " maps the output more than 2**30 pixels away from the image");
}

SampleValues<WarpMap> inverse_maps(const MatrixArg& matrices, const SourceArg& images,
                                   const ResultSizes& sizes) {
  // One matrix for images of many sizes is still checked against each of them.
  const bool one_for_all = matrices.count == 1 && !sizes.as_list;
  const std::int64_t count = one_for_all ? 1 : images.count;
  auto maps = std::make_unique<WarpMap[]>(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const double* matrix = matrices.matrix(i);
    if (matrices.rows == 3 && (matrix[6] != 0.0 || matrix[7] != 0.0 || matrix[8] != 1.0)) {
      raise_value_error(kName, matrix_name(matrices, i) +
                                   " has a last row other than (0, 0, 1), which is no affine map");
    }
    const ImageSize size = sizes.sizes[sizes.as_list ? static_cast<std::size_t>(i) : 0];
    const std::optional<AffineMap> map = inverse_map(matrix, size.height, size.width);
    if (!map.has_value()) raise_no_inverse(matrix_name(matrices, i), matrix);
    maps[static_cast<std::size_t>(i)] = WarpMap{*map};
  }
  return {std::move(maps), one_for_all ? 0 : 1};
}

py::object bind_affine(py::object images, py::object matrix, py::object size,
                       py::object interpolation, py::object border, py::object fill,
                       py::object layout_name, py::object out, py::object threads) {
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout_name));
  const ResultSizes sizes =
      size.is_none() ? same_sizes(source) : one_size(size_arg(kName, "size", size, 1));
  const MatrixArg matrices = matrix_arg(matrix, source.count);
  const SampleValues<WarpMap> maps = inverse_maps(matrices, source, sizes);
  const Border rule = border_arg(kName, border);
  require_pixels_for_border(kName, source, rule);
  const std::vector<std::byte> fill_pixel = fill_arg(kName, fill, source);
  const WarpOptions options{maps.view(), interpolation_arg(interpolation), rule, fill_pixel.data()};
  const Threads team = threads_arg(kName, threads);
  ResultArg result = result_arg(kName, out, source, sizes, source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    warp(batch_view(source), batch_view(result.target), options, team);
  }
  return result.result;
}

}  // namespace

void register_warp(py::module_& m) {
  m.def("affine", &bind_affine, py::arg("images"), py::arg("matrix"), py::arg("size"),
        py::arg("interpolation"), py::arg("border"), py::arg("fill"), py::arg("layout"),
        py::arg("out"), py::arg("threads"));
}

}  // namespace fa
