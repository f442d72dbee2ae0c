#include <cmath>
#include <cstring>

#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/affine_map.hpp"
#include "kernels/warp.hpp"

namespace fa {
namespace {

// What sets the two functions apart.
enum class WarpKind { kAffine, kPerspective };

const char* name_of(WarpKind kind) { return kind == WarpKind::kAffine ? "affine" : "perspective"; }

Interpolation interpolation_arg(const char* function, py::handle object) {
  const std::string interpolation = text_arg(function, "interpolation", object);
  if (interpolation == "nearest") return Interpolation::kNearest;
  if (interpolation == "bilinear") return Interpolation::kBilinear;
  if (interpolation == "bicubic") return Interpolation::kBicubic;
  raise_value_error(function, "interpolation is '" + interpolation +
                                  "', expected 'nearest', 'bilinear' or 'bicubic'");
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

std::string matrix_shapes(WarpKind kind, std::int64_t samples) {
  const std::string n = std::to_string(samples);
  if (kind == WarpKind::kPerspective) return "(3, 3) or (" + n + ", 3, 3)";
  return "(2, 3), (3, 3), (" + n + ", 2, 3) or (" + n + ", 3, 3)";
}

MatrixArg matrix_arg(WarpKind kind, py::handle object, std::int64_t samples) {
  py::array array = py::array::ensure(object);
  if (!array) PyErr_Clear();
  if (!array || std::strchr("iuf", array.dtype().kind()) == nullptr) {
    const std::string got = array ? "dtype " + py::str(array.dtype()).cast<std::string>()
                                  : "type " + type_name_of(object);
    raise_type_error(name_of(kind), "matrix has " + got + ", expected real numbers");
  }
  const auto rank = array.ndim();
  const bool fits =
      (rank == 2 || (rank == 3 && array.shape(0) == samples)) && array.shape(rank - 1) == 3 &&
      (array.shape(rank - 2) == 3 || (kind == WarpKind::kAffine && array.shape(rank - 2) == 2));
  if (!fits) {
    raise_value_error(name_of(kind), "matrix has shape " + shape_text(array) + ", expected " +
                                         matrix_shapes(kind, samples));
  }
  MatrixArg result{{}, rank == 2 ? 1 : samples, array.shape(rank - 2)};
  result.values = decltype(result.values)::ensure(array);
  if (!result.values) throw py::error_already_set();
  return result;
}

std::string matrix_name(const MatrixArg& matrices, std::int64_t sample) {
  return matrices.count == 1 ? "matrix" : "matrix[" + std::to_string(sample) + "]";
}

// `is_singular`, or what else keeps a matrix of `entries` numbers from being inverted.
[[noreturn]] void raise_no_inverse(const char* function, const std::string& name,
                                   const double* matrix, int entries, bool is_singular,
                                   const char* else_what) {
  for (int i = 0; i < entries; ++i) {
    if (std::isfinite(matrix[i])) continue;
    raise_value_error(
        function, name + " holds " + repr_of(py::float_(matrix[i])) + ", expected finite numbers");
  }
  if (is_singular) {
    raise_value_error(function, name + " is singular, expected an invertible matrix");
  }
  raise_value_error(function, name + else_what);
}

constexpr const char* kTooFar = " maps the output more than 2**30 pixels away from the image";

bool is_singular_affine(const double* matrix) {
  return matrix[0] * matrix[4] == matrix[1] * matrix[3];
}

WarpMap affine_inverse(const double* matrix, std::int64_t rows, const std::string& name,
                       ImageSize size) {
  const char* function = name_of(WarpKind::kAffine);
  if (rows == 3 && (matrix[6] != 0.0 || matrix[7] != 0.0 || matrix[8] != 1.0)) {
    raise_value_error(function,
                      name + " has a last row other than (0, 0, 1), which is no affine map");
  }
  const std::optional<AffineMap> map = inverse_map(matrix, size.height, size.width);
  if (!map.has_value()) {
    raise_no_inverse(function, name, matrix, 6, is_singular_affine(matrix), kTooFar);
  }
  return WarpMap{*map};
}

WarpMap perspective_inverse(const double* matrix, const std::string& name, ImageSize source,
                            ImageSize size) {
  const std::optional<WarpMap> map =
      inverse_perspective(matrix, source.height, source.width, size.height, size.width);
  if (map.has_value()) return *map;
  const char* function = name_of(WarpKind::kPerspective);
  if (matrix[6] == 0.0 && matrix[7] == 0.0) {
    const bool is_singular = matrix[8] == 0.0 || is_singular_affine(matrix);
    raise_no_inverse(function, name, matrix, 9, is_singular, kTooFar);
  }
  const double middle_w = matrix[6] * 0.5 * static_cast<double>(source.width - 1) +
                          matrix[7] * 0.5 * static_cast<double>(source.height - 1) + matrix[8];
  raise_no_inverse(function, name, matrix, 9, middle_w != 0.0,
                   " sends the middle of the image to infinity");
}

SampleValues<WarpMap> inverse_maps(WarpKind kind, const MatrixArg& matrices,
                                   const SourceArg& images, const ResultSizes& sizes) {
  // One matrix for images of many sizes is still checked against each of them.
  const bool one_for_all =
      matrices.count == 1 && !sizes.as_list && (kind == WarpKind::kAffine || !images.is_sequence);
  const std::int64_t count = one_for_all ? 1 : images.count;
  auto maps = std::make_unique<WarpMap[]>(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const double* matrix = matrices.matrix(i);
    const std::string name = matrix_name(matrices, i);
    const ImageSize size = sizes.sizes[sizes.as_list ? static_cast<std::size_t>(i) : 0];
    maps[static_cast<std::size_t>(i)] =
        kind == WarpKind::kAffine ? affine_inverse(matrix, matrices.rows, name, size)
                                  : perspective_inverse(matrix, name, size_of(images, i), size);
  }
  return {std::move(maps), one_for_all ? 0 : 1};
}

template <WarpKind kKind>
py::object bind_warp(py::object images, py::object matrix, py::object size,
                     py::object interpolation, py::object border, py::object fill,
                     py::object layout_name, py::object out, py::object threads) {
  const char* name = name_of(kKind);
  const SourceArg source = images_arg(name, images, layout_arg(name, "layout", layout_name));
  const ResultSizes sizes =
      size.is_none() ? same_sizes(source) : one_size(size_arg(name, "size", size, 1));
  const MatrixArg matrices = matrix_arg(kKind, matrix, source.count);
  const SampleValues<WarpMap> maps = inverse_maps(kKind, matrices, source, sizes);
  const Border rule = border_arg(name, border);
  require_pixels_for_border(name, source, rule);
  const std::vector<std::byte> fill_pixel = fill_arg(name, fill, source);
  const WarpOptions options{maps.view(), interpolation_arg(name, interpolation), rule,
                            fill_pixel.data()};
  const Threads team = threads_arg(name, threads);
  ResultArg result = result_arg(name, out, source, sizes, source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    warp(batch_view(source), batch_view(result.target), options, team);
  }
  return result.result;
}

template <WarpKind kKind>
void register_kind(py::module_& m) {
  m.def(name_of(kKind), &bind_warp<kKind>, py::arg("images"), py::arg("matrix"), py::arg("size"),
        py::arg("interpolation"), py::arg("border"), py::arg("fill"), py::arg("layout"),
        py::arg("out"), py::arg("threads"));
}

}  // namespace

void register_warp(py::module_& m) {
  register_kind<WarpKind::kAffine>(m);
  register_kind<WarpKind::kPerspective>(m);
}

}  // namespace fa
