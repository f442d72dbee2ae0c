#include <pybind11/numpy.h>

#include <algorithm>
#include <memory>

#include "bindings/key_args.hpp"
#include "bindings/pipeline_explain.hpp"
#include "bindings/pipeline_spec.hpp"
#include "bindings/pipeline_targets.hpp"
#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "pipeline/engine.hpp"
#include "pipeline/lower.hpp"

namespace fa {
namespace {

constexpr const char* kName = "Compose";

// One call's numbers, kept by the thread for the next.
struct CallBuffers {
  std::vector<DrawRecord> records;
  std::vector<CanvasSize> sizes;
  std::vector<std::uint64_t> indices;
};

// The thread's buffers; buffers of its own for a call from inside another, by what asks for memory.
class BufferLease {
 public:
  BufferLease() : is_nested_(is_taken_), buffers_(is_nested_ ? own_ : kept_) { is_taken_ = true; }
  ~BufferLease() { is_taken_ = is_nested_; }
  BufferLease(const BufferLease&) = delete;
  BufferLease& operator=(const BufferLease&) = delete;
  CallBuffers& operator*() { return buffers_; }

 private:
  static thread_local CallBuffers kept_;
  static thread_local bool is_taken_;

  const bool is_nested_;
  CallBuffers own_;
  CallBuffers& buffers_;
};

thread_local CallBuffers BufferLease::kept_;
thread_local bool BufferLease::is_taken_ = false;

void require_pixels(const SourceArg& images) {
  const std::int64_t distinct =
      images.is_sequence ? images.count : std::min<std::int64_t>(images.count, 1);
  for (std::int64_t i = 0; i < distinct; ++i) {
    const ImageSize size = size_of(images, i);
    if (size.height > 0 && size.width > 0) continue;
    raise_value_error(kName, image_name(images, i) + " has no pixels, expected at least 1 x 1");
  }
}

// Whether `out` is asked for memory instead of being it.
bool is_allocator(const py::object& out) {
  return !is_array(out) && PyCallable_Check(out.ptr()) != 0;
}

py::object allocated(const py::object& allocate, const SourceArg& images, ImageSize size,
                     Layout layout, DType dtype) {
  const std::vector<std::int64_t> sides = result_shape(images, size, layout);
  py::tuple shape(sides.size());
  for (std::size_t i = 0; i < sides.size(); ++i) shape[i] = sides[i];
  return allocate(shape, numpy_dtype(dtype));
}

ResultSizes result_sizes(const SourceArg& images, const std::vector<CanvasSize>& sizes,
                         bool is_one_size) {
  const ImageSize first{sizes.front().height, sizes.front().width};
  if (is_one_size || !images.is_sequence) {
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (ImageSize{sizes[i].height, sizes[i].width} == first) continue;
      raise_value_error(
          kName, "sample " + std::to_string(i) + " ends as " + std::to_string(sizes[i].height) +
                     " x " + std::to_string(sizes[i].width) + " and sample 0 as " +
                     std::to_string(first.height) + " x " + std::to_string(first.width) +
                     ", expected one size; end with a crop or Resize((height, width)), or pass a "
                     "list of images");
    }
    return one_size(first);
  }
  ResultSizes result{true, {}};
  for (const CanvasSize& size : sizes) result.sizes.push_back({size.height, size.width});
  return result;
}

// A composed pipeline, made once and then only read.
class BoundPipeline {
 public:
  BoundPipeline(const py::object& transforms, std::int64_t first_position)
      : pipeline_(pipeline_from(transforms, first_position)),
        makes_one_size_(makes_one_size(pipeline_)) {}

  py::object run(py::object images, std::uint64_t seed, std::uint32_t epoch,
                 std::uint64_t first_index, py::object index, py::object given_records,
                 py::object layout, py::object out_layout, py::object out, py::object threads,
                 bool want_params, bool only_check, py::object boxes, py::object offsets) const {
    const SourceArg source = images_arg(kName, images, layout_arg(kName, "layout", layout));
    const Layout target_layout = layout_arg(kName, "out_layout", out_layout);
    require_fitting(pipeline_, source);
    require_pixels(source);
    const Threads team = threads_arg(kName, threads);
    BufferLease lease;
    CallBuffers& buffers = *lease;
    const std::uint64_t* indices = indices_arg(kName, index, source, buffers.indices);
    const auto samples = static_cast<std::size_t>(source.count);
    buffers.sizes.resize(samples);
    const Records records = records_for(given_records, samples, want_params);
    DrawRecord* drawn = records.size() > 0 ? const_cast<DrawRecord*>(records.data())
                                           : scratch_records(buffers.records, samples);
    BatchKeys keys{seed, epoch, first_index, indices};
    const DrawnBoxes given_boxes = drawn_boxes(boxes, offsets, source.count);
    if (!boxes.is_none()) {
      keys.boxes = given_boxes.edges.data();
      keys.box_offsets = given_boxes.offsets.data();
    }
    prepare(source, keys, !given_records.is_none(), team, drawn, buffers.sizes.data());
    if (samples == 0) buffers.sizes.push_back(size_of_none(source));
    const ResultSizes sizes =
        result_sizes(source, buffers.sizes, makes_one_size_ || is_allocator(out));
    const DType dtype = result_dtype(pipeline_, source.dtype);
    if (is_allocator(out)) {
      out = allocated(out, source, sizes.sizes.front(), target_layout, dtype);
    }
    ResultArg result = result_arg(kName, out, source, sizes, target_layout, dtype);
    if (only_check) return py::none();
    {
      const py::gil_scoped_release release;
      run_batch(pipeline_, batch_view(source), batch_view(result.target), drawn, team);
    }
    if (!want_params) return result.result;
    return py::make_tuple(result.result, records, matrices(source, drawn));
  }

  py::object move_boxes(const Records& records, const Sizes& sizes, const Coordinates& boxes,
                        const Offsets& offsets, py::object threads) const {
    return moved_boxes(pipeline_, {records, sizes, boxes, offsets}, threads_arg(kName, threads));
  }

  py::object move_points(const Records& records, const Sizes& sizes, const Coordinates& points,
                         const Offsets& offsets, py::object threads) const {
    return moved_points(pipeline_, {records, sizes, points, offsets}, threads_arg(kName, threads));
  }

  py::object explain(py::object shape_of_images, py::object dtype, py::object layout,
                     py::object out_layout) const {
    const std::vector<std::int64_t> shape =
        ints_arg("explain", "shape", shape_of_images, "a tuple of whole numbers");
    const SourceArg images =
        described_images("explain", shape, dtype, layout_arg(kName, "layout", layout));
    require_fitting(pipeline_, images);
    require_pixels(images);
    return explain_pipeline(pipeline_, images, layout_arg(kName, "out_layout", out_layout));
  }

 private:
  std::size_t count() const { return pipeline_.transforms.size(); }

  // What a sample of an empty batch would end as.
  CanvasSize size_of_none(const SourceArg& source) const {
    const CanvasSize size{source.first.height, source.first.width};
    if (size.height < 1 || size.width < 1) return size;
    std::vector<DrawRecord> records(count());
    try {
      return draw(pipeline_, {0, 0, 0}, size, false, records.data());
    } catch (const std::invalid_argument&) {
      return size;  // No sample could be done, but none is asked for.
    }
  }

  DrawRecord* scratch_records(std::vector<DrawRecord>& records, std::size_t samples) const {
    if (records.size() < samples * count()) records.resize(samples * count());
    return records.data();
  }

  // Memory that Python keeps: what it passed, copied, or room for what is drawn now.
  Records records_for(const py::object& given, std::size_t samples, bool want_params) const {
    const std::vector<py::ssize_t> shape{static_cast<py::ssize_t>(samples),
                                         static_cast<py::ssize_t>(count())};
    if (given.is_none()) return want_params ? Records(shape) : Records();
    const Records records = Records::ensure(given);
    if (!records) {
      PyErr_Clear();
      raise_type_error(kName, "params are no records of a pipeline");
    }
    if (records.ndim() != 2 || records.shape(0) != shape[0] || records.shape(1) != shape[1]) {
      raise_value_error(kName, "params have shape " + shape_text(records) +
                                   ", expected one row per sample and one column per transform, (" +
                                   std::to_string(shape[0]) + ", " + std::to_string(shape[1]) +
                                   ")");
    }
    return Records(shape, records.data());
  }

  void prepare(const SourceArg& source, const BatchKeys& keys, bool is_replay, Threads threads,
               DrawRecord* records, CanvasSize* sizes) const {
    std::int64_t failed = -1;
    try {
      const py::gil_scoped_release release;
      const SourceBatch batch = batch_view(source);
      if (is_replay) {
        check_batch(pipeline_, batch, records, threads, sizes, failed);
      } else {
        draw_batch(pipeline_, batch, keys, threads, records, sizes, failed);
      }
    } catch (const std::invalid_argument& error) {
      std::string message = error.what();
      if (source.is_sequence) message += " (" + image_name(source, failed) + ")";
      throw py::value_error(message);
    }
  }

  py::array_t<double> matrices(const SourceArg& source, const DrawRecord* records) const {
    py::array_t<double> result(
        {static_cast<py::ssize_t>(source.count), py::ssize_t{3}, py::ssize_t{3}});
    double* to = result.mutable_data();
    for (std::int64_t sample = 0; sample < source.count; ++sample, to += 9) {
      const ImageSize size = size_of(source, sample);
      const Journey whole = journey(pipeline_, records + static_cast<std::size_t>(sample) * count(),
                                    {size.height, size.width});
      const double* entries = whole.matrix.at;
      const double weight = entries[8] != 0.0 ? entries[8] : 1.0;
      std::transform(entries, entries + 9, to, [&](double entry) { return entry / weight; });
    }
    return result;
  }

  Pipeline pipeline_;
  bool makes_one_size_;
};

}  // namespace

void register_pipeline(py::module_& m) {
  PYBIND11_NUMPY_DTYPE(DrawRecord, order, values);
  py::class_<BoundPipeline>(m, "Pipeline")
      .def(py::init<const py::object&, std::int64_t>(), py::arg("transforms"),
           py::arg("first_position"))
      .def("run", &BoundPipeline::run, py::arg("images"), py::arg("seed"), py::arg("epoch"),
           py::arg("first_index"), py::arg("index"), py::arg("records"), py::arg("layout"),
           py::arg("out_layout"), py::arg("out"), py::arg("threads"), py::arg("want_params"),
           py::arg("only_check") = false, py::arg("boxes") = py::none(),
           py::arg("offsets") = py::none())
      .def("move_boxes", &BoundPipeline::move_boxes, py::arg("records"), py::arg("sizes"),
           py::arg("boxes"), py::arg("offsets"), py::arg("threads"))
      .def("move_points", &BoundPipeline::move_points, py::arg("records"), py::arg("sizes"),
           py::arg("points"), py::arg("offsets"), py::arg("threads"))
      .def("explain", &BoundPipeline::explain, py::arg("shape"), py::arg("dtype"),
           py::arg("layout"), py::arg("out_layout"));
}

}  // namespace fa
