#include <array>

#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/crop.hpp"

namespace fa {
namespace {

struct CropOptions {
  const char* function;
  py::handle border;
  py::handle fill, out, threads;
};

// Far enough for any image, and sums of such numbers never overflow.
constexpr std::int64_t kFarthest = std::int64_t{1} << 40;

void require_reachable(const char* function, const char* name,
                       const SampleValues<std::int64_t>& offsets, std::int64_t count) {
  for (std::int64_t i = 0; i < (offsets.stride == 0 ? 1 : count); ++i) {
    if (offsets.values[i] >= -kFarthest && offsets.values[i] <= kFarthest) continue;
    raise_value_error(function, std::string(name) + " is " + std::to_string(offsets.values[i]) +
                                    ", expected at most 2**40 pixels from the image");
  }
}

py::object run_crop(const CropOptions& options, const SourceArg& source,
                    const SampleValues<std::int64_t>& top, const SampleValues<std::int64_t>& left,
                    const ResultSizes& sizes) {
  const Border border = border_arg(options.function, options.border);
  require_pixels_for_border(options.function, source, border);
  const std::vector<std::byte> fill = fill_arg(options.function, options.fill, source);
  const Threads team = threads_arg(options.function, options.threads);
  ResultArg result =
      result_arg(options.function, options.out, source, sizes, source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    crop(batch_view(source), batch_view(result.target),
         CropWindow{top.view(), left.view(), border, fill.data()}, team);
  }
  return result.result;
}

py::object bind_crop(py::object images, py::object top, py::object left, py::object size,
                     py::object border, py::object fill, py::object layout, py::object out,
                     py::object threads) {
  constexpr const char* kName = "crop";
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  const auto tops = sample_ints(kName, "top", top, source.count);
  const auto lefts = sample_ints(kName, "left", left, source.count);
  require_reachable(kName, "top", tops, source.count);
  require_reachable(kName, "left", lefts, source.count);
  const ResultSizes sizes = one_size(size_arg(kName, "size", size, 1));
  return run_crop({kName, border, fill, out, threads}, source, tops, lefts, sizes);
}

// left, top, right, bottom, from one, two or four whole numbers.
std::array<std::int64_t, 4> padding_arg(py::handle padding) {
  constexpr const char* kName = "pad";
  constexpr const char* kExpected =
      "a whole number, (left_right, top_bottom) or (left, top, right, bottom)";
  std::vector<std::int64_t> given = ints_arg(kName, "padding", padding, kExpected);
  if (given.size() == 1) given.assign(4, given[0]);
  if (given.size() == 2) given = {given[0], given[1], given[0], given[1]};
  bool in_range = given.size() == 4;
  for (const std::int64_t side : given) in_range = in_range && side >= 0 && side <= kFarthest;
  if (!in_range) {
    raise_value_error(kName, "padding is " + repr_of(padding) + ", expected " + kExpected +
                                 ", each from 0 to 2**40");
  }
  return {given[0], given[1], given[2], given[3]};
}

py::object bind_pad(py::object images, py::object padding, py::object border, py::object fill,
                    py::object layout, py::object out, py::object threads) {
  constexpr const char* kName = "pad";
  const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
  const auto [left, top, right, bottom] = padding_arg(padding);
  ResultSizes sizes = same_sizes(source);
  for (ImageSize& size : sizes.sizes) {
    size = {size.height + top + bottom, size.width + left + right};
  }
  return run_crop({kName, border, fill, out, threads}, source, one_value(-top), one_value(-left),
                  sizes);
}

}  // namespace

void register_crop(py::module_& m) {
  m.def("crop", &bind_crop, py::arg("images"), py::arg("top"), py::arg("left"), py::arg("size"),
        py::arg("border"), py::arg("fill"), py::arg("layout"), py::arg("out"), py::arg("threads"));
  m.def("pad", &bind_pad, py::arg("images"), py::arg("padding"), py::arg("border"), py::arg("fill"),
        py::arg("layout"), py::arg("out"), py::arg("threads"));
}

}  // namespace fa
