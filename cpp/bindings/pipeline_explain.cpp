#include "bindings/pipeline_explain.hpp"

#include "bindings/pipeline_spec.hpp"
#include "pipeline/lower.hpp"

namespace fa {
namespace {

// Completes a sentence that begins with the name of the transform.
const char* reason_text(PassReason reason) {
  switch (reason) {
    case PassReason::kFirst:
      return "";
    case PassReason::kGeometryAfterColor:
      return "moves pixels whose values have changed";
    case PassReason::kBorder:
      return "repeats pixels at the border of an intermediate image";
    case PassReason::kInterpolation:
      return "interpolates in another way";
    case PassReason::kResize:
      return "does not compose with an antialiased resize";
    case PassReason::kWholeImage:
      return "depends on the whole image";
    case PassReason::kFilter:
      return "reads and leaves a whole image";
  }
  return "";
}

}  // namespace

py::list explain_pipeline(const Pipeline& pipeline, const SourceArg& images, Layout out_layout) {
  const BatchView<const std::byte> batch = batch_view(images);
  const CanvasSize size{images.first.height, images.first.width};
  std::vector<DrawRecord> records(pipeline.transforms.size());
  draw(pipeline, {0, 0, 0}, size, true, records.data());
  PixelFormat target = batch.format;
  target.dtype = result_dtype(pipeline, images.dtype);
  target.planes = out_layout == Layout::kHwc ? 1 : images.channels;
  target.channels = out_layout == Layout::kHwc ? images.channels : 1;
  Plan plan;
  lower(pipeline, records.data(), {batch.format, target, size}, plan);
  py::list passes;
  for (std::size_t i = 0; i < plan.passes.size(); ++i) {
    const Pass& pass = plan.passes[i];
    const bool is_last = i + 1 == plan.passes.size();
    py::list steps;
    for (std::size_t t = 0; t < pass.transform_count; ++t) {
      const auto index = static_cast<std::size_t>(plan.transforms[pass.first_transform + t]);
      steps.append(pipeline.transforms[index].name);
    }
    const std::int64_t read_pixels =
        (pass.window.x1 - pass.window.x0) * (pass.window.y1 - pass.window.y0);
    const DType written = is_last ? target.dtype : pass.result;
    std::string reason = reason_text(pass.reason);
    if (pass.cause >= 0) {
      reason = pipeline.transforms[static_cast<std::size_t>(pass.cause)].name + " " + reason;
    }
    passes.append(py::dict(
        py::arg("steps") = steps, py::arg("reason") = reason,
        py::arg("reads") = images.count * read_pixels * images.channels * item_size(pass.dtype),
        py::arg("writes") = images.count * pass.size.height * pass.size.width * images.channels *
                            item_size(written),
        py::arg("where") = is_last ? "out" : "scratch"));
  }
  return passes;
}

}  // namespace fa
