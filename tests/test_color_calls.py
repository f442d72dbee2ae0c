"""Colour functions: same bits everywhere, arrays in and out, messages word by word, peers."""

import importlib

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import _core
from helpers.checks import assert_raises, assert_same_bits
from helpers.images import DTYPES, LAYOUTS, dtype_name, from_layout, noise, photograph, to_layout
from helpers.memory import VIEWS, Guarded, at_page_end, at_page_start, copy_to

every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)

CALLS = {
    "adjust_brightness": (1.37,),
    "adjust_contrast": (1.37,),
    "adjust_saturation": (1.37,),
    "adjust_hue": (0.137,),
    "adjust_gamma": (1.7, 1.1),
    "grayscale": (1,),
    "invert": (),
    "solarize": (0.3,),
    "posterize": (3,),
}
every_function = pytest.mark.parametrize("name", CALLS)


def call(name, images, **options):
    return getattr(fa, name)(images, *CALLS[name], **options)


@pytest.fixture(autouse=True)
def _restored_isa():
    before = _core.active_isa()
    yield
    _core.force_isa(before)


@every_function
@every_dtype
def test_the_same_bits_on_every_instruction_set(name, dtype, rng):
    for channels in (1, 3):
        for layout in LAYOUTS:
            batch = to_layout(noise(rng, (2, 19, 1031, channels), dtype), layout)
            results = []
            for isa in _core.supported_isas():
                _core.force_isa(isa)
                results.append(call(name, batch, layout=layout))
            for result in results[1:]:
                assert_same_bits(result, results[0], (channels, layout))


@every_function
@every_dtype
@pytest.mark.parametrize("shape", [(1, 300, 211, 3), (9, 64, 80, 3)], ids=("large", "batch"))
def test_the_same_bits_for_any_number_of_threads(name, dtype, shape, rng):
    batch = noise(rng, shape, dtype)
    expected = call(name, batch, threads=1)

    for count in (2, 7):
        assert_same_bits(call(name, batch, threads=count), expected, count)


@every_function
@every_dtype
def test_a_batch_is_its_samples_one_by_one(name, dtype, rng):
    batch = noise(rng, (4, 25, 31, 3), dtype)
    ragged = [noise(rng, (9 + i, 40 - 7 * i, 3), dtype) for i in range(4)]

    for images in (batch, ragged, list(batch)):
        results = call(name, images)
        assert isinstance(results, list) == isinstance(images, list)
        for result, image in zip(results, images, strict=True):
            assert_same_bits(result, call(name, image))


@every_function
@every_dtype
def test_views_are_read_where_they_are(name, dtype, rng):
    batch = noise(rng, (3, 21, 37, 3), dtype)
    expected = call(name, batch)

    for view in VIEWS:
        assert_same_bits(call(name, view(batch)), expected, view.__name__)
    planes = to_layout(batch, "CHW")[:, ::-1]
    turned = from_layout(call(name, planes, layout="CHW"), "CHW")
    assert_same_bits(turned, call(name, np.ascontiguousarray(batch[..., ::-1])))


@every_function
def test_a_plane_may_stand_for_every_channel(name, rng):
    plane = noise(rng, (1, 11, 530), np.uint8)
    planes = np.broadcast_to(plane, (3, 11, 530))

    assert_same_bits(call(name, planes, layout="CHW"), call(name, planes.copy(), layout="CHW"))


@every_function
@every_dtype
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_read_or_written_outside(name, dtype, layout, rng):
    for width in (1, 7, 33, 515):
        batch = to_layout(noise(rng, (2, 3, width, 3), dtype), layout)
        expected = call(name, batch, layout=layout)
        for place in (at_page_end, at_page_start):
            out = Guarded(expected.shape, expected.dtype)
            result = call(name, copy_to(place, batch), layout=layout, out=out.array)
            assert result is out.array
            out.check()
            assert_same_bits(result, expected, (place.__name__, width))


@every_function
def test_out_may_be_a_view_and_a_list(name, rng):
    batch = noise(rng, (3, 14, 22, 3), np.uint8)
    expected = call(name, batch)
    for view in VIEWS:
        out = view(np.zeros_like(expected))
        assert call(name, batch, out=out) is out
        assert_same_bits(np.ascontiguousarray(out), expected)
    outs = [np.zeros_like(image) for image in expected]
    assert call(name, batch, out=outs) is outs
    assert_same_bits(np.stack(outs), expected)


@every_function
@pytest.mark.parametrize("shape", [(0, 4, 5, 3), (2, 0, 5, 3), (2, 4, 0, 3)])
def test_empty_batches(name, shape):
    result = call(name, np.zeros(shape, np.float32))

    assert result.shape == (*shape[:3], 1 if name == "grayscale" else 3)


U8 = np.zeros((4, 6, 3), np.uint8)
F32 = U8.astype(np.float32)
RGBA = np.zeros((2, 4, 6, 4), np.uint8)
FACTOR = "expected finite numbers of at least 0"
NUMBERS = "expected a number or an array of them"
ERRORS = [
    (
        ValueError,
        f"adjust_brightness: factor is -0.5, {FACTOR}",
        lambda: fa.adjust_brightness(U8, -0.5),
    ),
    (
        ValueError,
        f"adjust_contrast: factor is nan, {FACTOR}",
        lambda: fa.adjust_contrast(U8, np.nan),
    ),
    (
        ValueError,
        f"adjust_saturation: factor is [1, inf], {FACTOR}",
        lambda: fa.adjust_saturation([U8, U8], [1, float("inf")]),
    ),
    (
        ValueError,
        "adjust_brightness: factor has shape (3,), expected one value or one per sample, (2,)",
        lambda: fa.adjust_brightness([U8, U8], [1, 1, 1]),
    ),
    (
        TypeError,
        f"adjust_brightness: factor is 'x', {NUMBERS}",
        lambda: fa.adjust_brightness(U8, "x"),
    ),
    (TypeError, f"adjust_hue: delta is None, {NUMBERS}", lambda: fa.adjust_hue(U8, None)),
    (
        ValueError,
        "adjust_hue: delta is 0.6, expected numbers from -0.5 to 0.5",
        lambda: fa.adjust_hue(U8, 0.6),
    ),
    (ValueError, f"adjust_gamma: gamma is -1, {FACTOR}", lambda: fa.adjust_gamma(U8, -1)),
    (ValueError, f"adjust_gamma: gain is -2.0, {FACTOR}", lambda: fa.adjust_gamma(U8, 1, -2.0)),
    (
        ValueError,
        "solarize: threshold is inf, expected finite numbers",
        lambda: fa.solarize(U8, float("inf")),
    ),
    (
        ValueError,
        "posterize: bits is 9, expected whole numbers from 0 to 8 for images of dtype uint8",
        lambda: fa.posterize(U8, 9),
    ),
    (
        ValueError,
        "posterize: bits is [4, -1], expected whole numbers from 0 to 24 for images of dtype"
        " float32",
        lambda: fa.posterize([F32, F32], [4, -1]),
    ),
    (
        TypeError,
        "posterize: bits is 4.0, expected a whole number or an array of them",
        lambda: fa.posterize(U8, 4.0),
    ),
    (ValueError, "grayscale: channels is 2, expected 1 or 3", lambda: fa.grayscale(U8, 2)),
    (TypeError, "grayscale: channels is 1.0, expected 1 or 3", lambda: fa.grayscale(U8, 1.0)),
    (TypeError, "grayscale: channels is True, expected 1 or 3", lambda: fa.grayscale(U8, True)),
    (
        ValueError,
        "grayscale: out has shape (4, 6, 3), expected (4, 6, 1)",
        lambda: fa.grayscale(U8, out=U8.copy()),
    ),
    (
        ValueError,
        "invert: value_range is (1, 0), expected finite numbers, the lower first",
        lambda: fa.invert(F32, value_range=(1, 0)),
    ),
    (
        ValueError,
        "invert: value_range is (0.0, nan), expected finite numbers, the lower first",
        lambda: fa.invert(F32, value_range=(0.0, float("nan"))),
    ),
    (
        TypeError,
        "solarize: value_range is 1.0, expected a pair of numbers",
        lambda: fa.solarize(F32, 0.5, value_range=1.0),
    ),
    (
        ValueError,
        "posterize: out shares memory with images, expected separate arrays",
        lambda: fa.posterize(RGBA, 4, out=RGBA),
    ),
    (
        TypeError,
        "invert: images has dtype float64, expected uint8, uint16 or float32",
        lambda: fa.invert(U8.astype(np.float64)),
    ),
    (
        ValueError,
        "adjust_gamma: layout is 'NHWC', expected 'HWC' or 'CHW'",
        lambda: fa.adjust_gamma(U8, 1, layout="NHWC"),
    ),
]


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_messages(number):
    assert_raises(*ERRORS[number])


@pytest.mark.parametrize(
    "name", ["adjust_contrast", "adjust_saturation", "adjust_hue", "grayscale"]
)
def test_gray_needs_one_or_three_channels(name):
    message = f"{name}: images has 4 channels, expected 1 or 3"
    assert_raises(ValueError, message, lambda: call(name, RGBA))


def test_an_error_leaves_out_untouched():
    out = np.full_like(U8, 77)
    with pytest.raises(ValueError, match="factor"):
        fa.adjust_brightness(U8, -1, out=out)
    with pytest.raises(ValueError, match="bits"):
        fa.posterize(U8, 9, out=out)
    assert np.all(out == 77)


def torchvision_functional():
    """torchvision, also beside a torch of another build, whose operators are then declared here."""
    torch = pytest.importorskip("torch")
    try:
        return torch, importlib.import_module("torchvision.transforms.v2.functional")
    except ImportError as error:
        pytest.skip(f"torchvision cannot be imported: {error}")
    except RuntimeError:
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        torchvision_functional.declared = library  # lives as long as its operators
    try:
        return torch, importlib.import_module("torchvision.transforms.v2.functional")
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"torchvision cannot be imported: {error}")


TORCHVISION = {
    "adjust_brightness": [(0.0,), (0.4,), (1.9,)],
    "adjust_contrast": [(0.0,), (0.4,), (1.9,)],
    "adjust_saturation": [(0.0,), (0.4,), (1.9,)],
    "adjust_hue": [(-0.5,), (-0.2,), (0.31,)],
    "adjust_gamma": [(0.5,), (2.2, 0.8)],
    "invert": [()],
    "solarize": [(0.25,)],
    "posterize": [(2,), (7,)],
}


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvision(name, rng):
    torch, functional = torchvision_functional()
    images = np.stack([photograph(rng, (41, 53, 3), np.float32), rng.random((41, 53, 3))])
    floats = to_layout(images.astype(np.float32), "CHW")
    integers = np.round(floats * 255).astype(np.uint8)
    for arguments in TORCHVISION[name]:
        options = {"layout": "CHW"}
        wanted = getattr(functional, name)(torch.from_numpy(floats), *arguments).numpy()
        difference = np.abs(getattr(fa, name)(floats, *arguments, **options) - wanted)
        assert difference.max() <= 1e-5, arguments
        if name == "solarize":
            arguments = (64,)
        wanted = getattr(functional, name)(torch.from_numpy(integers), *arguments).numpy()
        result = getattr(fa, name)(integers, *arguments, **options)
        # torchvision truncates.
        assert np.abs(result.astype(int) - wanted).max() <= 1, arguments


def test_torchvision_grayscale(rng):
    torch, functional = torchvision_functional()
    images = noise(rng, (2, 3, 20, 30), np.uint8)
    for channels in (1, 3):
        wanted = functional.rgb_to_grayscale(torch.from_numpy(images), channels).numpy()
        result = fa.grayscale(images, channels, layout="CHW")
        assert np.abs(result.astype(int) - wanted).max() <= 1


def test_pillow(rng):
    enhance = pytest.importorskip("PIL.ImageEnhance")
    operations = pytest.importorskip("PIL.ImageOps")
    image = photograph(rng, (60, 80, 3), np.uint8)
    picture = pytest.importorskip("PIL.Image").fromarray(image)

    def distance(result, wanted):
        return np.abs(result.astype(int) - np.asarray(wanted)).max()

    assert distance(fa.invert(image), operations.invert(picture)) == 0
    assert distance(fa.solarize(image, 128), operations.solarize(picture, 128)) == 0
    assert distance(fa.posterize(image, 3), operations.posterize(picture, 3)) == 0
    for factor in (0.3, 0.8, 1.6):
        # Pillow truncates; its gray has other weights (0.299) and its mean is a whole number.
        brightness = enhance.Brightness(picture).enhance(factor)
        assert distance(fa.adjust_brightness(image, factor), brightness) <= 1
        contrast = enhance.Contrast(picture).enhance(factor)
        assert distance(fa.adjust_contrast(image, factor), contrast) <= 2
        color = enhance.Color(picture).enhance(factor)
        assert distance(fa.adjust_saturation(image, factor), color) <= 2
