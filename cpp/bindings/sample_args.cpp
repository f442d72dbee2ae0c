#include "bindings/sample_args.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace fa {
namespace {

// `object` as an array of numbers of one of these kinds (NumPy's letters), else TypeError.
py::array numbers(const char* function, const char* name, py::handle object, const char* kinds,
                  const char* expected) {
  py::array array = py::array::ensure(object);
  if (!array) PyErr_Clear();
  // An empty list has no kind of its own.
  if (!array || (array.size() > 0 && std::strchr(kinds, array.dtype().kind()) == nullptr)) {
    raise_type_error(function,
                     std::string(name) + " is " + repr_of(object) + ", expected " + expected);
  }
  return array;
}

void require_count(const char* function, const char* name, const py::array& array,
                   std::int64_t count) {
  if (array.ndim() == 0 || (array.ndim() == 1 && array.shape(0) == count)) return;
  raise_value_error(function, std::string(name) + " has shape " + shape_text(array) +
                                  ", expected one value or one per sample, (" +
                                  std::to_string(count) + ",)");
}

template <class T>
SampleValues<T> copy_values(const py::array& array) {
  const auto typed = py::array_t < T, py::array::forcecast | py::array::c_style > ::ensure(array);
  if (!typed) throw py::error_already_set();
  if (array.ndim() == 0) return one_value(*typed.data());
  const std::int64_t count = typed.shape(0);
  auto values = std::make_unique<T[]>(static_cast<std::size_t>(count));
  std::copy_n(typed.data(), count, values.get());
  return {std::move(values), 1};
}

std::int64_t whole_number(const char* function, const char* name, py::handle object) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
  if (overflow != 0) {
    raise_value_error(function,
                      std::string(name) + " is " + repr_of(object) + ", which is too large");
  }
  if (value == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return value;
}

template <class T>
void append_integer(const char* function, py::handle fill, double value,
                    std::vector<std::byte>& pixel) {
  constexpr double kLargest = std::numeric_limits<T>::max();
  if (!(value >= 0.0 && value <= kLargest) || value != std::floor(value)) {
    raise_value_error(function, "fill is " + repr_of(fill) + ", expected whole numbers from 0 to " +
                                    std::to_string(std::numeric_limits<T>::max()) +
                                    " for images of dtype uint" + std::to_string(8 * sizeof(T)));
  }
  const T stored = static_cast<T>(value);
  const auto* bytes = reinterpret_cast<const std::byte*>(&stored);
  pixel.insert(pixel.end(), bytes, bytes + sizeof stored);
}

}  // namespace

SampleValues<std::int64_t> sample_ints(const char* function, const char* name, py::handle object,
                                       std::int64_t count) {
  if (is_whole_number(object)) return one_value<std::int64_t>(whole_number(function, name, object));
  const py::array array =
      numbers(function, name, object, "iu", "a whole number or an array of them");
  require_count(function, name, array, count);
  return copy_values<std::int64_t>(array);
}

SampleValues<double> sample_numbers(const char* function, const char* name, py::handle object,
                                    std::int64_t count) {
  const py::array array = numbers(function, name, object, "iuf", "a number or an array of them");
  require_count(function, name, array, count);
  return copy_values<double>(array);
}

SampleValues<bool> sample_flags(const char* function, const char* name, py::handle object,
                                std::int64_t count) {
  if (object.is_none()) return one_value(true);
  const py::array array = numbers(function, name, object, "b", "None, a bool or an array of bool");
  require_count(function, name, array, count);
  return copy_values<bool>(array);
}

std::vector<std::int64_t> ints_arg(const char* function, const char* name, py::handle object,
                                   const char* expected) {
  if (is_whole_number(object)) return {whole_number(function, name, object)};
  // A tuple of ints, which most sizes are, needs no array.
  if (PyTuple_CheckExact(object.ptr())) {
    std::vector<std::int64_t> values;
    for (const py::handle item : py::reinterpret_borrow<py::tuple>(object)) {
      if (!is_whole_number(item)) break;
      values.push_back(whole_number(function, name, item));
    }
    if (static_cast<py::ssize_t>(values.size()) == PyTuple_GET_SIZE(object.ptr())) return values;
  }
  const py::array array = numbers(function, name, object, "iu", expected);
  if (array.ndim() > 1) {
    raise_value_error(function,
                      std::string(name) + " is " + repr_of(object) + ", expected " + expected);
  }
  const SampleValues<std::int64_t> values = copy_values<std::int64_t>(array);
  return {values.values.get(), values.values.get() + array.size()};
}

ImageSize size_arg(const char* function, const char* name, py::handle size, std::int64_t least) {
  constexpr const char* kExpected = "a whole number or a pair (height, width)";
  const std::vector<std::int64_t> values = ints_arg(function, name, size, kExpected);
  if (values.empty() || values.size() > 2) {
    raise_value_error(function,
                      std::string(name) + " is " + repr_of(size) + ", expected " + kExpected);
  }
  const ImageSize result{values.front(), values.back()};
  if (result.height < least || result.width < least) {
    raise_value_error(function, std::string(name) + " is " + repr_of(size) +
                                    ", expected at least " + std::to_string(least));
  }
  return result;
}

Border border_arg(const char* function, py::handle object) {
  const std::string border = text_arg(function, "border", object);
  if (border == "constant") return Border::kConstant;
  if (border == "edge") return Border::kEdge;
  if (border == "reflect") return Border::kReflect;
  if (border == "symmetric") return Border::kSymmetric;
  if (border == "wrap") return Border::kWrap;
  raise_value_error(function, "border is '" + border +
                                  "', expected 'constant', 'edge', 'reflect', 'symmetric' or "
                                  "'wrap'");
}

void require_pixels_for_border(const char* function, const SourceArg& images, Border border) {
  if (border == Border::kConstant) return;
  for (std::int64_t i = 0; i < images.count; ++i) {
    const ImageSize size = size_of(images, i);
    if (size.height > 0 && size.width > 0) continue;
    raise_value_error(
        function, image_name(images, i) + " has no pixels to repeat, expected border='constant'");
  }
}

std::vector<double> channel_values(const char* function, const char* name, py::handle object,
                                   std::int64_t channels) {
  if (PyFloat_CheckExact(object.ptr()) || PyLong_CheckExact(object.ptr())) {
    const double value = PyFloat_AsDouble(object.ptr());
    if (value == -1.0 && PyErr_Occurred() != nullptr) throw py::error_already_set();
    return std::vector<double>(static_cast<std::size_t>(channels), value);
  }
  const py::array array = numbers(function, name, object, "iuf", "a number or one per channel");
  if (array.ndim() > 1 || (array.ndim() == 1 && array.shape(0) != channels)) {
    raise_value_error(function, std::string(name) + " has shape " + shape_text(array) +
                                    ", expected one value or one per channel, (" +
                                    std::to_string(channels) + ",)");
  }
  const SampleValues<double> values = copy_values<double>(array);
  std::vector<double> result;
  for (std::int64_t c = 0; c < channels; ++c) result.push_back(value_of(values.view(), c));
  return result;
}

std::vector<std::byte> fill_arg(const char* function, py::handle fill, const SourceArg& images) {
  std::vector<std::byte> pixel;
  for (const double value : channel_values(function, "fill", fill, images.channels)) {
    if (images.dtype == DType::kUint8) {
      append_integer<std::uint8_t>(function, fill, value, pixel);
    } else if (images.dtype == DType::kUint16) {
      append_integer<std::uint16_t>(function, fill, value, pixel);
    } else {
      const float stored = static_cast<float>(value);
      if (std::isinf(stored) && !std::isinf(value)) {
        raise_value_error(function,
                          "fill is " + repr_of(fill) + ", expected numbers that float32 can hold");
      }
      const auto* bytes = reinterpret_cast<const std::byte*>(&stored);
      pixel.insert(pixel.end(), bytes, bytes + sizeof stored);
    }
  }
  return pixel;
}

}  // namespace fa
