// What the user composed, as plain data: one struct per kind of transform, made once from Python.
// The comment "values" says what a draw writes into the record of a sample.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/border.hpp"
#include "core/dtype.hpp"
#include "core/interpolation.hpp"
#include "kernels/color.hpp"
#include "kernels/resample_filter.hpp"

namespace fa {

// Drawn uniformly from [low, high]; equal ends are a constant.
struct Range {
  double low, high;
};

// Of a list with one value for all channels or one per channel.
inline double of_channel(const std::vector<double>& values, std::int64_t channel) {
  return values[values.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
}

// How pixels outside are made up. One value for all channels or one per channel, in the units of
// the input.
struct Outside {
  Border border;
  std::vector<double> fill;
};

struct RandomFlip {  // values: none
  bool is_horizontal;
  double p;
};

// A coin for each sample says whether it is flipped in epoch 0; then it is in every other epoch.
struct AlternatingFlip {  // values: none
  bool is_horizontal;
};

struct RandomQuarterTurn {  // values: counter-clockwise quarter turns, 0 to 3
  double p;
};

// torchvision's RandomAffine and RandomRotation, with angles counter-clockwise.
struct RandomAffine {  // values: angle, translate x, y (pixels), scale x, y, shear x, y (degrees)
  Range degrees;
  double translate_x, translate_y;  // largest shift as a fraction of the width and the height
  Range scale, shear_x, shear_y;
  bool expands;     // the canvas becomes the smallest that holds the whole turned image
  bool has_center;  // else the middle
  double center_x, center_y;
  Interpolation interpolation;
  Outside outside;
};

struct RandomPerspective {  // values: where the corners go, x and y: top left, top right, bottom
                            // right, bottom left
  double distortion;        // 0 to 1
  double p;
  Interpolation interpolation;
  Outside outside;
};

struct Crop {  // values: top, left of the window; outside the image for padding
  std::int64_t height, width;
  bool is_random;                                         // else the middle
  std::int64_t pad_left, pad_top, pad_right, pad_bottom;  // before cropping
  bool pads_if_needed;
  Outside outside;
};

struct Pad {  // values: none
  std::int64_t left, top, right, bottom;
  Outside outside;
};

struct Resize {                // values: none
  std::int64_t height, width;  // width 0: `height` is the shorter side, and the longer follows
  std::int64_t longest;        // with width 0: at most this long a longer side; 0: no limit
  ResampleOptions options;
};

struct RandomResizedCrop {  // values: top, left, height, width of the box
  std::int64_t height, width;
  Range scale, ratio;
  ResampleOptions options;
};

// torchvision's: a window that covers some box well, by one of several measures of "well".
struct RandomIoUCrop {  // values: top, left, height, width of the window
  Range scale, ratio;
  std::vector<double> least_overlaps;  // at least one; 1 and above: no crop
  std::int64_t trials;                 // for each choice of an overlap
};

// A window around all boxes.
struct RandomBoxSafeCrop {  // values: top, left, height, width of the window
  double p;
};

// Each of the four with a range, or off.
struct ColorJitter {  // values: factor of brightness, contrast, saturation, shift of hue; then
                      // which of these (0 to 3) comes first, second, third, fourth
  Range brightness, contrast, saturation, hue;
  bool has_brightness, has_contrast, has_saturation, has_hue;
};

// Gray, inversion, solarisation, posterisation, gamma and the like, by an amount.
struct RandomColor {  // values: the amount
  ColorKind kind;
  Range amount;
  double gain;
  double p;
};

enum class ToneKind : std::uint8_t { kEqualize, kAutocontrast };

struct RandomTone {  // values: none
  ToneKind kind;
  double p;
};

struct RandomSharpness {  // values: factor
  Range factor;
  double p;
};

struct GaussianBlur {                        // values: sigma
  std::int64_t kernel_height, kernel_width;  // odd
  Range sigma;
};

struct GaussianNoise {  // values: key of the noise, a whole number below 2^53
  double mean, sigma;   // as fractions of the full scale
  bool clips;
};

struct RandomErasing {  // values: top, left, height, width (0 x 0: no box fitted), key of the noise
  double p;
  Range scale, ratio;
  bool is_noise;              // normal noise instead of the value
  std::vector<double> value;  // one or one per channel, in units of the image at this point
};

struct Normalize {                // values: none
  std::vector<double> mean, std;  // one or one per channel
  DType dtype;
};

struct ToFloat {  // values: none
  DType dtype;
};

// Keeps the place, and the records, of a transform that does not move pixels: what is left of it
// where only moves count, as for masks.
struct Untouched {};  // values: those of the transform

// What one step of a policy does to a sample; the records hold these numbers.
enum class PolicyOp : std::uint8_t {
  kIdentity,
  kShearX,  // amount: tangent of the angle; about the top left corner, as all policies shear
  kShearY,
  kTranslateX,  // amount: pixels
  kTranslateY,
  kRotate,      // amount: degrees
  kBrightness,  // amount: the factor, of these four
  kSaturation,
  kContrast,
  kSharpness,
  kPosterize,  // amount: bits
  kSolarize,   // amount: the threshold as a fraction of the full scale
  kAutocontrast,
  kEqualize,
  kInvert,
};
constexpr int kPolicyOps = 15;

// One of the things that a step may do. Its magnitude is one of `magnitudes`, each as likely, or
// follows from a level from 0 to 1: base + slope * level, in this many `steps` (0: continuous).
// Factors are 1 + magnitude.
struct PolicyRow {
  PolicyOp op;
  double p;
  std::vector<double> magnitudes;
  double base, slope, steps;
  bool is_signed;    // half of the time the other way round
  bool is_fraction;  // shifts: of the side, else in pixels
};

// A normal number, cut to 0 to 1; uniform from 0 to the mean where the deviation is infinite.
struct PolicyLevel {
  double mean, deviation;
};

// Policies that do several things are as many entries in a row. The first counts them; those that
// choose together share the stream of the first.
struct PolicyStep {  // values: the row, the op, the amount
  std::vector<PolicyRow> rows;
  PolicyLevel level;
  std::int64_t count;    // of entries, with this one; 1 of those that follow
  std::int64_t sharing;  // how many entries before this one chose the same row
  bool whole_pixels;     // shifts are cut to whole pixels
  bool only_moves;       // leaves values as they are, as for masks
  Interpolation interpolation;
  Outside outside;
};

// Several chains of steps on the same image, mixed with it: the next width * most_depth entries are
// the steps of the first chain, of the second, and so on. Weights are of Dirichlet(alpha, ...),
// the image's own share of Beta(alpha, alpha).
struct ChainMix {  // values: the share of the image, then that of each chain
  double alpha;
  std::int64_t width;  // at most kMostChains
  std::int64_t least_depth, most_depth;
};
constexpr std::int64_t kMostChains = 7;

enum class GroupKind : std::uint8_t {
  kAll,     // in the order given, with probability p
  kOneOf,   // one child, by weight, with probability p; values: which child
  kSomeOf,  // between `least` and `most` different children, in a random order; values: how many
  kRandomOrder,  // all children in a random order, with probability p
};

// A combinator: the next `size` entries of the pipeline are its descendants.
struct Group {
  GroupKind kind;
  double p;
  std::int64_t least, most;
  std::vector<double> weights;  // one per child, of any sum
  std::int64_t size;
};

using TransformVariant =
    std::variant<RandomFlip, AlternatingFlip, RandomQuarterTurn, RandomAffine, RandomPerspective,
                 Crop, Pad, Resize, RandomResizedCrop, RandomIoUCrop, RandomBoxSafeCrop,
                 ColorJitter, RandomColor, RandomTone, RandomSharpness, GaussianBlur, GaussianNoise,
                 RandomErasing, PolicyStep, ChainMix, Normalize, ToFloat, Untouched, Group>;

struct Transform {
  std::string name;  // as the user knows it, for errors
  TransformVariant what;
};

// In the order in which they are written, each combinator followed by its descendants. The place in
// this list is the position that keys a transform's random numbers.
struct Pipeline {
  std::vector<Transform> transforms;
  std::int64_t first_position;  // where this list begins in a pipeline that Python cut into pieces
};

}  // namespace fa
