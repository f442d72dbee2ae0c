#include <cstring>

#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/resample.hpp"

namespace fa {
namespace {

ResampleFilter filter_arg(const char* function, py::handle object) {
  const std::string interpolation = text_arg(function, "interpolation", object);
  if (interpolation == "nearest") return ResampleFilter::kNearest;
  if (interpolation == "bilinear") return ResampleFilter::kBilinear;
  if (interpolation == "bicubic") return ResampleFilter::kBicubic;
  raise_value_error(function, "interpolation is '" + interpolation +
                                  "', expected 'nearest', 'bilinear' or 'bicubic'");
}

bool antialias_arg(const char* function, py::handle object) {
  if (PyBool_Check(object.ptr())) return object.ptr() == Py_True;
  // NumPy's own bool is none of Python's.
  if (py::isinstance(object, py::module_::import("numpy").attr("bool_"))) {
    return object.cast<bool>();
  }
  raise_type_error(function, "antialias is " + repr_of(object) + ", expected a bool");
}

void require_pixels(const char* function, const SourceArg& images) {
  for (std::int64_t i = 0; i < images.count; ++i) {
    const ImageSize size = size_of(images, i);
    if (size.height == 0 || size.width == 0) {
      raise_value_error(function, "images has no pixels to sample");
    }
  }
}

// Four whole numbers per sample, or for all (`count` 1), in C order.
struct BoxesArg {
  py::array_t<std::int64_t, py::array::c_style | py::array::forcecast> values;
  bool is_one;
};

BoxesArg box_numbers(const char* function, py::handle object, std::int64_t samples) {
  py::array array = py::array::ensure(object);
  if (!array) PyErr_Clear();
  if (!array || std::strchr("iu", array.dtype().kind()) == nullptr) {
    raise_type_error(function,
                     "boxes is " + repr_of(object) + ", expected an array of whole numbers");
  }
  const auto rank = array.ndim();
  const bool fits =
      (rank == 1 || (rank == 2 && array.shape(0) == samples)) && array.shape(rank - 1) == 4;
  if (!fits) {
    raise_value_error(function, "boxes has shape " + shape_text(array) + ", expected (4,) or (" +
                                    std::to_string(samples) + ", 4)");
  }
  BoxesArg result{{}, rank == 1};
  result.values = decltype(result.values)::ensure(array);
  if (!result.values) throw py::error_already_set();
  return result;
}

void require_inside(const char* function, const Box& box, ImageSize size, const std::string& name) {
  const bool is_inside = 0 <= box.x0 && box.x0 < box.x1 && box.x1 <= size.width && 0 <= box.y0 &&
                         box.y0 < box.y1 && box.y1 <= size.height;
  if (is_inside) return;
  const std::int64_t given[] = {box.x0, box.y0, box.x1, box.y1};
  const std::int64_t largest[] = {0, 0, size.width, size.height};
  raise_value_error(function,
                    name + " is " + shape_text(given, 4) +
                        ", expected a box (x0, y0, x1, y1) of at least one pixel inside " +
                        shape_text(largest, 4));
}

SampleValues<Box> boxes_arg(const char* function, py::handle object, const SourceArg& images) {
  const BoxesArg numbers = box_numbers(function, object, images.count);
  const std::int64_t count = numbers.is_one ? 1 : images.count;
  auto boxes = std::make_unique<Box[]>(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t* box = numbers.values.data() + 4 * i;
    boxes[static_cast<std::size_t>(i)] = {box[0], box[1], box[2], box[3]};
  }
  for (std::int64_t i = 0; i < images.count; ++i) {
    const std::string name = numbers.is_one ? "boxes" : "boxes[" + std::to_string(i) + "]";
    require_inside(function, boxes[static_cast<std::size_t>(numbers.is_one ? 0 : i)],
                   size_of(images, i), name);
  }
  return {std::move(boxes), numbers.is_one ? 0 : 1};
}

// What resize and resized_crop have in common.
struct ResizeArgs {
  const char* function;
  py::handle size, interpolation, antialias, out, threads;
};

py::object run_resize(const ResizeArgs& args, const SourceArg& source, PerSample<Box> boxes) {
  const char* function = args.function;
  const ResultSizes sizes = one_size(size_arg(function, "size", args.size, 1));
  const ResampleJobs jobs{
      {filter_arg(function, args.interpolation), antialias_arg(function, args.antialias)}, boxes};
  const Threads team = threads_arg(function, args.threads);
  ResultArg result = result_arg(function, args.out, source, sizes, source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    resample(batch_view(source), batch_view(result.target), jobs, team);
  }
  return result.result;
}

py::object bind_resize(py::object images, py::object size, py::object interpolation,
                       py::object antialias, py::object layout, py::object out,
                       py::object threads) {
  constexpr const char* kName = "resize";
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  require_pixels(kName, source);
  return run_resize({kName, size, interpolation, antialias, out, threads}, source, {nullptr, 0});
}

py::object bind_resized_crop(py::object images, py::object boxes, py::object size,
                             py::object interpolation, py::object antialias, py::object layout,
                             py::object out, py::object threads) {
  constexpr const char* kName = "resized_crop";
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  require_pixels(kName, source);
  const SampleValues<Box> given = boxes_arg(kName, boxes, source);
  return run_resize({kName, size, interpolation, antialias, out, threads}, source, given.view());
}

}  // namespace

void register_resize(py::module_& m) {
  m.def("resize", &bind_resize, py::arg("images"), py::arg("size"), py::arg("interpolation"),
        py::arg("antialias"), py::arg("layout"), py::arg("out"), py::arg("threads"));
  m.def("resized_crop", &bind_resized_crop, py::arg("images"), py::arg("boxes"), py::arg("size"),
        py::arg("interpolation"), py::arg("antialias"), py::arg("layout"), py::arg("out"),
        py::arg("threads"));
}

}  // namespace fa
