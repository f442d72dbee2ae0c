#include "bindings/pipeline_spec.hpp"

#include <algorithm>
#include <string>

#include "bindings/sample_args.hpp"
#include "pipeline/draw.hpp"

namespace fa {
namespace {

// The fields of one struct, by name.
class Fields {
 public:
  explicit Fields(py::dict fields) : fields_(std::move(fields)) {}

  py::object at(const char* name) const { return fields_[name]; }
  template <class T>
  T as(const char* name) const {
    return at(name).cast<T>();
  }
  double number(const char* name) const { return as<double>(name); }
  std::int64_t whole(const char* name) const { return as<std::int64_t>(name); }
  bool flag(const char* name) const { return as<bool>(name); }
  std::string text(const char* name) const { return as<std::string>(name); }
  Fields inner(const char* name) const { return Fields(as<py::dict>(name)); }

  Range range(const char* name) const {
    const auto pair = as<py::tuple>(name);
    return {pair[0].cast<double>(), pair[1].cast<double>()};
  }

  std::vector<double> numbers(const char* name) const {
    std::vector<double> values;
    for (const py::handle value : at(name)) values.push_back(value.cast<double>());
    return values;
  }

 private:
  py::dict fields_;
};

template <class Enum>
struct Choice {
  const char* name;
  Enum value;
};

template <class Enum, std::size_t kCount>
Enum chosen(const Fields& fields, const char* field, const Choice<Enum> (&choices)[kCount]) {
  const std::string name = fields.text(field);
  for (const Choice<Enum>& choice : choices) {
    if (name == choice.name) return choice.value;
  }
  throw py::value_error("unknown " + std::string(field) + " '" + name + "'");
}

Outside outside(const Fields& fields) {
  const Fields of = fields.inner("outside");
  return {border_arg("Compose", of.at("border")), of.numbers("fill")};
}

Interpolation interpolation(const Fields& fields) {
  constexpr Choice<Interpolation> kChoices[] = {{"nearest", Interpolation::kNearest},
                                                {"bilinear", Interpolation::kBilinear},
                                                {"bicubic", Interpolation::kBicubic}};
  return chosen(fields, "interpolation", kChoices);
}

ResampleOptions resample_options(const Fields& fields) {
  constexpr Choice<ResampleFilter> kChoices[] = {{"nearest", ResampleFilter::kNearest},
                                                 {"bilinear", ResampleFilter::kBilinear},
                                                 {"bicubic", ResampleFilter::kBicubic}};
  const Fields of = fields.inner("options");
  return {chosen(of, "filter", kChoices), of.flag("antialias")};
}

DType float_dtype(const Fields& fields) {
  constexpr Choice<DType> kChoices[] = {
      {"float32", DType::kFloat32}, {"float16", DType::kFloat16}, {"bfloat16", DType::kBfloat16}};
  return chosen(fields, "dtype", kChoices);
}

ColorKind color_kind(const Fields& fields) {
  constexpr Choice<ColorKind> kChoices[] = {
      {"brightness", ColorKind::kBrightness}, {"contrast", ColorKind::kContrast},
      {"saturation", ColorKind::kSaturation}, {"hue", ColorKind::kHue},
      {"gamma", ColorKind::kGamma},           {"gray", ColorKind::kGray},
      {"invert", ColorKind::kInvert},         {"solarize", ColorKind::kSolarize},
      {"posterize", ColorKind::kPosterize}};
  return chosen(fields, "kind", kChoices);
}

TransformVariant random_affine(const Fields& f) {
  return RandomAffine{f.range("degrees"),   f.number("translate_x"), f.number("translate_y"),
                      f.range("scale"),     f.range("shear_x"),      f.range("shear_y"),
                      f.flag("expands"),    f.flag("has_center"),    f.number("center_x"),
                      f.number("center_y"), interpolation(f),        outside(f)};
}

TransformVariant crop(const Fields& f) {
  return Crop{f.whole("height"),     f.whole("width"),         f.flag("is_random"),
              f.whole("pad_left"),   f.whole("pad_top"),       f.whole("pad_right"),
              f.whole("pad_bottom"), f.flag("pads_if_needed"), outside(f)};
}

TransformVariant color_jitter(const Fields& f) {
  return ColorJitter{f.range("brightness"),    f.range("contrast"),      f.range("saturation"),
                     f.range("hue"),           f.flag("has_brightness"), f.flag("has_contrast"),
                     f.flag("has_saturation"), f.flag("has_hue")};
}

TransformVariant group(const Fields& f) {
  constexpr Choice<GroupKind> kChoices[] = {{"all", GroupKind::kAll},
                                            {"one_of", GroupKind::kOneOf},
                                            {"some_of", GroupKind::kSomeOf},
                                            {"random_order", GroupKind::kRandomOrder}};
  return Group{chosen(f, "kind", kChoices), f.number("p"),  f.whole("least"), f.whole("most"),
               f.numbers("weights"),        f.whole("size")};
}

TransformVariant resize(const Fields& f) {
  return Resize{f.whole("height"), f.whole("width"), f.whole("longest"), resample_options(f)};
}

TransformVariant resized_crop(const Fields& f) {
  return RandomResizedCrop{f.whole("height"), f.whole("width"), f.range("scale"), f.range("ratio"),
                           resample_options(f)};
}

TransformVariant iou_crop(const Fields& f) {
  return RandomIoUCrop{f.range("scale"), f.range("ratio"), f.numbers("least_overlaps"),
                       f.whole("trials")};
}

TransformVariant tone(const Fields& f) {
  constexpr Choice<ToneKind> kChoices[] = {{"equalize", ToneKind::kEqualize},
                                           {"autocontrast", ToneKind::kAutocontrast}};
  return RandomTone{chosen(f, "kind", kChoices), f.number("p")};
}

TransformVariant erasing(const Fields& f) {
  return RandomErasing{f.number("p"), f.range("scale"), f.range("ratio"), f.flag("is_noise"),
                       f.numbers("value")};
}

PolicyOp policy_op(const Fields& fields) {
  constexpr Choice<PolicyOp> kChoices[] = {{"identity", PolicyOp::kIdentity},
                                           {"shear_x", PolicyOp::kShearX},
                                           {"shear_y", PolicyOp::kShearY},
                                           {"translate_x", PolicyOp::kTranslateX},
                                           {"translate_y", PolicyOp::kTranslateY},
                                           {"rotate", PolicyOp::kRotate},
                                           {"brightness", PolicyOp::kBrightness},
                                           {"saturation", PolicyOp::kSaturation},
                                           {"contrast", PolicyOp::kContrast},
                                           {"sharpness", PolicyOp::kSharpness},
                                           {"posterize", PolicyOp::kPosterize},
                                           {"solarize", PolicyOp::kSolarize},
                                           {"autocontrast", PolicyOp::kAutocontrast},
                                           {"equalize", PolicyOp::kEqualize},
                                           {"invert", PolicyOp::kInvert}};
  static_assert(std::size(kChoices) == kPolicyOps);
  return chosen(fields, "op", kChoices);
}

TransformVariant policy_step(const Fields& f) {
  std::vector<PolicyRow> rows;
  for (const py::handle entry : f.at("rows")) {
    const Fields row(entry.cast<py::dict>());
    rows.push_back({policy_op(row), row.number("p"), row.numbers("magnitudes"), row.number("base"),
                    row.number("slope"), row.number("steps"), row.flag("is_signed"),
                    row.flag("is_fraction")});
  }
  if (rows.empty()) throw py::value_error("a policy without rows");
  const Fields level = f.inner("level");
  return PolicyStep{std::move(rows),        {level.number("mean"), level.number("deviation")},
                    f.whole("count"),       f.whole("sharing"),
                    f.flag("whole_pixels"), f.flag("only_moves"),
                    interpolation(f),       outside(f)};
}

using Reader = TransformVariant (*)(const Fields&);

struct NamedReader {
  const char* kind;
  Reader read;
};

constexpr NamedReader kReaders[] = {
    {"RandomFlip",
     [](const Fields& f) -> TransformVariant {
       return RandomFlip{f.flag("is_horizontal"), f.number("p")};
     }},
    {"AlternatingFlip",
     [](const Fields& f) -> TransformVariant { return AlternatingFlip{f.flag("is_horizontal")}; }},
    {"RandomQuarterTurn",
     [](const Fields& f) -> TransformVariant { return RandomQuarterTurn{f.number("p")}; }},
    {"RandomAffine", &random_affine},
    {"RandomPerspective",
     [](const Fields& f) -> TransformVariant {
       return RandomPerspective{f.number("distortion"), f.number("p"), interpolation(f),
                                outside(f)};
     }},
    {"Crop", &crop},
    {"Pad",
     [](const Fields& f) -> TransformVariant {
       return Pad{f.whole("left"), f.whole("top"), f.whole("right"), f.whole("bottom"), outside(f)};
     }},
    {"Resize", &resize},
    {"RandomResizedCrop", &resized_crop},
    {"RandomIoUCrop", &iou_crop},
    {"RandomBoxSafeCrop",
     [](const Fields& f) -> TransformVariant { return RandomBoxSafeCrop{f.number("p")}; }},
    {"ColorJitter", &color_jitter},
    {"RandomColor",
     [](const Fields& f) -> TransformVariant {
       return RandomColor{color_kind(f), f.range("amount"), f.number("gain"), f.number("p")};
     }},
    {"RandomTone", &tone},
    {"RandomSharpness",
     [](const Fields& f) -> TransformVariant {
       return RandomSharpness{f.range("factor"), f.number("p")};
     }},
    {"GaussianBlur",
     [](const Fields& f) -> TransformVariant {
       return GaussianBlur{f.whole("kernel_height"), f.whole("kernel_width"), f.range("sigma")};
     }},
    {"GaussianNoise",
     [](const Fields& f) -> TransformVariant {
       return GaussianNoise{f.number("mean"), f.number("sigma"), f.flag("clips")};
     }},
    {"RandomErasing", &erasing},
    {"PolicyStep", &policy_step},
    {"ChainMix",
     [](const Fields& f) -> TransformVariant {
       return ChainMix{f.number("alpha"), f.whole("width"), f.whole("least_depth"),
                       f.whole("most_depth")};
     }},
    {"Normalize",
     [](const Fields& f) -> TransformVariant {
       return Normalize{f.numbers("mean"), f.numbers("std"), float_dtype(f)};
     }},
    {"ToFloat", [](const Fields& f) -> TransformVariant { return ToFloat{float_dtype(f)}; }},
    {"Untouched", [](const Fields&) -> TransformVariant { return Untouched{}; }},
    {"Group", &group},
};

// The draw relies on what combinators say of their children.
void require_sound_groups(const Pipeline& pipeline) {
  constexpr std::size_t kMostTransforms = 65536;
  if (static_cast<std::size_t>(pipeline.first_position) + pipeline.transforms.size() >
      kMostTransforms) {
    raise_value_error("Compose", "more than 65536 transforms");
  }
  for (std::size_t i = 0; i < pipeline.transforms.size(); ++i) {
    const auto* group = std::get_if<Group>(&pipeline.transforms[i].what);
    if (group == nullptr) continue;
    const std::string& name = pipeline.transforms[i].name;
    const std::size_t end = i + 1 + static_cast<std::size_t>(group->size);
    std::int64_t children = 0;
    for (std::size_t child = i + 1; child < end && child < pipeline.transforms.size(); ++children) {
      child += static_cast<std::size_t>(entries_of(pipeline.transforms[child]));
    }
    if (children > kMaxChildren) {
      raise_value_error(name.c_str(), "has " + std::to_string(children) +
                                          " transforms, expected at most " +
                                          std::to_string(kMaxChildren));
    }
    const bool has_weights =
        group->weights.empty() || static_cast<std::int64_t>(group->weights.size()) == children;
    if (end > pipeline.transforms.size() || !has_weights || group->least < 0 ||
        group->least > group->most || group->most > std::max<std::int64_t>(children, 1)) {
      raise_value_error(name.c_str(), "does not fit its transforms");
    }
  }
}

}  // namespace

Pipeline pipeline_from(py::handle entries, std::int64_t first_position) {
  Pipeline pipeline{{}, first_position};
  for (const py::handle entry : entries) {
    const auto parts = entry.cast<py::tuple>();
    const auto kind = parts[1].cast<std::string>();
    Reader read = nullptr;
    for (const NamedReader& reader : kReaders) {
      if (kind == reader.kind) read = reader.read;
    }
    if (read == nullptr) throw py::value_error("unknown kind of transform '" + kind + "'");
    pipeline.transforms.push_back(
        {parts[0].cast<std::string>(), read(Fields(parts[2].cast<py::dict>()))});
  }
  require_sound_groups(pipeline);
  return pipeline;
}

}  // namespace fa
