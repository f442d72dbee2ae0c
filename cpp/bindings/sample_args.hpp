// Parameters of a batch call: one value for all samples or one per sample.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bindings/array_args.hpp"
#include "bindings/image_args.hpp"
#include "core/border.hpp"

namespace fa {

// Owns the values that a PerSample refers to.
template <class T>
struct SampleValues {
  std::unique_ptr<T[]> values;
  std::int64_t stride;  // 0: one value for all
  PerSample<T> view() const { return {values.get(), stride}; }
};

// A whole number, or an array of `count` of them.
SampleValues<std::int64_t> sample_ints(const char* function, const char* name, py::handle object,
                                       std::int64_t count);

// A number, or an array of `count` of them.
SampleValues<double> sample_numbers(const char* function, const char* name, py::handle object,
                                    std::int64_t count);

template <class T>
SampleValues<T> one_value(T value) {
  auto values = std::make_unique<T[]>(1);
  values[0] = value;
  return {std::move(values), 0};
}

// None (all), a bool, or an array of `count` of them.
SampleValues<bool> sample_flags(const char* function, const char* name, py::handle object,
                                std::int64_t count);

// A whole number or a sequence of them, as a list.
std::vector<std::int64_t> ints_arg(const char* function, const char* name, py::handle object,
                                   const char* expected);

// An int or (height, width), both at least `least`.
ImageSize size_arg(const char* function, const char* name, py::handle size, std::int64_t least);

Border border_arg(const char* function, py::handle object);

// A border other than constant needs a pixel to repeat: throws ValueError for an image without one.
void require_pixels_for_border(const char* function, const SourceArg& images, Border border);

// One number, or one per channel, as `channels` values. Throws unless each is finite when
// `must_be_finite`.
std::vector<double> channel_values(const char* function, const char* name, py::handle object,
                                   std::int64_t channels);

// `fill` as the bytes of one pixel: throws ValueError for a value that the dtype cannot hold.
std::vector<std::byte> fill_arg(const char* function, py::handle fill, const SourceArg& images);

}  // namespace fa
