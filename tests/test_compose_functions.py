"""A pipeline of one transform gives, bit for bit, what its function with the drawn numbers does."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import BORDERS, DTYPES, INTERPOLATIONS, LAYOUTS, dtype_name, noise, to_layout

every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
every_layout = pytest.mark.parametrize("layout", LAYOUTS)
SHAPES = ((2, 1, 1), (3, 23, 37), (2, 40, 9), (1, 130, 301))


def assert_equal_to(transform, function, dtype, layout, rng, channels=(1, 3, 4), **options):
    """`function(images, batch)` on batches and on ragged lists."""
    # A result of floats takes the layout of the images here, as the functions do.
    augment = fa.Compose([transform], seed=4, layout=layout, out_layout=layout)
    for shape in SHAPES:
        for count in channels:
            images = to_layout(noise(rng, (*shape, count), dtype), layout)
            for given in (images, list(images)):
                batch = augment(given, return_params=True, **options)
                expected = function(given, batch)
                for result, wanted in zip(batch.images, expected, strict=True):
                    assert_same_bits(result, wanted, f"{transform!r} on {images.shape}")


def by_transform(*pairs):
    """Runs a test once per (transform, function) with every dtype and layout."""
    names = [repr(transform).split("(")[0] + f"-{i}" for i, (transform, _) in enumerate(pairs)]
    return pytest.mark.parametrize(("transform", "function"), pairs, ids=names)


def call(name, *names, **options):
    """A function of fast_augment on the images and on drawn numbers of these names."""

    def run(images, batch, **common):
        drawn = batch.params[0]
        numbers = [drawn[n].astype(int) if n in ("top", "left") else drawn[n] for n in names]
        return getattr(fa, name)(images, *numbers, **options, **common)

    return run


@by_transform(
    (fa.RandomHorizontalFlip(1), call("hflip")),
    (fa.RandomVerticalFlip(1), call("vflip")),
    (fa.Pad((1, 2, 3, 4), 9), call("pad", padding=(1, 2, 3, 4), fill=9)),
    (fa.RandomCrop((31, 12), pad_if_needed=True), call("crop", "top", "left", size=(31, 12))),
    (fa.CenterCrop((12, 31)), call("crop", "top", "left", size=(12, 31))),
    (fa.Resize((17, 50)), call("resize", size=(17, 50))),
    (fa.Resize((9, 9), "nearest"), call("resize", size=9, interpolation="nearest")),
    (fa.Resize((60, 5), "bicubic"), call("resize", size=(60, 5), interpolation="bicubic")),
    (
        fa.Resize((7, 5), "bicubic", antialias=False),
        call("resize", size=(7, 5), interpolation="bicubic", antialias=False),
    ),
    (fa.Resize((7, 45), antialias=False), call("resize", size=(7, 45), antialias=False)),
)
@every_dtype
@every_layout
def test_sizes(transform, function, dtype, layout, rng):
    assert_equal_to(transform, lambda *given: function(*given, layout=layout), dtype, layout, rng)


@pytest.mark.parametrize("border", BORDERS)
@every_dtype
def test_windows(border, dtype, rng):
    options = {"size": (44, 60), "border": border, "fill": 1}
    crop = fa.RandomCrop((44, 60), pad_if_needed=True, fill=1, padding_mode=border)
    assert_equal_to(crop, call("crop", "top", "left", **options), dtype, "HWC", rng)


@every_dtype
@every_layout
def test_turns(dtype, layout, rng):
    def turned(images, batch):
        ks = batch.params[0]["quarter_turns"].astype(int)
        return [fa.rot90(image, int(k), layout=layout) for image, k in zip(images, ks, strict=True)]

    # An array has no place for turned images of another shape.
    augment = fa.Compose([fa.RandomRotate90(1)], seed=4, layout=layout)
    for shape in SHAPES:
        images = list(to_layout(noise(rng, (*shape, 3), dtype), layout))
        batch = augment(images, return_params=True)
        for result, wanted in zip(batch.images, turned(images, batch), strict=True):
            assert_same_bits(result, wanted)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("antialias", [True, False])
@every_dtype
@every_layout
def test_resized_crop(interpolation, antialias, dtype, layout, rng):
    def resized(images, batch):
        drawn = batch.params[0]
        left, top = drawn["left"].astype(int), drawn["top"].astype(int)
        right, bottom = left + drawn["width"].astype(int), top + drawn["height"].astype(int)
        boxes = np.stack([left, top, right, bottom], axis=1)
        options = {"interpolation": interpolation, "antialias": antialias}
        return fa.resized_crop(images, boxes, (21, 30), layout=layout, **options)

    transform = fa.RandomResizedCrop((21, 30), interpolation=interpolation, antialias=antialias)
    assert_equal_to(transform, resized, dtype, layout, rng)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@every_dtype
@every_layout
def test_maps(border, interpolation, dtype, layout, rng):
    fills = {"fill": 1, "border": border, "interpolation": interpolation}
    common = {**fills, "layout": layout}

    def warped(images, batch):
        return fa.affine(images, batch.matrix, **common)

    def expanded(images, batch):
        axis = 0 if layout == "HWC" else 1
        results = []
        for image, matrix, result in zip(images, batch.matrix, batch.images, strict=True):
            size = result.shape[axis : axis + 2]
            results.append(fa.affine(image, matrix, size=size, **common))
        return results

    affine = fa.RandomAffine(180, translate=(0.2, 0.1), scale=(0.5, 2), shear=20, **fills)
    assert_equal_to(affine, warped, dtype, layout, rng)
    assert_equal_to(fa.RandomRotation((33, 33), expand=True, **fills), expanded, dtype, layout, rng)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@every_dtype
@every_layout
def test_perspectives(border, interpolation, dtype, layout, rng):
    fills = {"fill": 1, "border": border, "interpolation": interpolation}

    def projected(images, batch):
        return fa.perspective(images, batch.matrix, layout=layout, **fills)

    assert_equal_to(fa.RandomPerspective(0.4, 1, **fills), projected, dtype, layout, rng)


@by_transform(
    (fa.ColorJitter(brightness=(1.3, 1.3)), call("adjust_brightness", "brightness")),
    (fa.ColorJitter(brightness=(0, 3)), call("adjust_brightness", "brightness")),
    (fa.ColorJitter(contrast=(0, 2)), call("adjust_contrast", "contrast")),
    (fa.ColorJitter(saturation=(0, 2)), call("adjust_saturation", "saturation")),
    (fa.ColorJitter(hue=0.5), call("adjust_hue", "hue")),
    (fa.RandomInvert(1), call("invert")),
    (fa.RandomSolarize(0.5, 1), call("solarize", threshold=0.5)),
    (fa.RandomSolarize(100, 1), call("solarize", threshold=100)),
    (fa.RandomPosterize(3, 1), call("posterize", bits=3)),
    (fa.RandomGamma((0.4, 3), 1.2, 1), call("adjust_gamma", "gamma", gain=1.2)),
    (fa.RandomAutocontrast(1), call("autocontrast")),
    (fa.RandomAdjustSharpness((0, 3), 1), call("sharpness", "factor")),
    (fa.GaussianBlur((5, 3), (0.3, 2)), call("gaussian_blur", kernel_size=(5, 3))),
)
@every_dtype
@every_layout
def test_values(transform, function, dtype, layout, rng):
    def run(images, batch):
        is_blur = isinstance(transform, fa.GaussianBlur)
        more = {"sigma": batch.params[0]["sigma"]} if is_blur else {}
        return function(images, batch, layout=layout, **more)

    assert_equal_to(transform, run, dtype, layout, rng, channels=(1, 3))


@every_dtype
@every_layout
def test_grayscale(dtype, layout, rng):
    for count in (1, 3):
        function = call("grayscale", channels=count, layout=layout)
        assert_equal_to(fa.RandomGrayscale(1), function, dtype, layout, rng, channels=(count,))


@every_layout
def test_equalize(layout, rng):
    function = call("equalize", layout=layout)
    assert_equal_to(fa.RandomEqualize(1), function, np.uint8, layout, rng)


@every_dtype
@every_layout
def test_erasing(dtype, layout, rng):
    def erased(images, batch):
        drawn, names = batch.params[0], ("top", "left", "height", "width")
        boxes = np.stack([drawn[name].astype(int) for name in names], axis=1)
        return [
            fa.erase(image, top, left, (height, width), fill=1, layout=layout)
            if height and width
            else image
            for image, (top, left, height, width) in zip(images, boxes.tolist(), strict=True)
        ]

    assert_equal_to(fa.RandomErasing(1, value=1), erased, dtype, layout, rng)


@pytest.mark.parametrize("result", ["float32", "float16"])
@every_dtype
@every_layout
def test_normalize(result, dtype, layout, rng):
    common = {"dtype": result, "layout": layout, "out_layout": layout}
    function = call("normalize", mean=0.4, std=0.3, **common)
    assert_equal_to(fa.Normalize(0.4, 0.3, result), function, dtype, layout, rng)
    function = call("normalize", mean=0, std=1, **common)
    assert_equal_to(fa.ToFloat(result), function, dtype, layout, rng)


def test_normalize_changes_the_layout(rng):
    images = noise(rng, (3, 23, 37, 3), np.uint8)
    mean, std = (0.4, 0.5, 0.6), (0.2, 0.3, 0.1)

    assert_same_bits(fa.Compose([fa.Normalize(mean, std)])(images), fa.normalize(images, mean, std))
