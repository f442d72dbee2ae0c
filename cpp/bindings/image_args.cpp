#include "bindings/image_args.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

namespace fa {
namespace {

constexpr const char* kExpectedImages = "a NumPy array or a sequence of NumPy arrays";
constexpr std::initializer_list<DType> kImageDTypes = {DType::kUint8, DType::kUint16,
                                                       DType::kFloat32};

std::string item_name(const char* name, std::int64_t position) {
  return std::string(name) + "[" + std::to_string(position) + "]";
}

const char* axes_of_image(Layout layout) {
  return layout == Layout::kHwc ? "(H, W, C)" : "(C, H, W)";
}

// Which axis of the last three holds what.
struct Axes {
  int height, width, channels;
};

Axes axes_of(Layout layout, int rank) {
  const int first = rank - 3;
  if (layout == Layout::kHwc) return {first, first + 1, first + 2};
  return {first + 1, first + 2, first};
}

// `fix` completes the sentence "pass ...".
void require_packed(const char* function, const std::string& name, const ArrayFacts& facts,
                    Layout layout, const std::string& fix) {
  const Axes axes = axes_of(layout, facts.rank);
  const auto step_is = [&](int axis, std::int64_t bytes) {
    return facts.shape[axis] <= 1 || facts.strides[axis] == bytes;
  };
  const std::int64_t item = item_size(facts.dtype);
  const bool interleaved = layout == Layout::kHwc;
  const std::int64_t pixel = interleaved ? item * facts.shape[axes.channels] : item;
  const bool packed = (!interleaved || step_is(axes.channels, item)) && step_is(axes.width, pixel);
  for (int axis = 0; axis < facts.rank; ++axis) {
    if (facts.shape[axis] == 0) return;
  }
  if (!packed) {
    raise_value_error(
        function,
        name + " has pixels that are not packed (strides " +
            shape_text(std::vector<std::int64_t>(facts.strides, facts.strides + facts.rank).data(),
                       facts.rank) +
            "); pass " + fix);
  }
}

// An input can be copied into packed memory; a copy of `out` would leave the caller's array as it
// was.
template <class Byte>
std::string packing_fix(const std::string& name) {
  if constexpr (std::is_const_v<Byte>) return "np.ascontiguousarray(" + name + ")";
  return "an array with packed pixels";
}

template <class Byte>
ImageView<Byte> image_view(const ArrayFacts& facts, Layout layout) {
  const Axes axes = axes_of(layout, facts.rank);
  return {facts.data, facts.shape[axes.height], facts.shape[axes.width], facts.strides[axes.height],
          layout == Layout::kChw ? facts.strides[axes.channels] : 0};
}

void require_rank(const char* function, const std::string& name, const ArrayFacts& facts,
                  Layout layout, bool may_be_batch) {
  if (facts.rank == 3 || (facts.rank == 4 && may_be_batch)) return;
  std::string message =
      name + " has shape " + shape_text(facts) + ", expected " + axes_of_image(layout);
  if (may_be_batch) message += layout == Layout::kHwc ? " or (N, H, W, C)" : " or (N, C, H, W)";
  if (facts.rank == 2) {
    message += "; add the channel axis with " + name +
               (layout == Layout::kHwc ? "[..., np.newaxis]" : "[np.newaxis]");
  }
  raise_value_error(function, message);
}

template <class Byte>
void parse_sequence(const char* function, const char* name, ImagesArg<Byte>& images,
                    std::initializer_list<DType> allowed) {
  images.is_sequence = true;
  images.count = static_cast<std::int64_t>(images.items.size());
  if (images.count == 0) {
    raise_value_error(function, std::string(name) +
                                    " is an empty sequence, expected at least one image; pass an "
                                    "array of shape (0, ...) for an empty batch");
  }
  for (std::int64_t i = 0; i < images.count; ++i) {
    const std::string item = item_name(name, i);
    const ArrayFacts facts = array_facts(
        function, [&] { return item; }, PyTuple_GET_ITEM(images.items.ptr(), i), allowed);
    require_rank(function, item, facts, images.layout, false);
    const std::int64_t channels = facts.shape[axes_of(images.layout, facts.rank).channels];
    if (i == 0) {
      images.dtype = facts.dtype;
      images.channels = channels;
    }
    if (facts.dtype != images.dtype) {
      raise_type_error(function, item + " has dtype " + fa::name(facts.dtype) + ", expected " +
                                     fa::name(images.dtype) + " as in " + item_name(name, 0));
    }
    if (channels != images.channels) {
      raise_value_error(function, item + " has " + std::to_string(channels) +
                                      " channels, expected " + std::to_string(images.channels) +
                                      " as in " + item_name(name, 0));
    }
    require_packed(function, item, facts, images.layout, packing_fix<Byte>(item));
    images.views.push_back(image_view<Byte>(facts, images.layout));
    images.arrays.push_back(facts);
  }
  images.first = images.views.front();
}

template <class Byte>
ImagesArg<Byte> parse_images(const char* function, const char* name, py::handle object,
                             Layout layout, std::initializer_list<DType> allowed) {
  ImagesArg<Byte> images{layout, DType::kUint8};
  if (!py::isinstance<py::array>(object)) {
    images.items = sequence_items(function, name, object, kExpectedImages);
    parse_sequence(function, name, images, allowed);
  } else {
    const ArrayFacts facts =
        array_facts(function, [&] { return std::string(name); }, object, allowed);
    require_rank(function, name, facts, layout, true);
    images.is_one_image = facts.rank == 3;
    images.dtype = facts.dtype;
    images.count = images.is_one_image ? 1 : facts.shape[0];
    images.sample_stride = images.is_one_image ? 0 : facts.strides[0];
    images.channels = facts.shape[axes_of(layout, facts.rank).channels];
    require_packed(function, name, facts, layout, packing_fix<Byte>(name));
    images.first = image_view<Byte>(facts, layout);
    images.arrays.push_back(facts);
  }
  if (images.channels == 0) {
    raise_value_error(function, std::string(name) + " has 0 channels, expected at least 1");
  }
  return images;
}

std::vector<std::int64_t> image_shape(ImageSize size, std::int64_t channels, Layout layout) {
  if (layout == Layout::kHwc) return {size.height, size.width, channels};
  return {channels, size.height, size.width};
}

py::array new_array(const char* function, const std::vector<std::int64_t>& shape, DType dtype) {
  try {
    return py::array(numpy_dtype(dtype), std::vector<py::ssize_t>(shape.begin(), shape.end()));
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ValueError)) throw;  // a MemoryError says all there is to say
    raise_value_error(function,
                      "the result would have shape " +
                          shape_text(shape.data(), static_cast<std::int64_t>(shape.size())) +
                          ", more than an array can hold");
  }
}

py::object new_result(const char* function, const SourceArg& images, const ResultSizes& wanted,
                      Layout layout, DType dtype) {
  if (wanted.as_list) {
    py::list arrays(wanted.sizes.size());
    for (std::size_t i = 0; i < wanted.sizes.size(); ++i) {
      arrays[i] = new_array(function, image_shape(wanted.sizes[i], images.channels, layout), dtype);
    }
    return arrays;
  }
  return new_array(function, result_shape(images, wanted.sizes.front(), layout), dtype);
}

void require_shape(const char* function, const std::string& name, const ArrayFacts& facts,
                   const std::vector<std::int64_t>& expected) {
  if (std::equal(expected.begin(), expected.end(), facts.shape, facts.shape + facts.rank)) return;
  raise_value_error(function,
                    name + " has shape " + shape_text(facts) + ", expected " +
                        shape_text(expected.data(), static_cast<std::int64_t>(expected.size())));
}

void require_sizes(const char* function, const TargetArg& out, const SourceArg& images,
                   const ResultSizes& wanted) {
  if (!out.is_sequence) {
    require_shape(function, "out", out.arrays.front(),
                  result_shape(images, wanted.sizes.front(), out.layout));
  } else if (out.count != images.count) {
    raise_value_error(function, "out has " + std::to_string(out.count) + " arrays, expected " +
                                    std::to_string(images.count));
  }
  for (std::int64_t i = 0; i < images.count; ++i) {
    const ImageSize size = wanted.sizes[wanted.as_list ? static_cast<std::size_t>(i) : 0];
    if (out.is_sequence) {
      require_shape(function, item_name("out", i), out.arrays[static_cast<std::size_t>(i)],
                    image_shape(size, images.channels, out.layout));
    } else if (size_of(out, i) != size) {
      const std::array<std::int64_t, 2> height_width{size.height, size.width};
      raise_value_error(function, "out has images of one size, expected " +
                                      shape_text(height_width.data(), 2) + " for " +
                                      item_name("images", i) + "; pass a list of arrays");
    }
  }
}

// Writes go to `out` from many threads: no two of its pixels, nor one of the input's, may coincide.
void require_separate(const char* function, const TargetArg& out, const SourceArg& images) {
  std::vector<ArrayFacts> arrays = out.arrays;
  arrays.insert(arrays.end(), images.arrays.begin(), images.arrays.end());
  std::vector<bool> is_written(arrays.size(), false);
  std::fill_n(is_written.begin(), out.arrays.size(), true);
  for (std::size_t i = 0; i < out.arrays.size(); ++i) {
    const std::string name =
        out.is_sequence ? item_name("out", static_cast<std::int64_t>(i)) : "out";
    require_writable(function, name, out.arrays[i]);
    if (overlaps_itself(out.arrays[i])) {
      raise_value_error(function, name + " overlaps itself (strides that visit a byte twice)");
    }
  }
  const OverlappingPair pair = find_overlap(arrays, is_written);
  if (pair.first < 0) return;
  const auto outs = static_cast<std::int64_t>(out.arrays.size());
  const auto name = [&](std::int64_t i) {
    if (i < outs) return out.is_sequence ? item_name("out", i) : std::string("out");
    return image_name(images, i - outs);
  };
  raise_value_error(function, name(pair.first) + " shares memory with " + name(pair.second) +
                                  ", expected separate arrays");
}

}  // namespace

Layout layout_arg(const char* function, const char* name, py::handle object) {
  const std::string layout = text_arg(function, name, object);
  if (layout == "HWC") return Layout::kHwc;
  if (layout == "CHW") return Layout::kChw;
  raise_value_error(function, std::string(name) + " is '" + layout + "', expected 'HWC' or 'CHW'");
}

SourceArg images_arg(const char* function, py::handle images, Layout layout) {
  return parse_images<const std::byte>(function, "images", images, layout, kImageDTypes);
}

SourceArg described_images(const char* function, const std::vector<std::int64_t>& shape,
                           py::handle dtype, Layout layout) {
  const auto rank = static_cast<int>(shape.size());
  if (rank != 3 && rank != 4) {
    raise_value_error(function, "shape is " + shape_text(shape.data(), rank) + ", expected " +
                                    axes_of_image(layout) + " or the same after an axis of N");
  }
  SourceArg images{layout, DType::kUint8};
  const auto wanted = py::dtype::from_args(py::reinterpret_borrow<py::object>(dtype));
  bool is_known = false;
  for (const DType known : kImageDTypes) {
    if (!wanted.equal(numpy_dtype(known))) continue;
    images.dtype = known;
    is_known = true;
  }
  if (!is_known) {
    raise_type_error(function, "dtype is " + py::str(py::handle(wanted)).cast<std::string>() +
                                   ", expected uint8, uint16 or float32");
  }
  const Axes axes = axes_of(layout, rank);
  const auto size = [&](int axis) { return shape[static_cast<std::size_t>(axis)]; };
  images.is_one_image = rank == 3;
  images.count = rank == 4 ? shape.front() : 1;
  images.channels = size(axes.channels);
  images.first.height = size(axes.height);
  images.first.width = size(axes.width);
  if (*std::min_element(shape.begin(), shape.end()) < 1) {
    raise_value_error(function,
                      "shape is " + shape_text(shape.data(), rank) + ", expected at least 1 each");
  }
  return images;
}

std::string image_name(const SourceArg& images, std::int64_t sample) {
  return images.is_sequence ? item_name("images", sample) : "images";
}

std::vector<std::int64_t> result_shape(const SourceArg& images, ImageSize size, Layout layout) {
  std::vector<std::int64_t> shape = image_shape(size, images.channels, layout);
  if (!images.is_one_image) shape.insert(shape.begin(), images.count);
  return shape;
}

ResultSizes one_size(ImageSize size) { return {false, {size}}; }

ResultSizes same_sizes(const SourceArg& images) {
  if (!images.is_sequence) return one_size(size_of(images, 0));
  ResultSizes result{true, {}};
  for (std::int64_t i = 0; i < images.count; ++i) result.sizes.push_back(size_of(images, i));
  return result;
}

ResultArg result_arg(const char* function, py::handle out, const SourceArg& images,
                     const ResultSizes& sizes, Layout layout, DType dtype) {
  if (out.is_none()) {
    py::object result = new_result(function, images, sizes, layout, dtype);
    TargetArg target = parse_images<std::byte>(function, "out", result, layout, {dtype});
    return {std::move(result), std::move(target)};
  }
  TargetArg target = parse_images<std::byte>(function, "out", out, layout, {dtype});
  require_sizes(function, target, images, sizes);
  require_separate(function, target, images);
  return {py::reinterpret_borrow<py::object>(out), std::move(target)};
}

}  // namespace fa
