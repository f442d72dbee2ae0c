"""Cases of functions that change the values of pixels."""

import numpy as np

import fast_augment as fa
from helpers.images import largest
from helpers.peer_measure import Case
from helpers.peers import peer_module, pillow, pillow_part, torchvision

FACTORS = (0.0, 0.4, 1.0, 1.7)
HUES = (-0.5, -0.13, 0.0, 0.3)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

TRUNCATES = "truncates"
HUE = "multiplies by 255.999 and truncates"


def by_torchvision(ours, name):
    """Compare two functions that both take an image and a number."""
    return lambda image, number: (ours(image, number), torchvision(name, image, number))


def by_enhance(ours, name):
    """Compare with a class of Pillow's ImageEnhance."""

    def compare(image, factor):
        enhance = getattr(pillow_part("ImageEnhance"), name)
        return ours(image, factor), pillow(image, lambda picture: enhance(picture).enhance(factor))

    return compare


def by_ops(ours, name, *arguments):
    """Compare with a function of Pillow's ImageOps."""

    def compare(image, _):
        change = getattr(pillow_part("ImageOps"), name)
        theirs = pillow(image, lambda picture: change(picture, *arguments))
        return ours(image, *arguments), theirs

    return compare


def gamma(image, setting):
    return fa.adjust_gamma(image, *setting), torchvision("adjust_gamma", image, *setting)


def grayscale(image, channels):
    theirs = torchvision("rgb_to_grayscale", image, num_output_channels=channels)
    return fa.grayscale(image, channels), theirs


def grayscale_of_opencv(image, _):
    cv2 = peer_module("OpenCV")
    return fa.grayscale(image), cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., np.newaxis]


def grayscale_of_pillow(image, _):
    return fa.grayscale(image), pillow(image, lambda picture: picture.convert("L"))


def solarize(image, part):
    threshold = part * largest(image.dtype)
    return fa.solarize(image, threshold), torchvision("solarize", image, threshold)


def normalize(image, _):
    torch = peer_module("torch")
    floats = torchvision("to_dtype", image, torch.float32, scale=True)
    theirs = torchvision("normalize", floats, list(MEAN), list(STD))
    return fa.normalize(image, MEAN, STD, out_layout="HWC"), theirs


def to_float(image, _):
    theirs = torchvision("to_dtype", image, peer_module("torch").float32, scale=True)
    return fa.normalize(image, 0, 1, out_layout="HWC"), theirs


def _torchvision(operation, name, on, settings, why=TRUNCATES, uint8=1, float32=1e-6):
    compare = by_torchvision(getattr(fa, operation), name)
    return Case(operation, "torchvision", on, compare, uint8, float32, why, settings)


def _enhance(operation, name, why=TRUNCATES, uint8=1):
    compare = by_enhance(getattr(fa, operation), name)
    return Case(operation, "Pillow", "factors 0 to 1.7", compare, uint8, None, why, FACTORS)


def _exact_ops(operation, on, *arguments):
    compare = by_ops(getattr(fa, operation), operation, *arguments)
    return Case(operation, "Pillow", on, compare, float32=None)


FACTOR_CASES = (
    _torchvision("adjust_brightness", "adjust_brightness", "factors 0 to 1.7", FACTORS),
    _enhance("adjust_brightness", "Brightness"),
    _torchvision("adjust_contrast", "adjust_contrast", "factors 0 to 1.7", FACTORS),
    _enhance("adjust_contrast", "Contrast", "other weights of gray, a rounded mean; truncates"),
    _torchvision("adjust_saturation", "adjust_saturation", "factors 0 to 1.7", FACTORS),
    _enhance("adjust_saturation", "Color", "other weights of gray, rounded; truncates", 2),
    _torchvision("adjust_hue", "adjust_hue", "-0.5 to 0.3 of a turn", HUES, HUE, 1, 1e-5),
    Case(
        "adjust_gamma",
        "torchvision",
        "gamma 0.5, 1, 2.2; gain 1, 0.9, 1.2",
        gamma,
        1,
        1e-6,
        TRUNCATES,
        ((0.5, 1.0), (1.0, 0.9), (2.2, 1.2)),
    ),
    Case("grayscale", "torchvision", "1 and 3 channels", grayscale, 1, 1e-6, TRUNCATES, (1, 3)),
    Case("grayscale", "Pillow", "1 channel", grayscale_of_pillow, 1, None, "0.299 for red"),
    Case("grayscale", "OpenCV", "1 channel", grayscale_of_opencv, 1, 2e-4, "0.299 for red"),
)

LEVEL_CASES = (
    Case("invert", "torchvision", "", lambda i, _: (fa.invert(i), torchvision("invert", i)), 0, 0),
    _exact_ops("invert", ""),
    Case("solarize", "torchvision", "", solarize, 0, 0, "", (0.0, 0.5, 0.7)),
    _exact_ops("solarize", "threshold 128", 128),
    _torchvision("posterize", "posterize", "1, 3 and 7 bits", (1, 3, 7), "", 0, 0),
    _exact_ops("posterize", "3 bits", 3),
    Case(
        "equalize",
        "torchvision",
        "",
        lambda image, _: (fa.equalize(image), torchvision("equalize", image)),
        float32=None,
    ),
    _exact_ops("equalize", ""),
    Case(
        "autocontrast",
        "torchvision",
        "",
        lambda image, _: (fa.autocontrast(image), torchvision("autocontrast", image)),
        1,
        1e-6,
        TRUNCATES,
    ),
    Case(
        "autocontrast",
        "Pillow",
        "",
        by_ops(fa.autocontrast, "autocontrast"),
        1,
        None,
        TRUNCATES,
    ),
    Case(
        "normalize",
        "torchvision",
        "after `to_dtype`",
        normalize,
        2e-6,
        2e-6,
        "rounds each step to float32",
    ),
    Case("normalize", "torchvision", "mean 0, std 1: `to_dtype`", to_float, 0, 0),
)

COLORS = (*FACTOR_CASES, *LEVEL_CASES)
