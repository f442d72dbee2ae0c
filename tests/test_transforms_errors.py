"""Messages about the arguments of transforms, word by word."""

import numpy as np

import fast_augment as fa
from helpers.checks import check_message, each_case

P = "expected a number from 0 to 1"
SIZE = "expected a whole number or a pair (height, width), each from 1 to 2147483647"
FACTOR = "expected a number or a pair (low, high), of finite numbers of at least 0"
HUE = "expected a number from 0 to 0.5 or a pair (low, high) from -0.5 to 0.5"
DEGREES = "expected a finite number of at least 0 or a pair (low, high)"
SHEAR = (
    "expected a number, (low, high) or (x_low, x_high, y_low, y_high), between -90 and 90 degrees, "
    "low <= high"
)
PADDING = (
    "expected a whole number, (left_right, top_bottom) or (left, top, right, bottom), each from 0 "
    "to 2147483647"
)
MODES = "expected 'constant', 'edge', 'reflect', 'symmetric' or 'wrap'"
FILL = "expected a finite number or one per channel"

NAMES = [
    (
        TypeError,
        "RandomAffine: unknown argument 'degree', did you mean 'degrees'?",
        lambda: fa.RandomAffine(degree=5),
    ),
    (
        TypeError,
        "RandomResizedCrop: unknown argument 'colour', expected 'size', 'scale', 'ratio', "
        "'interpolation' or 'antialias'",
        lambda: fa.RandomResizedCrop(8, colour=3),
    ),
    (
        TypeError,
        "CenterCrop: unknown argument 'padding', expected 'size'",
        lambda: fa.CenterCrop(8, padding=3),
    ),
    (TypeError, "RandomCrop: missing argument 'size'", lambda: fa.RandomCrop()),
    (
        TypeError,
        "RandomInvert: 2 arguments by position, expected at most 1",
        lambda: fa.RandomInvert(1, 2),
    ),
    (
        TypeError,
        "RandomInvert: argument 'p' is given twice",
        lambda: fa.RandomInvert(1, p=2),
    ),
    (
        TypeError,
        "RandomAffine: 8 arguments by position, expected at most 7",
        lambda: fa.RandomAffine(0, None, None, None, "nearest", 0, None, "edge"),
    ),
    (
        TypeError,
        "Transform: only the transforms of fast_augment can be made",
        lambda: fa.Transform(),
    ),
]

RANGES = [
    (ValueError, f"RandomInvert: p is 1.5, {P}", lambda: fa.RandomInvert(1.5)),
    (ValueError, f"RandomInvert: p is nan, {P}", lambda: fa.RandomInvert(np.nan)),
    (TypeError, f"RandomInvert: p is '1', {P}", lambda: fa.RandomInvert("1")),
    (TypeError, f"RandomInvert: p is True, {P}", lambda: fa.RandomInvert(True)),
    (
        ValueError,
        "RandomAffine: degrees is (10, 5), expected low <= high",
        lambda: fa.RandomAffine(degrees=(10, 5)),
    ),
    (ValueError, f"RandomRotation: degrees is -5, {DEGREES}", lambda: fa.RandomRotation(-5)),
    (
        ValueError,
        f"RandomRotation: degrees is (1, 2, 3), {DEGREES}",
        lambda: fa.RandomRotation((1, 2, 3)),
    ),
    (TypeError, f"RandomRotation: degrees is '5', {DEGREES}", lambda: fa.RandomRotation("5")),
    (
        TypeError,
        "RandomRotation: expand is 1, expected a bool",
        lambda: fa.RandomRotation(5, expand=1),
    ),
    (
        ValueError,
        "RandomRotation: center is (1, 2, 3), expected None or a pair (x, y) of finite numbers",
        lambda: fa.RandomRotation(5, center=(1, 2, 3)),
    ),
    (
        ValueError,
        "RandomAffine: translate is (0.1, 1.5), expected a pair (x, y) of numbers from 0 to 1",
        lambda: fa.RandomAffine(0, translate=(0.1, 1.5)),
    ),
    (
        TypeError,
        "RandomAffine: translate is 0.1, expected a pair (x, y) of numbers from 0 to 1",
        lambda: fa.RandomAffine(0, translate=0.1),
    ),
    (
        ValueError,
        "RandomAffine: scale is (0, 1), expected a pair (low, high) of finite numbers above 0",
        lambda: fa.RandomAffine(0, scale=(0, 1)),
    ),
    (
        ValueError,
        f"RandomAffine: shear is 90, {SHEAR}",
        lambda: fa.RandomAffine(0, shear=90),
    ),
    (
        ValueError,
        f"RandomAffine: shear is (-5, 5, 6, 5), {SHEAR}",
        lambda: fa.RandomAffine(0, shear=(-5, 5, 6, 5)),
    ),
    (
        ValueError,
        f"RandomAffine: shear is -5, {SHEAR}",
        lambda: fa.RandomAffine(0, shear=-5),
    ),
    (
        ValueError,
        "RandomAffine: interpolation is 'linear', expected 'nearest', 'bilinear' or 'bicubic'",
        lambda: fa.RandomAffine(0, interpolation="linear"),
    ),
    (
        TypeError,
        "RandomAffine: interpolation is 2, expected 'nearest', 'bilinear' or 'bicubic'",
        lambda: fa.RandomAffine(0, interpolation=2),
    ),
    (ValueError, f"RandomAffine: fill is (), {FILL}", lambda: fa.RandomAffine(0, fill=())),
    (TypeError, f"RandomAffine: fill is None, {FILL}", lambda: fa.RandomAffine(0, fill=None)),
    (
        ValueError,
        f"RandomAffine: border is 'mirror', {MODES}",
        lambda: fa.RandomAffine(0, border="mirror"),
    ),
    (
        ValueError,
        f"RandomPerspective: distortion_scale is 2, {P}",
        lambda: fa.RandomPerspective(2),
    ),
]

SIZES = [
    (ValueError, f"RandomCrop: size is 0, {SIZE}", lambda: fa.RandomCrop(0)),
    (ValueError, f"RandomCrop: size is (1, 2, 3), {SIZE}", lambda: fa.RandomCrop((1, 2, 3))),
    (TypeError, f"RandomCrop: size is 2.0, {SIZE}", lambda: fa.RandomCrop(2.0)),
    (ValueError, f"CenterCrop: size is {2**31}, {SIZE}", lambda: fa.CenterCrop(2**31)),
    (ValueError, f"Pad: padding is -1, {PADDING}", lambda: fa.Pad(-1)),
    (ValueError, f"Pad: padding is (1, 2, 3), {PADDING}", lambda: fa.Pad((1, 2, 3))),
    (TypeError, f"Pad: padding is None, {PADDING}", lambda: fa.Pad(None)),
    (
        ValueError,
        f"RandomCrop: padding_mode is 'replicate', {MODES}",
        lambda: fa.RandomCrop(3, padding_mode="replicate"),
    ),
    (
        ValueError,
        "Resize: max_size is 9, expected None with a size of both height and width",
        lambda: fa.Resize((5, 5), max_size=9),
    ),
    (
        ValueError,
        "Resize: max_size is 5, expected more than size, 5",
        lambda: fa.Resize(5, max_size=5),
    ),
    (
        TypeError,
        "Resize: max_size is 9.5, expected a whole number from 1 to 2147483647",
        lambda: fa.Resize(5, max_size=9.5),
    ),
    (
        ValueError,
        "RandomResizedCrop: scale is (0.5, 1.5), expected a pair (low, high) of numbers above 0 "
        "and at most 1",
        lambda: fa.RandomResizedCrop(5, scale=(0.5, 1.5)),
    ),
    (
        ValueError,
        "RandomResizedCrop: ratio is (2, 1), expected low <= high",
        lambda: fa.RandomResizedCrop(5, ratio=(2, 1)),
    ),
]

COLORS = [
    (ValueError, f"ColorJitter: brightness is -0.1, {FACTOR}", lambda: fa.ColorJitter(-0.1)),
    (
        ValueError,
        f"ColorJitter: contrast is (-1, 1), {FACTOR}",
        lambda: fa.ColorJitter(contrast=(-1, 1)),
    ),
    (ValueError, f"ColorJitter: hue is 0.6, {HUE}", lambda: fa.ColorJitter(hue=0.6)),
    (TypeError, f"ColorJitter: hue is 'red', {HUE}", lambda: fa.ColorJitter(hue="red")),
    (
        ValueError,
        "RandomSolarize: threshold is inf, expected a finite number",
        lambda: fa.RandomSolarize(np.inf),
    ),
    (
        ValueError,
        "RandomPosterize: bits is 17, expected a whole number from 0 to 16",
        lambda: fa.RandomPosterize(17),
    ),
    (
        TypeError,
        "RandomPosterize: bits is 4.0, expected a whole number from 0 to 16",
        lambda: fa.RandomPosterize(4.0),
    ),
    (ValueError, f"RandomGamma: gamma is -1, {FACTOR}", lambda: fa.RandomGamma(-1)),
    (
        ValueError,
        "GaussianBlur: kernel_size is 4, expected odd whole numbers from 1 to 65535, one or a pair "
        "(height, width)",
        lambda: fa.GaussianBlur(4),
    ),
    (
        ValueError,
        "GaussianBlur: sigma is (0, 1), expected a number or a pair (low, high), of finite numbers "
        "above 0",
        lambda: fa.GaussianBlur(3, (0, 1)),
    ),
    (
        ValueError,
        "RandomErasing: value is 'noise', expected a finite number, one per channel or 'random'",
        lambda: fa.RandomErasing(value="noise"),
    ),
    (
        ValueError,
        "Normalize: std is (1, 0), expected a finite number above 0 or one per channel",
        lambda: fa.Normalize(0, (1, 0)),
    ),
    (
        ValueError,
        "Normalize: mean has 3 numbers and std has 2, expected as many",
        lambda: fa.Normalize((1, 2, 3), (1, 2)),
    ),
    (
        ValueError,
        "ToFloat: dtype is 'float64', expected 'float32', 'float16' or 'bfloat16'",
        lambda: fa.ToFloat("float64"),
    ),
    (
        TypeError,
        "ToFloat: dtype is None, expected 'float32', 'float16' or 'bfloat16'",
        lambda: fa.ToFloat(None),
    ),
]

COMBINATORS = [
    (
        TypeError,
        "RandomApply: transforms is RandomInvert(), expected a list of transforms",
        lambda: fa.RandomApply(fa.RandomInvert()),
    ),
    (
        ValueError,
        "OneOf: transforms is [], expected at least one transform",
        lambda: fa.OneOf([]),
    ),
    (
        TypeError,
        "OneOf: transforms[1] is the class RandomInvert, expected a transform: RandomInvert(...)",
        lambda: fa.OneOf([fa.Pad(1), fa.RandomInvert]),
    ),
    (
        TypeError,
        "OneOf: transforms[0] has type Compose, expected a transform; RandomApply([...], p=1) "
        "holds several",
        lambda: fa.OneOf([fa.Compose([])]),
    ),
    (
        ValueError,
        "RandomApply: transforms[0] is a Normalize, which every sample must pass; put it into the "
        "Compose itself",
        lambda: fa.RandomApply([fa.Normalize(0, 1)]),
    ),
    (
        ValueError,
        "SomeOf: transforms[1] is a Lambda, which every sample must pass; put it into the Compose "
        "itself",
        lambda: fa.SomeOf([fa.Pad(1), fa.Lambda(abs)], 1),
    ),
    (
        ValueError,
        "OneOf: weights has 1 numbers, expected one for each of the 2 transforms",
        lambda: fa.OneOf([fa.Pad(1), fa.Pad(2)], weights=[1]),
    ),
    (
        ValueError,
        "OneOf: weights is (0, 0), expected None or one finite number of at least 0 per transform, "
        "not all 0",
        lambda: fa.OneOf([fa.Pad(1), fa.Pad(2)], weights=(0, 0)),
    ),
    (
        ValueError,
        "SomeOf: n is (2, 1), expected least <= most",
        lambda: fa.SomeOf([fa.Pad(1), fa.Pad(2)], (2, 1)),
    ),
    (
        ValueError,
        "SomeOf: n is 3, expected at most the 2 transforms there are",
        lambda: fa.SomeOf([fa.Pad(1), fa.Pad(2)], 3),
    ),
    (
        TypeError,
        "Lambda: function is 3, expected a function of a batch",
        lambda: fa.Lambda(3),
    ),
]


@each_case(NAMES)
def test_names_of_arguments(number):
    check_message(NAMES, number)


@each_case(RANGES)
def test_geometry(number):
    check_message(RANGES, number)


@each_case(SIZES)
def test_sizes(number):
    check_message(SIZES, number)


@each_case(COLORS)
def test_colors_and_filters(number):
    check_message(COLORS, number)


@each_case(COMBINATORS)
def test_combinators(number):
    check_message(COMBINATORS, number)
