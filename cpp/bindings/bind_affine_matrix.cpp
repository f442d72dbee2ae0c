#include <cmath>
#include <cstring>

#include "bindings/array_args.hpp"
#include "bindings/register.hpp"
#include "kernels/affine_map.hpp"

namespace fa {
namespace {

constexpr const char* kName = "affine_matrix";

// Finite float64 values: `width` per sample, for `samples` samples, or (kShared) for all.
struct Numbers {
  static constexpr std::int64_t kShared = -1;

  py::array_t<double, py::array::c_style | py::array::forcecast> array;
  std::int64_t samples, width;

  double at(std::int64_t sample, std::int64_t column) const {
    const std::int64_t first = samples <= 1 ? 0 : sample * width;
    return array.data()[first + (width == 1 ? 0 : column)];
  }
};

enum class Form { kOne, kPair, kOneOrPairs, kOneOrPair };

const char* expected_shape(Form form) {
  if (form == Form::kOne) return "a number or (N,)";
  return form == Form::kOneOrPairs ? "a number, (N,), (N, 1) or (N, 2)" : "(2,) or (N, 2)";
}

// Whether the shape fits the form; if so, what it means.
bool read_shape(const py::array& array, Form form, Numbers& numbers) {
  const auto rank = array.ndim();
  const bool may_be_one = form != Form::kPair;
  const std::int64_t last = rank > 0 ? array.shape(rank - 1) : 0;
  numbers.samples = Numbers::kShared;
  numbers.width = 1;
  if (rank == 0) return may_be_one;
  if (rank == 1 && (form == Form::kOne || form == Form::kOneOrPairs)) {
    numbers.samples = last;
    return true;
  }
  numbers.width = last;
  if (rank == 1) return last == 2;
  numbers.samples = array.shape(0);
  return rank == 2 && form != Form::kOne && (last == 2 || (form == Form::kOneOrPairs && last == 1));
}

Numbers numbers_arg(const char* name, py::handle object, Form form) {
  const py::array array = py::array::ensure(object);
  if (!array) PyErr_Clear();
  if (!array || std::strchr("iuf", array.dtype().kind()) == nullptr) {
    raise_type_error(kName,
                     std::string(name) + " is " + repr_of(object) + ", expected real numbers");
  }
  Numbers numbers{};
  if (!read_shape(array, form, numbers)) {
    raise_value_error(kName, std::string(name) + " has shape " + shape_text(array) + ", expected " +
                                 expected_shape(form));
  }
  numbers.array = decltype(numbers.array)::ensure(array);
  if (!numbers.array) throw py::error_already_set();
  for (py::ssize_t i = 0; i < numbers.array.size(); ++i) {
    if (std::isfinite(numbers.array.data()[i])) continue;
    raise_value_error(kName,
                      std::string(name) + " is " + repr_of(object) + ", expected finite numbers");
  }
  return numbers;
}

// The number of samples that all arguments agree on, kShared when none has one. An argument with
// one sample serves any number.
std::int64_t common_samples(const Numbers& angle, const Numbers& translate, const Numbers& shear,
                            const Numbers& center, const Numbers& scale) {
  std::int64_t samples = Numbers::kShared;
  std::string counts;
  bool agree = true;
  for (const Numbers* numbers : {&angle, &translate, &shear, &center, &scale}) {
    const bool shared = numbers->samples == Numbers::kShared;
    counts += counts.empty() ? "" : ", ";
    counts += shared ? "()" : shape_text(&numbers->samples, 1);
    if (shared) continue;
    if (samples == Numbers::kShared || samples == 1) samples = numbers->samples;
    agree = agree && (numbers->samples == samples || numbers->samples == 1);
  }
  if (!agree) {
    raise_value_error(kName,
                      "angle, translate, shear, center and scale have different numbers of "
                      "samples: " +
                          counts);
  }
  return samples;
}

void require_values(const Numbers& scale, py::handle scale_object, const Numbers& shear,
                    py::handle shear_object, bool scale_is_alone) {
  for (py::ssize_t i = 0; i < scale.array.size(); ++i) {
    if (scale.array.data()[i] != 0.0) continue;
    raise_value_error(kName, "scale holds a 0, expected factors other than 0");
  }
  for (py::ssize_t i = 0; i < shear.array.size(); ++i) {
    if (std::abs(shear.array.data()[i]) < 90.0) continue;
    raise_value_error(
        kName, "shear is " + repr_of(shear_object) + ", expected degrees between -90 and 90");
  }
  if (scale_is_alone && scale.array.ndim() == 1 && scale.samples == 2) {
    raise_value_error(kName, "scale is " + repr_of(scale_object) +
                                 ": two samples or (x, y)? Pass [[x, y]] for one matrix, "
                                 "[[a], [b]] for two");
  }
}

py::array bind_affine_matrix(py::object angle, py::object translate, py::object scale,
                             py::object shear, py::object center) {
  const Numbers angles = numbers_arg("angle", angle, Form::kOne);
  const Numbers shifts = numbers_arg("translate", translate, Form::kPair);
  const Numbers factors = numbers_arg("scale", scale, Form::kOneOrPairs);
  const Numbers shears = numbers_arg("shear", shear, Form::kOneOrPair);
  const Numbers centers = numbers_arg("center", center, Form::kPair);
  const auto is_shared = [](const Numbers& numbers) { return numbers.samples == Numbers::kShared; };
  require_values(factors, scale, shears, shear,
                 is_shared(angles) && is_shared(shifts) && is_shared(shears) && is_shared(centers));
  const std::int64_t samples = common_samples(angles, shifts, shears, centers, factors);
  std::vector<py::ssize_t> shape{2, 3};
  if (samples != Numbers::kShared) shape.insert(shape.begin(), samples);
  py::array_t<double> matrices(shape);
  // One number shears along x alone.
  const bool shears_both = shears.width == 2;
  for (std::int64_t i = 0; i < (samples == Numbers::kShared ? 1 : samples); ++i) {
    affine_matrix(
        {angles.at(i, 0), shifts.at(i, 0), shifts.at(i, 1), factors.at(i, 0), factors.at(i, 1),
         shears.at(i, 0), shears_both ? shears.at(i, 1) : 0.0, centers.at(i, 0), centers.at(i, 1)},
        matrices.mutable_data() + 6 * i);
  }
  return matrices;
}

}  // namespace

void register_affine_matrix(py::module_& m) {
  m.def("affine_matrix", &bind_affine_matrix, py::arg("angle"), py::arg("translate"),
        py::arg("scale"), py::arg("shear"), py::arg("center"));
}

}  // namespace fa
