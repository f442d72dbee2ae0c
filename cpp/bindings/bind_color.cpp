#include <array>
#include <cmath>

#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "bindings/value_args.hpp"
#include "kernels/color.hpp"

namespace fa {
namespace {

// What every colour function takes beside its own parameters.
struct ColorCall {
  const char* function;
  SourceArg source;
  py::object out, threads;
};

ColorCall color_call(const char* function, py::handle images, py::handle layout, py::object out,
                     py::object threads) {
  return {function, images_arg(function, images, layout_arg(function, "layout", layout)),
          std::move(out), std::move(threads)};
}

void require_gray_or_rgb(const ColorCall& call) {
  if (call.source.channels == 1 || call.source.channels == 3) return;
  raise_value_error(call.function, "images has " + std::to_string(call.source.channels) +
                                       " channels, expected 1 or 3");
}

SampleValues<double> positive_numbers(const ColorCall& call, const char* name, py::handle object) {
  return checked_numbers(
      call.function, name, object, call.source.count,
      [](double value) { return std::isfinite(value) && value >= 0.0; },
      "finite numbers of at least 0");
}

py::object run(const ColorCall& call, const ColorStep& step, ValueRange range,
               std::int64_t channels) {
  const Threads team = threads_arg(call.function, call.threads);
  const SourceArg& source = call.source;
  SourceArg shape = source;
  shape.channels = channels;
  ResultArg result =
      result_arg(call.function, call.out, shape, same_sizes(source), source.layout, source.dtype);
  {
    const py::gil_scoped_release release;
    apply_color(batch_view(source), batch_view(result.target), {&step, 1}, range, team);
  }
  return result.result;
}

// The functions that differ in a factor per sample.
template <ColorKind kKind>
py::object bind_factor(py::object images, py::object factor, py::object value_range,
                       py::object layout, py::object out, py::object threads) {
  constexpr const char* kName = kKind == ColorKind::kBrightness ? "adjust_brightness"
                                : kKind == ColorKind::kContrast ? "adjust_contrast"
                                                                : "adjust_saturation";
  const ColorCall call = color_call(kName, images, layout, out, threads);
  if (kKind != ColorKind::kBrightness) require_gray_or_rgb(call);
  const SampleValues<double> factors = positive_numbers(call, "factor", factor);
  const ValueRange range = value_range_arg(kName, value_range);
  return run(call, {kKind, factors.view()}, range, call.source.channels);
}

py::object bind_hue(py::object images, py::object delta, py::object layout, py::object out,
                    py::object threads) {
  const ColorCall call = color_call("adjust_hue", images, layout, out, threads);
  require_gray_or_rgb(call);
  const SampleValues<double> deltas = checked_numbers(
      call.function, "delta", delta, call.source.count,
      [](double value) { return std::abs(value) <= 0.5; }, "numbers from -0.5 to 0.5");
  return run(call, {ColorKind::kHue, deltas.view()}, {0.0, 1.0}, call.source.channels);
}

py::object bind_gamma(py::object images, py::object gamma, py::object gain, py::object value_range,
                      py::object layout, py::object out, py::object threads) {
  const ColorCall call = color_call("adjust_gamma", images, layout, out, threads);
  const SampleValues<double> gammas = positive_numbers(call, "gamma", gamma);
  const SampleValues<double> gains = positive_numbers(call, "gain", gain);
  const ValueRange range = value_range_arg(call.function, value_range);
  return run(call, {ColorKind::kGamma, gammas.view(), gains.view()}, range, call.source.channels);
}

py::object bind_grayscale(py::object images, py::object channels, py::object layout, py::object out,
                          py::object threads) {
  const ColorCall call = color_call("grayscale", images, layout, out, threads);
  require_gray_or_rgb(call);
  if (!is_whole_number(channels)) {
    raise_type_error(call.function, "channels is " + repr_of(channels) + ", expected 1 or 3");
  }
  const bool is_one = channels.equal(py::int_(1));
  if (!is_one && !channels.equal(py::int_(3))) {
    raise_value_error(call.function, "channels is " + repr_of(channels) + ", expected 1 or 3");
  }
  return run(call, {ColorKind::kGray}, {0.0, 1.0}, is_one ? 1 : 3);
}

py::object bind_invert(py::object images, py::object value_range, py::object layout, py::object out,
                       py::object threads) {
  const ColorCall call = color_call("invert", images, layout, out, threads);
  const ValueRange range = value_range_arg(call.function, value_range);
  return run(call, {ColorKind::kInvert}, range, call.source.channels);
}

py::object bind_solarize(py::object images, py::object threshold, py::object value_range,
                         py::object layout, py::object out, py::object threads) {
  const ColorCall call = color_call("solarize", images, layout, out, threads);
  const SampleValues<double> thresholds = checked_numbers(
      call.function, "threshold", threshold, call.source.count,
      [](double value) { return std::isfinite(value); }, "finite numbers");
  const ValueRange range = value_range_arg(call.function, value_range);
  return run(call, {ColorKind::kSolarize, thresholds.view()}, range, call.source.channels);
}

// float32 has 24 bits of its own.
constexpr std::int64_t most_bits(DType dtype) {
  return dtype == DType::kFloat32 ? 24 : 8 * item_size(dtype);
}

py::object bind_posterize(py::object images, py::object bits, py::object value_range,
                          py::object layout, py::object out, py::object threads) {
  const ColorCall call = color_call("posterize", images, layout, out, threads);
  const SampleValues<std::int64_t> counts =
      sample_ints(call.function, "bits", bits, call.source.count);
  SampleValues<double> values{
      std::make_unique<double[]>(static_cast<std::size_t>(
          std::max<std::int64_t>(counts.stride == 0 ? 1 : call.source.count, 1))),
      counts.stride};
  const std::int64_t most = most_bits(call.source.dtype);
  const std::int64_t count = counts.stride == 0 ? 1 : call.source.count;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t value = value_of(counts.view(), i);
    if (value < 0 || value > most) {
      raise_value_error(call.function, "bits is " + repr_of(bits) +
                                           ", expected whole numbers from 0 to " +
                                           std::to_string(most) + " for images of dtype " +
                                           name(call.source.dtype));
    }
    values.values[static_cast<std::size_t>(i)] = static_cast<double>(value);
  }
  const ValueRange range = value_range_arg(call.function, value_range);
  return run(call, {ColorKind::kPosterize, values.view()}, range, call.source.channels);
}

}  // namespace

void register_color(py::module_& m) {
  const py::arg images("images"), factor("factor"), value_range("value_range"), layout("layout");
  const py::arg out("out"), threads("threads");
  m.def("adjust_brightness", &bind_factor<ColorKind::kBrightness>, images, factor, value_range,
        layout, out, threads);
  m.def("adjust_contrast", &bind_factor<ColorKind::kContrast>, images, factor, value_range, layout,
        out, threads);
  m.def("adjust_saturation", &bind_factor<ColorKind::kSaturation>, images, factor, value_range,
        layout, out, threads);
  m.def("adjust_hue", &bind_hue, images, py::arg("delta"), layout, out, threads);
  m.def("adjust_gamma", &bind_gamma, images, py::arg("gamma"), py::arg("gain"), value_range, layout,
        out, threads);
  m.def("grayscale", &bind_grayscale, images, py::arg("channels"), layout, out, threads);
  m.def("invert", &bind_invert, images, value_range, layout, out, threads);
  m.def("solarize", &bind_solarize, images, py::arg("threshold"), value_range, layout, out,
        threads);
  m.def("posterize", &bind_posterize, images, py::arg("bits"), value_range, layout, out, threads);
}

}  // namespace fa
