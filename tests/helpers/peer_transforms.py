"""Cases of transforms that move pixels: the peer gets the parameters that a pipeline drew."""

import numpy as np

import fast_augment as fa
from helpers.peer_measure import Case
from helpers.peer_moves import (
    CLIPS_TWICE,
    OVERSHOT,
    PADDING,
    ROUNDS_TWICE,
    fill_for,
)
from helpers.peer_warps import (
    FEW,
    MIXED,
    POSITIONS,
    TIES,
    corners_of,
    tensor_affine,
    tensor_perspective,
    unmixed,
)
from helpers.peers import opencv_border, peer_module, torchvision

SEED = 7
SAMPLES = tuple(range(6))


def run(image, sample, *transforms):
    """Return the result and what was drawn: one dict of numbers per transform that was applied."""
    made = fa.Compose(transforms, seed=SEED, out_layout="HWC")
    batch = made(image, index=sample, return_params=True)
    return batch.images, batch.params.sample(0)


def drawing(transform, theirs):
    """Compare with `theirs(image, drawn)`; the transform may depend on the image."""

    def compare(image, sample):
        chosen = transform if isinstance(transform, fa.Transform) else transform(image)
        ours, (drawn,) = run(image, sample, chosen)
        return ours, theirs(image, drawn)

    return compare


def by_name(name, *arguments, drawn=()):
    """Apply torchvision's function of this name; `drawn` names the numbers that it takes first."""
    return lambda image, found: torchvision(name, image, *(found[n] for n in drawn), *arguments)


def turn_in(drawn):
    """What was drawn by a RandomAffine or RandomRotation, as `tensor_affine` takes it."""
    translate = drawn["translate_x"], drawn["translate_y"]
    shear = drawn["shear_x"], drawn["shear_y"]
    return drawn["angle"], translate, drawn["scale_x"], shear


def affine(interpolation, **options):
    shear = (-9, 9, -5, 5)
    transform = fa.RandomAffine(40, (0.1, 0.2), (0.7, 1.4), shear, interpolation, **options)

    def theirs(image, drawn):
        return tensor_affine(image, turn_in(drawn), interpolation, center=options.get("center"))

    return drawing(transform, theirs)


def filled_affine(image, sample):
    def warp(picture, fill=0):
        return run(picture, sample, fa.RandomAffine(40, scale=(0.7, 1.4), fill=fill))

    fill = fill_for(image)
    ours, (drawn,) = warp(image, fill)
    theirs = tensor_affine(image, turn_in(drawn), "bilinear", fill)
    return unmixed(ours, theirs, lambda picture: warp(picture)[0], image)


def rotation(interpolation, expand=False, center=None):
    def theirs(image, drawn):
        # The one function whose angle is counter-clockwise there too.
        point = center and [center[0] + 0.5, center[1] + 0.5]
        return torchvision("rotate", image, drawn["angle"], interpolation, expand, point)

    return drawing(fa.RandomRotation(80, interpolation, expand, center), theirs)


def perspective(interpolation):
    def theirs(image, drawn):
        names = ("top_left", "top_right", "bottom_right", "bottom_left")
        end = np.array([[drawn[f"{name}_x"], drawn[f"{name}_y"]] for name in names])
        return tensor_perspective(image, corners_of(image), end, interpolation)

    return drawing(fa.RandomPerspective(0.5, 1, interpolation), theirs)


def by_matrix(transform):
    """Compare with OpenCV, given the matrix that the pipeline returns."""

    def compare(image, sample):
        cv2 = peer_module("OpenCV")
        made = fa.Compose([transform], seed=SEED)
        batch = made(image, index=sample, return_params=True)
        theirs = cv2.warpPerspective(
            image,
            batch.matrix[0],
            image.shape[1::-1],
            flags=cv2.INTER_CUBIC,
            borderMode=opencv_border(transform.border),
        )
        return batch.images, theirs

    return compare


def quarter_turns(image, drawn):
    tensor = peer_module("torch").from_numpy(image)
    return tensor.rot90(int(drawn["quarter_turns"])).numpy()


def window(drawn, pad=0):
    """Top and left in the padded image."""
    return int(drawn["top"]) + pad, int(drawn["left"]) + pad


def random_crop(mode):
    def theirs(image, drawn):
        wide = torchvision("pad", image, [8] * 4, padding_mode=mode)
        return torchvision("crop", wide, *window(drawn, 8), 40, 45)

    return drawing(fa.RandomCrop((40, 45), 8, padding_mode=mode), theirs)


def resized_crop(interpolation, antialias):
    name = "nearest-exact" if interpolation == "nearest" else interpolation
    size = (48, 40)
    transform = fa.RandomResizedCrop(
        size, scale=(0.1, 1), interpolation=interpolation, antialias=antialias
    )

    def theirs(image, drawn):
        box = [int(drawn[n]) for n in ("top", "left", "height", "width")]
        return torchvision("resized_crop", image, *box, list(size), name, antialias)

    return drawing(transform, theirs)


def shorter_side(size, max_size=None):
    theirs = by_name("resize", [size], "bilinear", max_size)
    return drawing(fa.Resize(size, max_size=max_size), theirs)


def erase(image, drawn):
    value = peer_module("torch").tensor(fill_for(image)).to(peer_module("torch").float32)
    value = value.to(peer_module("torch").from_numpy(image).dtype)[:, None, None]
    box = [int(drawn[n]) for n in ("top", "left", "height", "width")]
    return torchvision("erase", image, *box, value)


def case(operation, on, compare, uint8=0, float32=0, why="", peer="torchvision"):
    return Case(operation, peer, on, compare, uint8, float32, why, SAMPLES)


MOVING = (
    case(
        "RandomHorizontalFlip",
        "",
        drawing(fa.RandomHorizontalFlip(1), lambda i, _: torchvision("hflip", i)),
    ),
    case(
        "RandomVerticalFlip",
        "",
        drawing(fa.RandomVerticalFlip(1), lambda i, _: torchvision("vflip", i)),
    ),
    case("RandomRotate90", "", drawing(fa.RandomRotate90(1), quarter_turns), peer="torch"),
    case("RandomRotation", "bilinear", rotation("bilinear"), 1, 1e-4, POSITIONS),
    case("RandomRotation", "expand", rotation("bilinear", True), 1, 1e-4, POSITIONS),
    case("RandomRotation", "center", rotation("bilinear", False, (9, 4.5)), 1, 1e-4, POSITIONS),
    case("RandomRotation", "nearest", rotation("nearest"), FEW, FEW, TIES),
    case("RandomAffine", "bilinear", affine("bilinear"), 1, 1e-4, POSITIONS),
    case("RandomAffine", "center", affine("bilinear", center=(9, 4.5)), 1, 1e-4, POSITIONS),
    case("RandomAffine", "nearest", affine("nearest"), FEW, FEW, TIES),
    case("RandomAffine", "a fill per channel", filled_affine, 1, 1e-4, MIXED),
    case("RandomPerspective", "bilinear", perspective("bilinear"), 1, 1e-4, POSITIONS),
    case("RandomPerspective", "nearest", perspective("nearest"), FEW, FEW, TIES),
    case(
        "RandomAffine",
        "bicubic, reflect; the returned matrix",
        by_matrix(fa.RandomAffine(40, (0.1, 0.2), interpolation="bicubic", border="reflect")),
        1,
        1e-4,
        POSITIONS,
        "OpenCV",
    ),
    case(
        "RandomPerspective",
        "bicubic, edge; the returned matrix",
        by_matrix(fa.RandomPerspective(0.5, 1, "bicubic", border="edge")),
        1,
        1e-4,
        POSITIONS,
        "OpenCV",
    ),
    *(
        case("RandomCrop", f"padding, {mode}", random_crop(mode))
        for mode in ("constant", "edge", "reflect", "symmetric")
    ),
    *(
        case(
            "CenterCrop",
            words,
            drawing(fa.CenterCrop(size), by_name("center_crop", list(size))),
        )
        for words, size in (("smaller", (31, 40)), ("larger than the image", (100, 140)))
    ),
    *(
        case(
            "Pad",
            mode,
            drawing(
                fa.Pad(PADDING, padding_mode=mode),
                by_name("pad", list(PADDING), None, mode),
            ),
        )
        for mode in ("constant", "edge", "reflect", "symmetric")
    ),
    case("Resize", "shorter side 40", shorter_side(40), 1, 1e-5, ROUNDS_TWICE),
    case("Resize", "max_size 50", shorter_side(40, 50), 1, 1e-5, ROUNDS_TWICE),
    *(
        case(
            "RandomResizedCrop",
            f"{interpolation}{'' if antialias else ', no antialias'}",
            resized_crop(interpolation, antialias),
            levels,
            1e-5,
            why,
        )
        for interpolation, levels, why in (
            ("bilinear", 1, ROUNDS_TWICE),
            ("bicubic", OVERSHOT, CLIPS_TWICE),
        )
        for antialias in (True, False)
    ),
    case("RandomResizedCrop", "nearest-exact", resized_crop("nearest", False)),
    case(
        "RandomErasing",
        "a value per channel",
        drawing(lambda image: fa.RandomErasing(1, value=fill_for(image)), erase),
    ),
)
