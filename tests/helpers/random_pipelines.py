"""Random pipelines of every transform, chosen by a random generator or by Hypothesis."""

import numpy as np

import fast_augment as fa
from helpers.images import BORDERS, largest

INTERPOLATIONS = ("nearest", "bilinear", "bicubic")


class RngPick:
    """Choices of a NumPy generator."""

    def __init__(self, rng):
        self.rng = rng

    def one_of(self, options):
        return options[self.rng.integers(len(options))]

    def whole(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def number(self, low, high):
        return float(self.rng.uniform(low, high))


class Context:
    """What the images are where a transform stands."""

    def __init__(self, dtype, channels):
        self.dtype, self.channels = np.dtype(dtype), channels
        self.is_normalized = False

    @property
    def is_float(self):
        return self.dtype == np.float32

    @property
    def has_colors(self):
        return self.channels in (1, 3)


def random_pipeline(pick, dtype, channels, most=6):
    """One to `most` transforms that fit images of this dtype and number of channels."""
    context = Context(dtype, channels)
    return [random_transform(pick, context, 0) for _ in range(pick.whole(1, most))]


def random_transform(pick, context, depth):
    family = pick.one_of(("geometry",) * 5 + ("values",) * 4 + ("group", "floats"))
    if family == "group" and depth < 2:
        return group(pick, context, depth)
    if family == "floats" and depth == 0:
        return floats(pick, context)
    if family == "values":
        return random_value(pick, context)
    return pick.one_of(GEOMETRY)(pick, context)


def random_value(pick, context):
    makers = NORMAL_VALUES if context.is_normalized else VALUES
    if not context.has_colors:
        makers = [maker for maker in makers if maker not in COLORS]
    if context.dtype != np.uint8:
        makers = [maker for maker in makers if maker is not equalize]
    return pick.one_of(makers)(pick, context)


def random_values(pick, dtype, channels, most=4):
    """One to `most` transforms that leave every pixel in its place."""
    context = Context(dtype, channels)
    return [random_value(pick, context) for _ in range(pick.whole(1, most))]


def group(pick, context, depth):
    inside = [random_transform(pick, context, depth + 1) for _ in range(pick.whole(1, 3))]
    kind = pick.one_of((fa.RandomApply, fa.OneOf, fa.SomeOf, fa.RandomOrder))
    if kind is fa.SomeOf:
        return fa.SomeOf(inside, n=(pick.whole(0, 1), len(inside)))
    return kind(inside, p=probability(pick))


def floats(pick, context):
    dtype = pick.one_of(("float32", "float16"))
    context.dtype = np.dtype(np.float32)
    if pick.one_of((True, False)):
        return fa.ToFloat(dtype)
    context.is_normalized = True
    count = pick.one_of((1, context.channels))
    mean = [pick.number(0, 1) for _ in range(count)]
    return fa.Normalize(mean, [pick.number(0.1, 2) for _ in range(count)], dtype)


def probability(pick):
    return pick.one_of((1.0, 1.0, 0.5))


def fill(pick, context):
    """Values of the dtype: one, or one per channel."""
    white = largest(context.dtype)
    number = pick.number if context.is_float else pick.whole
    one = pick.one_of((True, False))
    return number(0, white) if one else [number(0, white) for _ in range(context.channels)]


def size(pick, highest=40):
    return pick.whole(1, pick.one_of((3, highest))), pick.whole(1, pick.one_of((3, highest)))


def number_range(pick, low, high):
    ends = sorted((pick.number(low, high), pick.number(low, high)))
    return pick.one_of((tuple(ends), (ends[0], ends[0])))


# --- geometry


def horizontal_flip(pick, _context):
    return fa.RandomHorizontalFlip(probability(pick))


def vertical_flip(pick, _context):
    return fa.RandomVerticalFlip(probability(pick))


def rotate90(pick, _context):
    return fa.RandomRotate90(probability(pick))


def rotation(pick, context):
    quarter = 90.0 * pick.whole(-2, 2)
    return fa.RandomRotation(
        pick.one_of((number_range(pick, -180, 180), (quarter, quarter))),
        pick.one_of(INTERPOLATIONS),
        expand=pick.one_of((True, False, False)),
        center=pick.one_of((None, (pick.whole(0, 9), pick.number(0, 9)))),
        fill=fill(pick, context),
        border=pick.one_of(BORDERS),
    )


def affine(pick, context):
    return fa.RandomAffine(
        pick.one_of((0, pick.number(0, 180))),
        translate=pick.one_of((None, (pick.number(0, 1), pick.number(0, 1)))),
        scale=pick.one_of((None, number_range(pick, 0.3, 3))),
        shear=pick.one_of((None, pick.number(0, 40), [-9, 9, -30, 20])),
        interpolation=pick.one_of(INTERPOLATIONS),
        fill=fill(pick, context),
        border=pick.one_of(BORDERS),
    )


def perspective(pick, context):
    return fa.RandomPerspective(
        pick.number(0, 0.7),
        probability(pick),
        pick.one_of(INTERPOLATIONS),
        fill=fill(pick, context),
        border=pick.one_of(BORDERS),
    )


def random_crop(pick, context):
    return fa.RandomCrop(
        size(pick, 20),
        padding=pick.one_of((None, None, [pick.whole(0, 9) for _ in range(4)])),
        pad_if_needed=True,
        fill=fill(pick, context),
        padding_mode=pick.one_of(BORDERS),
    )


def center_crop(pick, _context):
    return fa.CenterCrop(size(pick))


def pad(pick, context):
    sides = [pick.whole(0, 9) for _ in range(4)]
    return fa.Pad(sides, fill(pick, context), pick.one_of(BORDERS))


def resize(pick, _context):
    options = filter_options(pick)
    if pick.one_of((True, True, False)):
        return fa.Resize(size(pick), **options)
    shorter = pick.whole(1, 20)
    return fa.Resize(shorter, max_size=shorter + pick.whole(1, 60), **options)


def resized_crop(pick, _context):
    return fa.RandomResizedCrop(
        size(pick),
        scale=pick.one_of(((0.08, 1.0), (1.0, 1.0), number_range(pick, 0.01, 1))),
        ratio=pick.one_of(((0.75, 4 / 3), number_range(pick, 0.2, 5))),
        **filter_options(pick),
    )


def filter_options(pick):
    return {
        "interpolation": pick.one_of(INTERPOLATIONS),
        "antialias": pick.one_of((True, False)),
    }


# --- values


def brightness(pick, _context):
    return fa.ColorJitter(brightness=number_range(pick, 0, 3))


def jitter(pick, _context):
    return fa.ColorJitter(
        brightness=pick.one_of((0, pick.number(0, 1))),
        contrast=pick.one_of((0, number_range(pick, 0, 3))),
        saturation=pick.one_of((0, number_range(pick, 0, 3))),
        hue=pick.one_of((0, pick.number(0, 0.5))),
    )


def grayscale(pick, _context):
    return fa.RandomGrayscale(probability(pick))


def invert(pick, _context):
    return fa.RandomInvert(probability(pick))


def solarize(pick, context):
    return fa.RandomSolarize(pick.number(0, largest(context.dtype)), probability(pick))


def posterize(pick, _context):
    return fa.RandomPosterize(pick.whole(1, 8), probability(pick))


def gamma(pick, _context):
    return fa.RandomGamma(
        number_range(pick, 0.3, 3), pick.one_of((1.0, pick.number(0, 2))), probability(pick)
    )


def equalize(pick, _context):
    return fa.RandomEqualize(probability(pick))


def autocontrast(pick, _context):
    return fa.RandomAutocontrast(probability(pick))


def sharpness(pick, _context):
    return fa.RandomAdjustSharpness(number_range(pick, 0, 3), probability(pick))


def blur(pick, _context):
    kernel = pick.one_of((1, 3, 5, 9)), pick.one_of((1, 3, 7))
    return fa.GaussianBlur(kernel, number_range(pick, 0.1, 3))


def erasing(pick, context):
    value = fill(pick, context)
    if context.is_float:
        value = pick.one_of((value, "random"))
    return fa.RandomErasing(probability(pick), value=value)


def noise(pick, context):
    clip = False if context.is_normalized else pick.one_of((True, False))
    return fa.GaussianNoise(
        pick.number(-0.1, 0.1), pick.one_of((0.0, 0.0, 0.05)), clip or not context.is_float
    )


GEOMETRY = (
    horizontal_flip,
    vertical_flip,
    rotate90,
    rotation,
    affine,
    affine,
    perspective,
    random_crop,
    random_crop,
    center_crop,
    pad,
    resize,
    resize,
    resized_crop,
)
COLORS = (jitter, grayscale)
VALUES = (
    brightness,
    *COLORS * 2,
    invert,
    solarize,
    posterize,
    gamma,
    equalize,
    autocontrast,
    sharpness,
    blur,
    erasing,
    noise,
)
NORMAL_VALUES = (blur, erasing, noise)
