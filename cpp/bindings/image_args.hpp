// Images and batches: from NumPy arrays to batch views, and the arrays that results go into.
#pragma once

#include <string>
#include <vector>

#include "bindings/array_args.hpp"
#include "core/image_view.hpp"

namespace fa {

enum class Layout { kHwc, kChw };

// `name` is the argument's: "layout" or "out_layout".
Layout layout_arg(const char* function, const char* name, py::handle object);

struct ImageSize {
  std::int64_t height, width;
  bool operator==(const ImageSize&) const = default;
};

// What the caller passed as images: one image, an array of images, or a sequence of images.
template <class Byte>
struct ImagesArg {
  Layout layout;
  DType dtype;
  bool is_one_image = false;
  bool is_sequence = false;
  std::int64_t count = 0;
  std::int64_t channels = 0;
  ImageView<Byte> first{};               // the only view unless a sequence was passed
  std::int64_t sample_stride = 0;        // bytes
  std::vector<ImageView<Byte>> views{};  // of a sequence: one per image
  std::vector<ArrayFacts> arrays{};      // of a sequence: one per image; else one
  py::tuple items{};                     // of a sequence: keeps the arrays alive
};

using SourceArg = ImagesArg<const std::byte>;
using TargetArg = ImagesArg<std::byte>;

// "images[3]" of a sequence, "images" of an array.
std::string image_name(const SourceArg& images, std::int64_t sample);

SourceArg images_arg(const char* function, py::handle images, Layout layout);

// Images of this shape, (H, W, C) or with an axis of N before it, without their pixels.
SourceArg described_images(const char* function, const std::vector<std::int64_t>& shape,
                           py::handle dtype, Layout layout);

template <class Byte>
const ImageView<Byte>& image_of(const ImagesArg<Byte>& images, std::int64_t sample) {
  return images.is_sequence ? images.views[static_cast<std::size_t>(sample)] : images.first;
}

template <class Byte>
ImageSize size_of(const ImagesArg<Byte>& images, std::int64_t sample) {
  const ImageView<Byte>& image = image_of(images, sample);
  return {image.height, image.width};
}

template <class Byte>
BatchView<Byte> batch_view(const ImagesArg<Byte>& images) {
  const bool interleaved = images.layout == Layout::kHwc;
  const PixelFormat format{images.dtype, interleaved ? 1 : images.channels,
                           interleaved ? images.channels : 1};
  return {format, images.count, images.first, images.sample_stride,
          images.is_sequence ? images.views.data() : nullptr};
}

// The sizes of a result: one for all images, or (`as_list`) one per image.
struct ResultSizes {
  bool as_list;
  std::vector<ImageSize> sizes;
};

ResultSizes one_size(ImageSize size);
// As the input: a list for a sequence, an array for an array.
ResultSizes same_sizes(const SourceArg& images);

// Shape of the array that holds a result of one size.
std::vector<std::int64_t> result_shape(const SourceArg& images, ImageSize size, Layout layout);

// Where the result goes: the caller's `out`, checked, or new arrays.
struct ResultArg {
  py::object result;  // what the function returns
  TargetArg target;
};

// Throws TypeError or ValueError when `out` (None: make one) does not have these sizes, the input's
// number of channels, this layout and dtype, is read-only, or shares memory with `images` or
// itself.
ResultArg result_arg(const char* function, py::handle out, const SourceArg& images,
                     const ResultSizes& sizes, Layout layout, DType dtype);

}  // namespace fa
