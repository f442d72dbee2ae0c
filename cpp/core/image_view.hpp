// Views of images and batches in the caller's memory: pointers, sizes and byte strides, nothing
// owned.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.hpp"
#include "core/inline.hpp"

namespace fa {

// One image. Byte is std::byte or const std::byte. Pixels of a row are packed; rows and planes may
// stand anywhere, also backwards. An HWC image has one plane of `channels` interleaved values per
// pixel; a CHW image has one plane per channel (the batch knows both numbers).
template <class Byte>
struct ImageView {
  Byte* data;  // first pixel of the first row of the first plane
  std::int64_t height, width;
  std::int64_t row_stride, plane_stride;  // bytes, may be negative
};

using Source = ImageView<const std::byte>;
using Target = ImageView<std::byte>;

FA_INLINE Source as_source(const Target& image) {
  return {image.data, image.height, image.width, image.row_stride, image.plane_stride};
}

template <class Byte>
FA_INLINE Byte* row(const ImageView<Byte>& image, std::int64_t plane, std::int64_t y) {
  return image.data + plane * image.plane_stride + y * image.row_stride;
}

// The same pixels read from the last row up.
template <class Byte>
FA_INLINE ImageView<Byte> upside_down(ImageView<Byte> image) {
  image.data += (image.height - 1) * image.row_stride;
  image.row_stride = -image.row_stride;
  return image;
}

// What all images of a batch share.
struct PixelFormat {
  DType dtype;
  std::int64_t planes;  // 1 for HWC, the number of channels for CHW
  std::int64_t
      channels;  // interleaved values of a pixel: the number of channels for HWC, 1 for CHW
};

FA_INLINE std::int64_t pixel_bytes(const PixelFormat& format) {
  return format.channels * item_size(format.dtype);
}

// Of a pixel, wherever its values stand.
FA_INLINE std::int64_t channels_of(const PixelFormat& format) {
  return format.planes * format.channels;
}

// N images: equally spaced ones of one size, or (ragged != nullptr) a list of views.
template <class Byte>
struct BatchView {
  PixelFormat format;
  std::int64_t count;
  ImageView<Byte> first;
  std::int64_t sample_stride;  // bytes, may be negative
  const ImageView<Byte>* ragged;
};

using SourceBatch = BatchView<const std::byte>;
using TargetBatch = BatchView<std::byte>;

template <class Byte>
FA_INLINE ImageView<Byte> image(const BatchView<Byte>& batch, std::int64_t sample) {
  if (batch.ragged != nullptr) return batch.ragged[sample];
  ImageView<Byte> view = batch.first;
  view.data += sample * batch.sample_stride;
  return view;
}

// A parameter with one value for all samples (stride 0) or one per sample (stride 1).
template <class T>
struct PerSample {
  const T* values;
  std::int64_t stride;
};

template <class T>
FA_INLINE T value_of(const PerSample<T>& parameter, std::int64_t sample) {
  return parameter.values[sample * parameter.stride];
}

}  // namespace fa
