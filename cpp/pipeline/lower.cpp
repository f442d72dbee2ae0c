#include "pipeline/lower.hpp"

#include <algorithm>
#include <stdexcept>
#include <variant>

#include "pipeline/geometry.hpp"

namespace fa {
namespace {

bool is_float(DType dtype) { return dtype == DType::kFloat32; }

// Values of a float image run from 0 to 1.
constexpr ValueRange kUnit{0.0, 1.0};

class Lowering {
 public:
  Lowering(const Pipeline& pipeline, const Ends& ends, Plan& plan, Geometry& geometry)
      : pipeline_(pipeline),
        ends_(ends),
        plan_(plan),
        geometry_(geometry),
        scale_(color_scale(ends.source.dtype, kUnit)) {
    start(ends.size, ends.source.dtype, PassReason::kFirst, -1);
  }

  void add(int index, const DrawRecord& record) {
    index_ = index;
    record_ = &record;
    const Transform& transform = pipeline_.transforms[static_cast<std::size_t>(index)];
    if (const auto move = move_of(transform, record, geometry_.canvas())) {
      add_move(*move);
      note();
    } else {
      std::visit([&](const auto& what) { add_values(what); }, transform.what);
    }
  }

  void finish() {
    const bool is_format_kept = ends_.target.planes == ends_.source.planes;
    const bool is_idle = geometry_.is_idle() && step_count() == 0 && !has_factors_ &&
                         ends_.target.dtype == pass_dtype_;
    // What the last pass left for an idle one it may as well write to the target.
    if (is_idle && is_format_kept && !plan_.passes.empty()) {
      plan_.passes.back().transform_count += plan_.transforms.size() - first_transform_;
      return;
    }
    close(ends_.target.dtype);
  }

 private:
  std::size_t step_count() const { return plan_.steps.size() - first_step_; }
  std::int64_t channels() const { return channels_of(ends_.source); }
  double value(int i) const { return record_->values[i]; }

  void note() {
    if (plan_.transforms.size() == first_transform_ || plan_.transforms.back() != index_) {
      plan_.transforms.push_back(index_);
    }
  }

  void start(CanvasSize size, DType dtype, PassReason reason, int cause) {
    geometry_.start(size, dtype);
    pass_dtype_ = dtype;
    reason_ = reason;
    cause_ = cause;
    first_step_ = plan_.steps.size();
    first_transform_ = plan_.transforms.size();
    has_factors_ = has_place_ = has_mean_ = false;
    plain_scale_ = 0.0;
  }

  // The image as it is now: integers until they are scaled.
  DType image_dtype() const { return scale_.dtype; }

  Pass& open_pass(PassKind kind, DType result) {
    Pass pass{};
    pass.kind = kind;
    pass.reason = reason_;
    pass.cause = cause_;
    pass.dtype = pass_dtype_;
    pass.result = result;
    pass.first_step = first_step_;
    pass.step_count = step_count();
    pass.has_factors = has_factors_;
    pass.factors = factors_;
    pass.first_transform = first_transform_;
    pass.transform_count = plan_.transforms.size() - first_transform_;
    plan_.passes.push_back(pass);
    return plan_.passes.back();
  }

  void close(DType result) {
    if (!geometry_.finish(open_pass(PassKind::kCopy, result))) {
      const int culprit = plan_.transforms.empty() ? index_ : plan_.transforms.back();
      throw std::invalid_argument(
          pipeline_.transforms[static_cast<std::size_t>(culprit)].name +
          ": the map of pixels that was drawn is singular or reaches too far");
    }
  }

  void split(PassReason reason) {
    close(image_dtype());
    start(geometry_.canvas(), image_dtype(), reason, index_);
  }

  // Steps on single values do not care where pixels are; the others do.
  bool may_follow_steps(const Move& move) const {
    if (step_count() == 0 && !has_factors_) return true;
    if (has_place_) return false;
    if (move.kind == MoveKind::kTurn) return true;
    return move.kind == MoveKind::kShift && contains(geometry_.canvas(), move.box) && !has_mean_;
  }

  void add_move(const Move& move) {
    if (!may_follow_steps(move)) split(PassReason::kGeometryAfterColor);
    const std::optional<PassReason> refused = geometry_.add(move);
    if (!refused.has_value()) return;
    split(*refused);
    geometry_.add(move);
  }

  PixelStep& push_step(StepKind kind) {
    PixelStep step{};
    step.kind = kind;
    step.scale = scale_;
    step.channels = channels();
    plan_.steps.push_back(step);
    return plan_.steps.back();
  }

  PixelStep& add_step(StepKind kind) {
    flush_factors();
    note();
    return push_step(kind);
  }

  void add_color(ColorKind kind, double amount, double gain = 1.0) {
    const bool is_neutral = kind == ColorKind::kHue ? amount == 0.0 : amount == 1.0;
    const bool has_neutral = kind == ColorKind::kBrightness || kind == ColorKind::kContrast ||
                             kind == ColorKind::kSaturation || kind == ColorKind::kHue;
    if (has_neutral && is_neutral) return;
    if (kind == ColorKind::kContrast) {
      if (!geometry_.only_chooses() || step_count() > 0 || has_factors_) {
        split(PassReason::kWholeImage);
      }
      has_mean_ = true;
    }
    PixelStep& step = add_step(StepKind::kColor);
    step.color = kind;
    step.amount = amount;
    step.gain = gain;
  }

  // A pass that needs the whole image and does nothing else.
  void add_filter(PassKind kind, PassReason reason, double amount, std::int64_t kernel_height = 0,
                  std::int64_t kernel_width = 0) {
    if (step_count() > 0 || has_factors_ || !geometry_.is_unmoved()) split(reason);
    note();
    Pass& pass = open_pass(kind, image_dtype());
    geometry_.finish(pass);
    pass.kind = kind;
    pass.amount = amount;
    pass.kernel_height = kernel_height;
    pass.kernel_width = kernel_width;
    start(geometry_.canvas(), image_dtype(), reason, index_);
  }

  // --- factors at the end of a pass: kept apart as long as nothing follows, for the store does
  // them at no cost

  void flush_factors() {
    if (!has_factors_) return;
    has_factors_ = false;
    plain_scale_ = 0.0;
    push_step(StepKind::kFactors).values = factors_;
  }

  // Scale and bias of each channel.
  template <class Scale, class Bias>
  void set_factors(Scale scale, Bias bias) {
    factors_ = plan_.values.size();
    for (std::int64_t c = 0; c < channels(); ++c) {
      plan_.values.push_back(static_cast<float>(scale(c)));
    }
    for (std::int64_t c = 0; c < channels(); ++c) {
      plan_.values.push_back(static_cast<float>(bias(c)));
    }
    has_factors_ = true;
    scale_ = color_scale(DType::kFloat32, kUnit);
    note();
  }

  void add_values(const ToFloat&) {
    if (is_float(image_dtype())) return note();
    plain_scale_ = full_scale(image_dtype());
    set_factors([&](std::int64_t) { return 1.0 / plain_scale_; }, [](std::int64_t) { return 0.0; });
  }

  void add_values(const Normalize& normalize) {
    // Directly after the scaling of integers, both are one multiplication.
    const bool joins = has_factors_ && plain_scale_ != 0.0;
    const double full = joins ? plain_scale_ : full_scale(image_dtype());
    if (!joins) flush_factors();
    plain_scale_ = 0.0;
    const auto mean = [&](std::int64_t c) { return of_channel(normalize.mean, c); };
    const auto deviation = [&](std::int64_t c) { return of_channel(normalize.std, c); };
    set_factors([&](std::int64_t c) { return 1.0 / (full * deviation(c)); },
                [&](std::int64_t c) { return -mean(c) / deviation(c); });
  }

  // --- steps on values

  void add_values(const ColorJitter& jitter) {
    const bool is_on[] = {jitter.has_brightness, jitter.has_contrast, jitter.has_saturation,
                          jitter.has_hue};
    constexpr ColorKind kKinds[] = {ColorKind::kBrightness, ColorKind::kContrast,
                                    ColorKind::kSaturation, ColorKind::kHue};
    for (int place = 4; place < 8; ++place) {
      const int which = static_cast<int>(value(place));
      if (is_on[which]) add_color(kKinds[which], value(which));
    }
    note();
  }

  void add_values(const RandomColor& color) { add_color(color.kind, value(0), color.gain); }

  void add_values(const RandomTone& tone) {
    add_filter(tone.kind == ToneKind::kEqualize ? PassKind::kEqualize : PassKind::kAutocontrast,
               PassReason::kWholeImage, 0.0);
  }

  void add_sharpness(double factor) {
    if (factor != 1.0) add_filter(PassKind::kSharpen, PassReason::kFilter, factor);
  }

  void add_values(const RandomSharpness&) { add_sharpness(value(0)); }

  void add_values(const GaussianBlur& blur) {
    add_filter(PassKind::kBlur, PassReason::kFilter, value(0), blur.kernel_height,
               blur.kernel_width);
  }

  void add_values(const GaussianNoise& noise) {
    PixelStep& step = add_step(StepKind::kNoise);
    const double full = scale_.high - scale_.low;
    step.key = static_cast<std::uint64_t>(value(0));
    step.mean = noise.mean * full;
    step.sigma = noise.sigma * full;
    step.clips = noise.clips;
    has_place_ = true;
  }

  void add_values(const RandomErasing& erasing) {
    if (value(2) == 0.0 || value(3) == 0.0) return;
    PixelStep& step = add_step(StepKind::kErase);
    const auto top = static_cast<std::int64_t>(value(0));
    const auto left = static_cast<std::int64_t>(value(1));
    step.box = {left, top, left + static_cast<std::int64_t>(value(3)),
                top + static_cast<std::int64_t>(value(2))};
    step.is_noise = erasing.is_noise;
    step.key = static_cast<std::uint64_t>(value(4));
    step.values = plan_.values.size();
    has_place_ = true;
    for (std::int64_t c = 0; c < channels(); ++c) {
      plan_.values.push_back(erasing.is_noise ? 0.0f
                                              : static_cast<float>(of_channel(erasing.value, c)));
    }
  }

  void add_values(const PolicyStep& step) {
    if (step.only_moves) return note();
    const double amount = value(2);
    switch (static_cast<PolicyOp>(value(1))) {
      case PolicyOp::kBrightness:
        return add_color(ColorKind::kBrightness, amount);
      case PolicyOp::kSaturation:
        return add_color(ColorKind::kSaturation, amount);
      case PolicyOp::kContrast:
        return add_color(ColorKind::kContrast, amount);
      case PolicyOp::kPosterize:
        return add_color(ColorKind::kPosterize, amount);
      case PolicyOp::kSolarize:
        // Narrow, so that a product that should be whole is.
        return add_color(ColorKind::kSolarize, static_cast<float>(amount * scale_.high));
      case PolicyOp::kInvert:
        return add_color(ColorKind::kInvert, 0.0);
      case PolicyOp::kSharpness:
        return add_sharpness(amount);
      case PolicyOp::kAutocontrast:
        return add_filter(PassKind::kAutocontrast, PassReason::kWholeImage, 0.0);
      case PolicyOp::kEqualize:
        return add_filter(PassKind::kEqualize, PassReason::kWholeImage, 0.0);
      default:
        return note();  // moved by nothing
    }
  }

  // Everything else moves pixels, or decided not to.
  template <class Other>
  void add_values(const Other&) {
    note();
  }

  const Pipeline& pipeline_;
  const Ends& ends_;
  Plan& plan_;
  Geometry& geometry_;
  ColorScale scale_;  // of the image as it is now
  DType pass_dtype_{};
  PassReason reason_{};
  int cause_ = -1;
  int index_ = -1;
  const DrawRecord* record_ = nullptr;
  std::size_t first_step_ = 0, first_transform_ = 0;
  bool has_factors_ = false;
  double plain_scale_ = 0.0;  // what the factors only divide integers by; else 0
  Offset factors_ = 0;
  bool has_place_ = false;  // a step that depends on where a pixel is
  bool has_mean_ = false;   // a step that depends on all pixels of the pass
};

bool is_group(const Transform& transform) { return std::holds_alternative<Group>(transform.what); }

}  // namespace

void sort_by_order(const Pipeline& pipeline, const DrawRecord* records, std::vector<int>& order) {
  order.clear();
  for (std::size_t i = 0; i < pipeline.transforms.size(); ++i) {
    if (records[i].order < 0 || is_group(pipeline.transforms[i])) continue;
    order.push_back(static_cast<int>(i));
  }
  std::sort(order.begin(), order.end(),
            [&](int a, int b) { return records[a].order < records[b].order; });
}

void lower_part(const Pipeline& pipeline, const DrawRecord* records, std::span<const int> order,
                const Ends& ends, Plan& plan) {
  plan.passes.clear();
  plan.canvases.clear();
  plan.steps.clear();
  plan.values.clear();
  plan.fills.clear();
  plan.transforms.clear();
  Geometry geometry(plan, ends.source);
  Lowering lowering(pipeline, ends, plan, geometry);
  for (const int index : order) lowering.add(index, records[index]);
  lowering.finish();
}

void lower(const Pipeline& pipeline, const DrawRecord* records, const Ends& ends, Plan& plan) {
  sort_by_order(pipeline, records, plan.order);
  lower_part(pipeline, records, plan.order, ends, plan);
}

Journey journey(const Pipeline& pipeline, const DrawRecord* records, CanvasSize source) {
  thread_local std::vector<int> order;
  sort_by_order(pipeline, records, order);
  Journey result{kIdentity, source};
  std::int64_t end_of_chains = 0;
  for (const int index : order) {
    const Transform& transform = pipeline.transforms[static_cast<std::size_t>(index)];
    if (std::holds_alternative<ChainMix>(transform.what)) {
      end_of_chains = index + entries_of(transform);
    }
    if (index < end_of_chains) continue;
    const auto move = move_of(transform, records[index], result.size);
    if (!move.has_value()) continue;
    result = {then(result.matrix, move->matrix), move->after};
  }
  return result;
}

}  // namespace fa
