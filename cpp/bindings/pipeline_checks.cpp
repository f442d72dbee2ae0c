// What a pipeline asks of its images, and what it makes of them.
#include <cmath>
#include <string>

#include "bindings/pipeline_spec.hpp"

namespace fa {
namespace {

[[noreturn]] void raise_value(const std::string& name, const std::string& message) {
  raise_value_error(name.c_str(), message);
}

// Checks transform after transform, knowing what the image has become.
class FitChecker {
 public:
  FitChecker(const SourceArg& images) : channels_(images.channels), dtype_(images.dtype) {}

  void check(const Transform& transform) {
    name_ = &transform.name;
    std::visit([&](const auto& what) { check_one(what); }, transform.what);
  }

 private:
  void require_values(const char* argument, const std::vector<double>& values) const {
    if (values.size() == 1 || static_cast<std::int64_t>(values.size()) == channels_) return;
    raise_value(*name_, std::string(argument) + " has " + std::to_string(values.size()) +
                            " values, expected one or one per channel, " +
                            std::to_string(channels_));
  }

  // Values that become pixels of the image's dtype.
  void require_pixels(const char* argument, const std::vector<double>& values) const {
    require_values(argument, values);
    if (dtype_ == DType::kFloat32) return;
    const double largest = full_scale(dtype_);
    for (const double value : values) {
      if (value >= 0.0 && value <= largest && value == std::floor(value)) continue;
      raise_value(*name_, std::string(argument) + " is " + repr_of(py::float_(value)) +
                              ", expected whole numbers from 0 to " +
                              std::to_string(static_cast<int>(largest)) + " for images of dtype " +
                              fa::name(dtype_));
    }
  }

  void require_colors() const {
    if (channels_ == 1 || channels_ == 3) return;
    raise_value(*name_, "images have " + std::to_string(channels_) + " channels, expected 1 or 3");
  }

  void require_bytes() const {
    if (dtype_ == DType::kUint8) return;
    raise_type_error(name_->c_str(),
                     std::string("images are ") + fa::name(dtype_) + " here, expected uint8");
  }

  void check_one(const RandomAffine& t) { require_pixels("fill", t.outside.fill); }
  void check_one(const RandomPerspective& t) { require_pixels("fill", t.outside.fill); }
  void check_one(const Crop& t) { require_pixels("fill", t.outside.fill); }
  void check_one(const Pad& t) { require_pixels("fill", t.outside.fill); }

  void check_one(const ColorJitter& t) {
    if (t.has_contrast || t.has_saturation || t.has_hue) require_colors();
  }

  void check_one(const RandomColor& t) {
    if (t.kind == ColorKind::kGray) require_colors();
    const double bits = dtype_ == DType::kUint8 ? 8.0 : 16.0;
    if (t.kind == ColorKind::kPosterize && t.amount.high > bits) {
      raise_value(*name_, "bits is " + std::to_string(static_cast<int>(t.amount.high)) +
                              ", expected at most " + std::to_string(static_cast<int>(bits)) +
                              " for images of dtype " + fa::name(dtype_));
    }
  }

  void check_one(const RandomTone& t) {
    if (t.kind == ToneKind::kEqualize) require_bytes();
  }

  void check_one(const RandomErasing& t) {
    if (!t.is_noise) return require_pixels("value", t.value);
    if (dtype_ == DType::kFloat32) return;
    raise_type_error(name_->c_str(), std::string("value is 'random', which is normal noise, and "
                                                 "images are ") +
                                         fa::name(dtype_) +
                                         " here, expected float32; put it after Normalize or "
                                         "ToFloat");
  }

  void check_one(const PolicyStep& t) {
    require_pixels("fill", t.outside.fill);
    if (t.only_moves) return;
    for (const PolicyRow& row : t.rows) {
      if (row.op == PolicyOp::kSaturation || row.op == PolicyOp::kContrast) require_colors();
      if (row.op == PolicyOp::kEqualize) require_bytes();
    }
  }

  void check_one(const Normalize& t) {
    require_values("mean", t.mean);
    require_values("std", t.std);
    for (std::int64_t c = 0; c < channels_; ++c) {
      const double mean = of_channel(t.mean, c), deviation = of_channel(t.std, c);
      const auto scale = static_cast<float>(1.0 / (full_scale(dtype_) * deviation));
      if (std::isfinite(scale) && std::isfinite(static_cast<float>(mean / deviation))) continue;
      raise_value(*name_, "mean is " + repr_of(py::float_(mean)) + " and std is " +
                              repr_of(py::float_(deviation)) +
                              ", expected factors that float32 can hold");
    }
    dtype_ = DType::kFloat32;
  }

  void check_one(const ToFloat&) { dtype_ = DType::kFloat32; }

  template <class Other>
  void check_one(const Other&) {}

  std::int64_t channels_;
  DType dtype_;
  const std::string* name_ = nullptr;
};

// What is known of the size of all samples.
struct KnownSize {
  bool is_known = false;
  std::int64_t height = 0, width = 0;

  void know(std::int64_t new_height, std::int64_t new_width) {
    *this = {true, new_height, new_width};
  }

  void after(const Crop& t) { know(t.height, t.width); }
  void after(const RandomResizedCrop& t) { know(t.height, t.width); }
  void after(const Resize& t) {
    // The shorter side alone leaves the longer one to the image, unless that is known.
    if (t.width > 0) know(t.height, t.width);
  }
  void after(const RandomQuarterTurn&) { is_known = is_known && height == width; }
  void after(const RandomAffine& t) { is_known = is_known && !t.expands; }
  void after(const RandomIoUCrop&) { is_known = false; }
  void after(const RandomBoxSafeCrop&) { is_known = false; }
  void after(const Pad& t) {
    height += t.top + t.bottom;
    width += t.left + t.right;
  }
  template <class Other>
  void after(const Other&) {}
};

bool may_change_size(const Transform& transform) {
  const TransformVariant& what = transform.what;
  const auto* affine = std::get_if<RandomAffine>(&what);
  return std::holds_alternative<Crop>(what) || std::holds_alternative<RandomResizedCrop>(what) ||
         std::holds_alternative<Resize>(what) || std::holds_alternative<Pad>(what) ||
         std::holds_alternative<RandomIoUCrop>(what) ||
         std::holds_alternative<RandomBoxSafeCrop>(what) ||
         std::holds_alternative<RandomQuarterTurn>(what) || (affine != nullptr && affine->expands);
}

}  // namespace

void require_fitting(const Pipeline& pipeline, const SourceArg& images) {
  FitChecker checker(images);
  for (const Transform& transform : pipeline.transforms) checker.check(transform);
}

DType result_dtype(const Pipeline& pipeline, DType dtype) {
  for (const Transform& transform : pipeline.transforms) {
    if (const auto* normalize = std::get_if<Normalize>(&transform.what)) dtype = normalize->dtype;
    if (const auto* to_float = std::get_if<ToFloat>(&transform.what)) dtype = to_float->dtype;
  }
  return dtype;
}

bool makes_one_size(const Pipeline& pipeline) {
  KnownSize size;
  const std::vector<Transform>& transforms = pipeline.transforms;
  for (std::size_t i = 0; i < transforms.size(); ++i) {
    const auto* group = std::get_if<Group>(&transforms[i].what);
    if (group == nullptr) {
      std::visit([&](const auto& what) { size.after(what); }, transforms[i].what);
      continue;
    }
    // Which of a combinator's transforms run, and in what order, differs from sample to sample.
    const std::size_t end = i + static_cast<std::size_t>(group->size);
    for (; i < end; ++i) size.is_known = size.is_known && !may_change_size(transforms[i + 1]);
  }
  return size.is_known;
}

}  // namespace fa
