#include "pipeline/draw.hpp"

#include "core/check.hpp"
#include "pipeline/draw_steps.hpp"

namespace fa {

bool draw_values(const Group& group, DrawContext& context) { return applies(group.p, context); }

namespace {

struct Children {
  std::int64_t places[kMaxChildren];  // in the pipeline
  std::int64_t count;
};

// One sample on its way through the pipeline.
class SampleDraw {
 public:
  SampleDraw(const Pipeline& pipeline, const SampleKey& key, CanvasSize source, bool force,
             DrawRecord* records, const SampleBoxes& boxes)
      : pipeline_(pipeline),
        key_(key),
        force_(force),
        records_(records),
        boxes_(boxes),
        source_(source),
        canvas_(source),
        next_order_(0) {}

  CanvasSize run_all() {
    const auto count = static_cast<std::int64_t>(pipeline_.transforms.size());
    for (std::int64_t i = 0; i < count; ++i) records_[i] = DrawRecord{-1, {}};
    for (std::int64_t i = 0; i < count; i += entries_of(transform(i))) run(i);
    return canvas_;
  }

 private:
  const Transform& transform(std::int64_t place) const {
    return pipeline_.transforms[static_cast<std::size_t>(place)];
  }

  DrawContext context(std::int64_t place) {
    const TransformVariant& what = transform(place).what;
    const PolicyStep* step = std::get_if<PolicyStep>(&what);
    // The coin of an alternating flip is the same in all epochs.
    const std::uint32_t epoch = std::holds_alternative<AlternatingFlip>(what) ? 0 : key_.epoch;
    const std::int64_t before = step != nullptr ? step->sharing : 0;
    const auto position = static_cast<std::uint32_t>(pipeline_.first_position + place - before);
    return {RandomStream({key_.seed, epoch, key_.index, position}),
            canvas_,
            key_.epoch,
            force_,
            transform(place).name,
            records_[place].values,
            pipeline_,
            records_,
            source_,
            boxes_};
  }

  void run(std::int64_t place) {
    const PolicyStep* step = std::get_if<PolicyStep>(&transform(place).what);
    const std::int64_t count = step != nullptr ? step->count : 1;
    for (std::int64_t i = 0; i < count; ++i) run_entry(place + i);
  }

  void run_entry(std::int64_t place) {
    const TransformVariant& what = transform(place).what;
    DrawContext drawing = context(place);
    const auto draw_one = [&](const auto& one) { return draw_values(one, drawing); };
    if (!std::visit(draw_one, what)) return;
    records_[place].order = next_order_;
    if (const Group* group = std::get_if<Group>(&what)) {
      return run_group(*group, children_of(place, *group), drawing);
    }
    ++next_order_;
    canvas_ = canvas_after(transform(place), records_[place], canvas_);
    if (const ChainMix* mix = std::get_if<ChainMix>(&what)) run_chains(*mix, place, drawing);
  }

  void run_chains(const ChainMix& mix, std::int64_t place, DrawContext& drawing) {
    for (std::int64_t chain = 0; chain < mix.width; ++chain) {
      const std::int64_t drawn =
          mix.least_depth + drawing.stream.below(mix.most_depth - mix.least_depth + 1);
      const std::int64_t depth = drawing.force ? mix.most_depth : drawn;
      const std::int64_t first = place + 1 + chain * mix.most_depth;
      for (std::int64_t i = 0; i < depth; ++i) run_entry(first + i);
    }
  }

  Children children_of(std::int64_t place, const Group& group) const {
    Children children{};
    const std::int64_t end = place + 1 + group.size;
    for (std::int64_t i = place + 1; i < end; i += entries_of(transform(i))) {
      FA_ASSERT(children.count < kMaxChildren);
      children.places[children.count++] = i;
    }
    return children;
  }

  void run_group(const Group& group, Children children, DrawContext& drawing) {
    switch (group.kind) {
      case GroupKind::kAll:
        break;
      case GroupKind::kRandomOrder:
        drawing.stream.shuffle(children.places, children.count);
        break;
      case GroupKind::kOneOf:
        children = one_of(group, children, drawing);
        break;
      case GroupKind::kSomeOf:
        children = some_of(group, children, drawing);
        break;
    }
    for (std::int64_t i = 0; i < children.count; ++i) run(children.places[i]);
  }

  static void write_weights(const Group& group, std::int64_t count, double* weights) {
    for (std::int64_t i = 0; i < count; ++i) {
      weights[i] = group.weights.empty() ? 1.0 : group.weights[static_cast<std::size_t>(i)];
    }
  }

  static Children one_of(const Group& group, const Children& children, DrawContext& drawing) {
    double weights[kMaxChildren];
    write_weights(group, children.count, weights);
    const std::int64_t drawn = drawing.stream.choose(weights, children.count);
    if (drawn < 0) return {};
    const std::int64_t chosen = drawing.force ? 0 : drawn;
    drawing.values[0] = static_cast<double>(chosen);
    return {{children.places[chosen]}, 1};
  }

  // One after the other by weight, none twice, then shuffled.
  static Children some_of(const Group& group, const Children& children, DrawContext& drawing) {
    double weights[kMaxChildren];
    write_weights(group, children.count, weights);
    const std::int64_t drawn = group.least + drawing.stream.below(group.most - group.least + 1);
    const std::int64_t wanted = drawing.force ? group.most : drawn;
    Children chosen{};
    while (chosen.count < wanted) {
      const std::int64_t next = drawing.stream.choose(weights, children.count);
      if (next < 0) break;  // what is left has no weight
      weights[next] = 0.0;
      chosen.places[chosen.count++] = children.places[next];
    }
    drawing.stream.shuffle(chosen.places, chosen.count);
    drawing.values[0] = static_cast<double>(chosen.count);
    return chosen;
  }

  const Pipeline& pipeline_;
  const SampleKey& key_;
  bool force_;
  DrawRecord* records_;
  SampleBoxes boxes_;
  CanvasSize source_, canvas_;
  std::int64_t next_order_;
};

}  // namespace

std::int64_t entries_of(const Transform& transform) {
  if (const auto* group = std::get_if<Group>(&transform.what)) return 1 + group->size;
  if (const auto* mix = std::get_if<ChainMix>(&transform.what)) {
    return 1 + mix->width * mix->most_depth;
  }
  const auto* step = std::get_if<PolicyStep>(&transform.what);
  return step != nullptr ? step->count : 1;
}

CanvasSize draw(const Pipeline& pipeline, const SampleKey& key, CanvasSize source, bool force,
                DrawRecord* records, const SampleBoxes& boxes) {
  return SampleDraw(pipeline, key, source, force, records, boxes).run_all();
}

}  // namespace fa
