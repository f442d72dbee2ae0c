"""Cases of functions that copy pixels or average neighbours: flips, crops, resize, filters."""

import numpy as np

import fast_augment as fa
from helpers.images import BORDERS, largest
from helpers.peer_measure import Case, Mostly
from helpers.peers import (
    opencv_border,
    peer_module,
    pillow,
    pillow_part,
    torchvision,
)

PADDING = (1, 2, 3, 4)
BOX = (11, 7, 42, 60)
SIZES = ((40, 57), (150, 100))

ROUNDS_HALF_EVEN = "rounds half to even"
FIXED_POINT = "fixed-point weights"
ROUNDS_TWICE = "rounds between the two axes"
CLIPS_TWICE = "rounds, and clips to 0 to 255, between the two axes"
TIE = "rounding errors decide a tie"
OVERSHOT = Mostly(1, 0.02)
TIED = Mostly(0, 0.01)


def fill_for(image):
    """One number per channel."""
    return [float(largest(image.dtype)) * part / 255 for part in (20, 100, 255)]


def opencv(name):
    """Compare with a function of OpenCV that takes an image, and returns one."""
    return getattr(peer_module("OpenCV"), name)


def rot90(image, _):
    cv2 = peer_module("OpenCV")
    return fa.rot90(image), cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE)


def rot90_of_torch(image, k):
    torch = peer_module("torch")
    return fa.rot90(image, k), torch.rot90(torch.from_numpy(image), k).numpy()


def crop(image, place):
    return fa.crop(image, *place, (30, 60)), torchvision("crop", image, *place, 30, 60)


def crop_with_border(image, border):
    wide = torchvision("pad", image, [9] * 4, padding_mode=border)
    return fa.crop(image, -5, 2, (60, 40), border=border), wide[4:64, 11:51]


def pad_of_torchvision(image, border):
    return (
        fa.pad(image, PADDING, border=border),
        torchvision("pad", image, list(PADDING), padding_mode=border),
    )


def pad_with_fill(image, _):
    fill = fill_for(image)
    ours = fa.pad(image, PADDING, fill=fill)
    return ours, torchvision("pad", image, list(PADDING), fill=fill)


def pad_of_opencv(image, border):
    cv2, fill = peer_module("OpenCV"), fill_for(image)
    left, top, right, bottom = PADDING
    return fa.pad(image, PADDING, border=border, fill=fill), cv2.copyMakeBorder(
        image, top, bottom, left, right, opencv_border(border), value=fill
    )


def erase(image, _):
    torch, fill = peer_module("torch"), np.array(fill_for(image), image.dtype)
    value = torch.from_numpy(fill)[:, None, None]
    return fa.erase(image, 5, 9, (20, 31), fill=fill), torchvision(
        "erase", image, 5, 9, 20, 31, value
    )


def tensor_filter(interpolation):
    """Its name at torchvision, whose "nearest" is that of old versions, off by half a pixel."""
    return "nearest-exact" if interpolation == "nearest" else interpolation


def resize_of_torchvision(interpolation, antialias):
    def compare(image, size):
        ours = fa.resize(image, size, interpolation=interpolation, antialias=antialias)
        return ours, torchvision(
            "resize",
            image,
            list(size),
            interpolation=tensor_filter(interpolation),
            antialias=antialias,
        )

    return compare


def resized_crop(interpolation, antialias):
    def compare(image, size):
        x0, y0, x1, y1 = BOX
        ours = fa.resized_crop(image, BOX, size, interpolation=interpolation, antialias=antialias)
        return ours, torchvision(
            "resized_crop",
            image,
            y0,
            x0,
            y1 - y0,
            x1 - x0,
            list(size),
            interpolation=tensor_filter(interpolation),
            antialias=antialias,
        )

    return compare


def resize_of_pillow(interpolation):
    def compare(image, size):
        how = getattr(peer_module("Pillow").Resampling, interpolation.upper())
        theirs = pillow(image, lambda picture: picture.resize(size[::-1], how))
        return fa.resize(image, size, interpolation=interpolation), theirs

    return compare


def resized_crop_of_pillow(image, size):
    how = peer_module("Pillow").Resampling.BILINEAR
    theirs = pillow(image, lambda picture: picture.crop(BOX).resize(size[::-1], how))
    return fa.resized_crop(image, BOX, size), theirs


def resize_of_opencv(interpolation, flag):
    def compare(image, size):
        cv2 = peer_module("OpenCV")
        theirs = cv2.resize(image, size[::-1], interpolation=getattr(cv2, flag))
        return fa.resize(image, size, interpolation=interpolation, antialias=False), theirs

    return compare


# Kernel size (height, width) and sigma.
BLURS = (((3, 3), 0.8), ((5, 9), 1.7), ((11, 3), None))


def blur_of_torchvision(image, setting):
    (height, width), sigma = setting
    ours = fa.gaussian_blur(image, (height, width), sigma)
    return ours, torchvision("gaussian_blur", image, [width, height], sigma and [sigma])


def blur_of_opencv(image, setting):
    cv2 = peer_module("OpenCV")
    size, sigma = setting
    theirs = cv2.GaussianBlur(image, size[::-1], sigma, borderType=cv2.BORDER_REFLECT_101)
    return fa.gaussian_blur(image, size, sigma), theirs


def sharpness(image, factor):
    return fa.sharpness(image, factor), torchvision("adjust_sharpness", image, factor)


def sharpness_of_pillow(image, factor):
    enhance = pillow_part("ImageEnhance").Sharpness
    return fa.sharpness(image, factor), pillow(image, lambda p: enhance(p).enhance(factor))


FLIPS = (
    Case("hflip", "OpenCV", "", lambda image, _: (fa.hflip(image), opencv("flip")(image, 1))),
    Case("hflip", "torchvision", "", lambda i, _: (fa.hflip(i), torchvision("hflip", i))),
    Case("vflip", "OpenCV", "", lambda image, _: (fa.vflip(image), opencv("flip")(image, 0))),
    Case("vflip", "torchvision", "", lambda i, _: (fa.vflip(i), torchvision("vflip", i))),
    Case("rot90", "OpenCV", "one turn", rot90),
    Case("rot90", "torch", "-1 to 2 turns", rot90_of_torch, settings=(-1, 0, 1, 2)),
    Case("transpose", "OpenCV", "", lambda i, _: (fa.transpose(i), opencv("transpose")(i))),
)

CROPS = (
    Case("crop", "torchvision", "inside, and over the edge", crop, settings=((3, -8), (20, 9))),
    Case(
        "crop",
        "torchvision",
        "over the edge, after `pad` of edge, reflect, symmetric",
        crop_with_border,
        settings=("edge", "reflect", "symmetric"),
    ),
    Case(
        "pad",
        "torchvision",
        "constant, edge, reflect, symmetric",
        pad_of_torchvision,
        settings=BORDERS[:4],
    ),
    Case("pad", "torchvision", "a fill per channel", pad_with_fill),
    Case("pad", "OpenCV", "all five borders, a fill per channel", pad_of_opencv, settings=BORDERS),
    Case("erase", "torchvision", "a box, a fill per channel", erase),
)


def _resize(peer, on, compare, uint8=1, float32=1e-5, why=ROUNDS_TWICE):
    operation = "resized_crop" if on.startswith("box") else "resize"
    return Case(operation, peer, on, compare, uint8, float32, why, SIZES)


RESIZES = (
    _resize("torchvision", "bilinear", resize_of_torchvision("bilinear", True)),
    _resize("torchvision", "bilinear, no antialias", resize_of_torchvision("bilinear", False)),
    _resize(
        "torchvision",
        "bicubic",
        resize_of_torchvision("bicubic", True),
        OVERSHOT,
        why=CLIPS_TWICE,
    ),
    _resize(
        "torchvision",
        "bicubic, no antialias",
        resize_of_torchvision("bicubic", False),
        OVERSHOT,
        why=CLIPS_TWICE,
    ),
    _resize("torchvision", "nearest-exact", resize_of_torchvision("nearest", False), 0, 0, ""),
    _resize("Pillow", "bilinear", resize_of_pillow("bilinear"), 1, None),
    _resize("Pillow", "bicubic", resize_of_pillow("bicubic"), OVERSHOT, None, CLIPS_TWICE),
    _resize("Pillow", "nearest", resize_of_pillow("nearest"), TIED, None, TIE),
    _resize(
        "OpenCV",
        "INTER_LINEAR",
        resize_of_opencv("bilinear", "INTER_LINEAR"),
        1,
        1e-6,
        FIXED_POINT,
    ),
    _resize(
        "OpenCV",
        "INTER_CUBIC",
        resize_of_opencv("bicubic", "INTER_CUBIC"),
        1,
        1e-6,
        ROUNDS_HALF_EVEN,
    ),
    _resize(
        "OpenCV",
        "INTER_NEAREST_EXACT",
        resize_of_opencv("nearest", "INTER_NEAREST_EXACT"),
        TIED,
        TIED,
        TIE,
    ),
    _resize("torchvision", "box, bilinear", resized_crop("bilinear", True)),
    _resize("torchvision", "box, bilinear, no antialias", resized_crop("bilinear", False)),
    _resize(
        "torchvision",
        "box, bicubic",
        resized_crop("bicubic", True),
        OVERSHOT,
        why=CLIPS_TWICE,
    ),
    _resize("Pillow", "box, bilinear", resized_crop_of_pillow, 1, None),
)

FILTERS = (
    Case(
        "gaussian_blur",
        "torchvision",
        "3x3, 5x9, 11x3, sigma given or not",
        blur_of_torchvision,
        1,
        1e-6,
        ROUNDS_HALF_EVEN,
        BLURS,
    ),
    Case(
        "gaussian_blur",
        "OpenCV",
        "3x3, 5x9",
        blur_of_opencv,
        1,
        1e-6,
        FIXED_POINT,
        BLURS[:2],
    ),
    Case(
        "sharpness",
        "torchvision",
        "factors 0, 0.5, 1.7",
        sharpness,
        1,
        1e-6,
        "rounds `smooth`, then truncates",
        (0.0, 0.5, 1.7),
    ),
    Case(
        "sharpness",
        "Pillow",
        "factors 0, 0.5, 1.7",
        sharpness_of_pillow,
        1,
        None,
        "rounds `smooth`, then truncates",
        (0.0, 0.5, 1.7),
    ),
)

MOVES = (*FLIPS, *CROPS, *RESIZES, *FILTERS)
