#include <pybind11/numpy.h>

#include <algorithm>

#include "bindings/key_args.hpp"
#include "bindings/register.hpp"
#include "bindings/sample_args.hpp"
#include "kernels/mix.hpp"
#include "kernels/paste.hpp"
#include "pipeline/mixing.hpp"

namespace fa {
namespace {

// A batch and the keys of its samples.
struct MixArgs {
  SourceArg source;
  BatchKeys keys;
  std::vector<std::uint64_t> indices;
  Threads threads;
};

MixArgs mix_args(const char* function, const py::object& images, const py::object& key,
                 const py::object& layout, const py::object& threads) {
  MixArgs args{images_arg(function, images, layout_arg(function, "layout", layout)), {}, {}, {}};
  if (args.source.is_sequence || args.source.is_one_image) {
    raise_value_error(function, std::string("images is ") +
                                    (args.source.is_sequence ? "a sequence" : "one image") +
                                    ", expected an array of images");
  }
  args.threads = threads_arg(function, threads);
  const auto parts = key.cast<py::tuple>();  // seed, epoch, first index, indices
  const std::uint64_t* indices = indices_arg(function, parts[3], args.source, args.indices);
  args.keys = {parts[0].cast<std::uint64_t>(), parts[1].cast<std::uint32_t>(),
               parts[2].cast<std::uint64_t>(), indices};
  return args;
}

// `out=images` is in place; else as every function takes it.
struct MixTarget {
  py::object result;
  TargetBatch batch;
};

MixTarget mix_target(const char* function, const py::object& images, const py::object& out,
                     const SourceArg& source) {
  if (out.is(images)) {
    const ArrayFacts& facts = source.arrays.front();
    require_writable(function, "out", facts);
    if (overlaps_itself(facts)) raise_value_error(function, "out shares memory with itself");
    const SourceBatch batch = batch_view(source);
    const Target first{const_cast<std::byte*>(batch.first.data), batch.first.height,
                       batch.first.width, batch.first.row_stride, batch.first.plane_stride};
    return {out, {batch.format, batch.count, first, batch.sample_stride, nullptr}};
  }
  ResultArg made =
      result_arg(function, out, source, same_sizes(source), source.layout, source.dtype);
  return {made.result, batch_view(made.target)};
}

template <class T>
py::array_t<T> samples_array(std::int64_t count, std::vector<py::ssize_t> rest = {}) {
  rest.insert(rest.begin(), static_cast<py::ssize_t>(count));
  return py::array_t<T>(rest);
}

// The sample that each was mixed with.
py::array_t<std::int64_t> partners_of(const MixRing& ring) {
  auto partners = samples_array<std::int64_t>(ring.count);
  std::int64_t* to = partners.mutable_data();
  for (std::int64_t i = 0; i < ring.count; ++i) {
    to[ring.order[i]] = ring.order[(i + 1) % ring.count];
  }
  return partners;
}

void write_box(const Box& box, std::int64_t* to) {
  to[0] = box.x0;
  to[1] = box.y0;
  to[2] = box.x1;
  to[3] = box.y1;
}

py::object bind_mix_up(const py::object& images, const py::object& key, double alpha, double p,
                       bool per_sample, const py::object& layout, const py::object& out,
                       const py::object& threads) {
  constexpr const char* kName = "MixUp";
  const MixArgs args = mix_args(kName, images, key, layout, threads);
  const MixTarget target = mix_target(kName, images, out, args.source);
  const std::int64_t count = args.source.count;
  auto shares = samples_array<double>(count);
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  const MixRing ring{order.data(), count};
  double* factors = shares.mutable_data();
  {
    const py::gil_scoped_release release;
    draw_ring(args.keys, count, order.data());
    draw_shares(args.keys, ring, {alpha, p, per_sample}, factors);
    mix_up(batch_view(args.source), target.batch, ring, factors, args.threads);
  }
  return py::make_tuple(target.result, partners_of(ring), shares);
}

py::object bind_cut_mix(const py::object& images, const py::object& key, double alpha, double p,
                        bool per_sample, const py::object& layout, const py::object& out,
                        const py::object& threads) {
  constexpr const char* kName = "CutMix";
  const MixArgs args = mix_args(kName, images, key, layout, threads);
  const MixTarget target = mix_target(kName, images, out, args.source);
  const std::int64_t count = args.source.count;
  auto shares = samples_array<double>(count);
  auto corners = samples_array<std::int64_t>(count, {4});
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::vector<Box> boxes(static_cast<std::size_t>(count));
  const MixRing ring{order.data(), count};
  double* factors = shares.mutable_data();
  {
    const py::gil_scoped_release release;
    draw_ring(args.keys, count, order.data());
    draw_boxes(args.keys, ring, {alpha, p, per_sample},
               {args.source.first.height, args.source.first.width}, factors, boxes.data());
    cut_mix(batch_view(args.source), target.batch, ring, boxes.data(), args.threads);
  }
  std::int64_t* to = corners.mutable_data();
  for (const Box& box : boxes) {
    write_box(box, to);
    to += 4;
  }
  return py::make_tuple(target.result, partners_of(ring), shares, corners);
}

py::object bind_mosaic(const py::object& images, const py::object& key, const py::object& size,
                       double low, double high, const py::object& fill, const py::object& layout,
                       const py::object& out, const py::object& threads) {
  constexpr const char* kName = "Mosaic";
  const MixArgs args = mix_args(kName, images, key, layout, threads);
  const SourceArg& source = args.source;
  const ImageSize canvas = size_arg(kName, "size", size, 1);
  const std::vector<std::byte> pixel = fill_arg(kName, fill, source);
  ResultArg made = result_arg(kName, out, source, one_size(canvas), source.layout, source.dtype);
  const std::int64_t count = source.count;
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::vector<MosaicTile> tiles(static_cast<std::size_t>(count * kTiles));
  const MixRing ring{order.data(), count};
  {
    const py::gil_scoped_release release;
    draw_ring(args.keys, count, order.data());
    draw_tiles(args.keys, ring, {source.first.height, source.first.width},
               {canvas.height, canvas.width}, low, high, tiles.data());
    mosaic(batch_view(source), batch_view(made.target), tiles.data(), pixel.data(), args.threads);
  }
  auto samples = samples_array<std::int64_t>(count, {kTiles});
  auto boxes = samples_array<std::int64_t>(count, {kTiles, 4});
  auto shifts = samples_array<std::int64_t>(count, {kTiles, 2});
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    samples.mutable_data()[i] = tiles[i].sample;
    write_box(tiles[i].box, boxes.mutable_data() + 4 * i);
    shifts.mutable_data()[2 * i] = tiles[i].shift_x;
    shifts.mutable_data()[2 * i + 1] = tiles[i].shift_y;
  }
  return py::make_tuple(made.result, samples, boxes, shifts);
}

py::object bind_copy_paste(const py::object& images, const py::object& masks, const py::object& key,
                           double p, std::int64_t background, const py::object& layout,
                           const py::object& out, const py::object& threads) {
  constexpr const char* kName = "CopyPaste";
  const MixArgs args = mix_args(kName, images, key, layout, threads);
  const SourceArg mask = images_arg(kName, masks, Layout::kHwc);
  ResultArg made = result_arg(kName, out, args.source, same_sizes(args.source), args.source.layout,
                              args.source.dtype);
  ResultArg made_masks =
      result_arg(kName, py::none(), mask, same_sizes(mask), Layout::kHwc, mask.dtype);
  const std::int64_t count = args.source.count;
  const std::int64_t values = std::int64_t{1} << (8 * item_size(mask.dtype));
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  auto chosen = samples_array<std::uint8_t>(count, {static_cast<py::ssize_t>(values)});
  std::uint8_t* table = chosen.mutable_data();
  draw_ring(args.keys, count, order.data());
  const py::array_t<std::int64_t> partners = partners_of({order.data(), count});
  const std::int64_t* next = partners.data();
  {
    const py::gil_scoped_release release;
    std::fill_n(table, count * values, std::uint8_t{0});
    draw_objects(args.keys, batch_view(mask), next, p, background, values, args.threads, table);
    paste(batch_view(args.source), batch_view(mask), batch_view(made.target),
          batch_view(made_masks.target), next, {table, values}, args.threads);
  }
  return py::make_tuple(made.result, made_masks.result, partners, chosen);
}

}  // namespace

void register_mix(py::module_& m) {
  m.def("copy_paste", &bind_copy_paste, py::arg("images"), py::arg("masks"), py::arg("key"),
        py::arg("p"), py::arg("background"), py::arg("layout"), py::arg("out"), py::arg("threads"));
  m.def("mix_up", &bind_mix_up, py::arg("images"), py::arg("key"), py::arg("alpha"), py::arg("p"),
        py::arg("per_sample"), py::arg("layout"), py::arg("out"), py::arg("threads"));
  m.def("cut_mix", &bind_cut_mix, py::arg("images"), py::arg("key"), py::arg("alpha"), py::arg("p"),
        py::arg("per_sample"), py::arg("layout"), py::arg("out"), py::arg("threads"));
  m.def("mosaic", &bind_mosaic, py::arg("images"), py::arg("key"), py::arg("size"), py::arg("low"),
        py::arg("high"), py::arg("fill"), py::arg("layout"), py::arg("out"), py::arg("threads"));
}

}  // namespace fa
