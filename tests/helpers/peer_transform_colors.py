"""Cases of transforms that change values, and of whole pipelines."""

import fast_augment as fa
from helpers.images import largest
from helpers.peer_colors import HUE, MEAN, STD, TRUNCATES
from helpers.peer_moves import ROUNDS_HALF_EVEN
from helpers.peer_transforms import by_name, case, drawing, run, window
from helpers.peers import peer_module, torchvision

STEPS = ("brightness", "contrast", "saturation", "hue")


def jitter_in_order(image, drawn):
    """Apply the four changes in the order that was drawn, by the numbers that were."""
    for place in ("first", "second", "third", "fourth"):
        step = STEPS[int(drawn[place])]
        image = torchvision(f"adjust_{step}", image, drawn[step])
    return image


def as_float(image):
    return torchvision("to_dtype", image, peer_module("torch").float32, scale=True)


def normalized(image):
    return torchvision("normalize", as_float(image), list(MEAN), list(STD))


def solarize_at(image):
    return fa.RandomSolarize(0.6 * largest(image.dtype), p=1)


def recipe_of_training(image, sample):
    ours, steps = run(
        image,
        sample,
        fa.RandomResizedCrop(40),
        fa.RandomHorizontalFlip(p=1),
        fa.Normalize(MEAN, STD),
    )
    box = [int(steps[0][n]) for n in ("top", "left", "height", "width")]
    small = torchvision("resized_crop", image, *box, [40, 40], antialias=True)
    return ours, normalized(torchvision("hflip", small))


def recipe_of_colors(image, sample):
    ours, steps = run(
        image,
        sample,
        fa.RandomCrop(40, padding=4),
        fa.ColorJitter(0.4, 0, 0.4),
        fa.RandomGrayscale(p=1),
        fa.ToFloat(),
    )
    wide = torchvision("pad", image, [4] * 4)
    small = torchvision("crop", wide, *window(steps[0], 4), 40, 40)
    gray = torchvision("rgb_to_grayscale", jitter_in_order(small, steps[1]), 3)
    return ours, as_float(gray)


def _range_of(name, low, high, **options):
    """Compare one part of a ColorJitter."""
    transform = fa.ColorJitter(**{name: (low, high)})
    theirs = by_name(f"adjust_{name}", drawn=(name,))
    return case("ColorJitter", f"{name} alone", drawing(transform, theirs), **options)


ROUGH = {"uint8": 1, "float32": 1e-6, "why": TRUNCATES}

CHANGING = (
    _range_of("brightness", 0.3, 1.7, **ROUGH),
    _range_of("contrast", 0.3, 1.7, **ROUGH),
    _range_of("saturation", 0.3, 1.7, **ROUGH),
    _range_of("hue", -0.4, 0.4, uint8=1, float32=1e-5, why=HUE),
    case(
        "ColorJitter",
        "all four, in the drawn order",
        drawing(fa.ColorJitter(0.4, 0.4, 0.4, 0.2), jitter_in_order),
        8,
        1e-5,
        "truncates after each of the four, and the next enlarges that",
    ),
    case(
        "RandomGrayscale",
        "",
        drawing(fa.RandomGrayscale(1), by_name("rgb_to_grayscale", 3)),
        **ROUGH,
    ),
    case("RandomInvert", "", drawing(fa.RandomInvert(1), by_name("invert"))),
    case(
        "RandomSolarize",
        "",
        drawing(solarize_at, lambda i, d: torchvision("solarize", i, d["threshold"])),
    ),
    case(
        "RandomPosterize",
        "3 bits",
        drawing(fa.RandomPosterize(3, p=1), by_name("posterize", 3)),
    ),
    case(
        "RandomGamma",
        "0.5 to 2",
        drawing(fa.RandomGamma((0.5, 2), p=1), by_name("adjust_gamma", drawn=("gamma",))),
        **ROUGH,
    ),
    case("RandomEqualize", "", drawing(fa.RandomEqualize(1), by_name("equalize")), float32=None),
    case(
        "RandomAutocontrast",
        "",
        drawing(fa.RandomAutocontrast(1), by_name("autocontrast")),
        **ROUGH,
    ),
    case(
        "RandomAdjustSharpness",
        "factors 0 to 1.9",
        drawing(
            fa.RandomAdjustSharpness((0, 1.9), p=1), by_name("adjust_sharpness", drawn=("factor",))
        ),
        1,
        1e-5,
        "rounds `smooth`, then truncates",
    ),
    case(
        "GaussianBlur",
        "5x3",
        drawing(
            fa.GaussianBlur((5, 3)),
            lambda i, d: torchvision("gaussian_blur", i, [3, 5], [d["sigma"]]),
        ),
        1,
        1e-5,
        ROUNDS_HALF_EVEN,
    ),
    case(
        "Normalize",
        "after `to_dtype`",
        drawing(fa.Normalize(MEAN, STD), lambda i, _: normalized(i)),
        2e-6,
        2e-6,
        "rounds each step to float32",
    ),
    case("ToFloat", "`to_dtype`", drawing(fa.ToFloat(), lambda i, _: as_float(i))),
    case(
        "Compose",
        "resized crop, flip, normalise",
        recipe_of_training,
        0.02,
        1e-4,
        "rounds to levels first: a level is 0.0175 here",
    ),
    case(
        "Compose",
        "crop, brightness, saturation, gray, to float",
        recipe_of_colors,
        0.02,
        1e-5,
        "truncates after each step",
    ),
)
