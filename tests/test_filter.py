"""gaussian_blur and sharpness: the oracles, their laws, and the same bits everywhere."""

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import _core
from helpers.checks import assert_same_bits, check_message, each_case
from helpers.images import (
    CHANNELS,
    DTYPES,
    LAYOUTS,
    SIZES,
    constant_image,
    dtype_name,
    from_layout,
    noise,
    photograph,
    to_layout,
)
from helpers.memory import VIEWS, Guarded, at_page_end, at_page_start, copy_to
from oracles import filter as oracle

every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
every_isa = pytest.mark.usefixtures("isa")
every_function = pytest.mark.parametrize("name", ["gaussian_blur", "sharpness"])
CALLS = {"gaussian_blur": ((5, 7), 1.3), "sharpness": (1.7,)}


@pytest.fixture(autouse=True)
def _restored_isa():
    before = _core.active_isa()
    yield
    _core.force_isa(before)


def call(name, images, **options):
    return getattr(fa, name)(images, *CALLS[name], **options)


def assert_close(result, exact, dtype, where=""):
    """Integers: within 0.55 level, rounding included; floats: within 1e-5 of the range."""
    assert result.dtype == dtype, where
    assert result.shape == exact.shape, f"{where}: {result.shape} {exact.shape}"
    limit = 1e-5 if dtype == np.float32 else 0.55
    worst = np.abs(result.astype(np.float64) - exact).max(initial=0.0)
    assert worst <= limit, f"{where}: {worst} from the exact value"


@every_isa
@every_function
@every_dtype
def test_every_width_and_channel_count(name, dtype, rng):
    for channels in CHANNELS:
        for number, width in enumerate(SIZES):
            layout = LAYOUTS[number % 2]
            image = noise(rng, (7, width, channels), dtype)
            result = call(name, to_layout(image, layout), layout=layout)
            exact = getattr(oracle, name)(image, *CALLS[name])
            assert_close(from_layout(result, layout), exact, dtype, (channels, width, layout))


@every_isa
@every_dtype
def test_every_kernel_size(dtype, rng):
    for number, size in enumerate([1, 3, 5, 7, 9, 11, 15, 17, 19, 23, (1, 9), (9, 1), (3, 21)]):
        image = noise(rng, (25, 30, 1 + number % 3), dtype)
        for sigma in (None, 0.4, 3.0):
            exact = oracle.gaussian_blur(image, size, sigma)
            assert_close(fa.gaussian_blur(image, size, sigma), exact, dtype, (size, sigma))


@every_dtype
def test_kernels_larger_than_the_image(dtype, rng):
    for shape in ((1, 1, 3), (1, 9, 3), (9, 1, 2), (2, 3, 1), (4, 2, 3)):
        image = noise(rng, shape, dtype)
        for size in (3, 9, (13, 5)):
            exact = oracle.gaussian_blur(image, size, 4.0)
            assert_close(fa.gaussian_blur(image, size, 4.0), exact, dtype, (shape, size))


@every_isa
def test_long_rows_and_many_channels(rng):
    for shape in ((3, 700, 3), (3, 5, 700)):
        for dtype in DTYPES:
            image = noise(rng, shape, dtype)
            for name, arguments in CALLS.items():
                exact = getattr(oracle, name)(image, *arguments)
                assert_close(call(name, image), exact, dtype, (name, shape))


@every_dtype
def test_a_blurred_constant_is_constant(dtype):
    image = constant_image((12, 15, 3), dtype)
    for size in (1, 3, 9, 23):
        result = fa.gaussian_blur(image, size)
        if dtype == np.float32:
            assert np.abs(result - image).max() <= 1e-6
        else:
            assert_same_bits(result, image, size)
    white = np.full((9, 9, 3), np.iinfo(dtype).max if dtype != np.float32 else 1, dtype)
    assert np.abs(fa.gaussian_blur(white, 9).astype(np.float64) - white).max() <= 1e-6


@every_function
@every_dtype
def test_filters_commute_with_flips(name, dtype, rng):
    image = noise(rng, (21, 34, 3), dtype)
    result = call(name, image)

    if dtype != np.float32 or name == "gaussian_blur":
        assert_same_bits(call(name, fa.hflip(image)), fa.hflip(result))
        assert_same_bits(call(name, fa.vflip(image)), fa.vflip(result))
    assert np.abs(call(name, fa.hflip(image)) - fa.hflip(result).astype(float)).max() <= 1e-5


@every_dtype
def test_blur_of_size_1_and_of_a_tiny_sigma_is_a_copy(dtype, rng):
    image = noise(rng, (11, 13, 3), dtype)
    if dtype == np.float32:
        image = image * 9 - 4
    result = fa.gaussian_blur(image, 1)

    assert_same_bits(result, image)
    assert not np.shares_memory(result, image)
    assert_same_bits(fa.gaussian_blur(image, 5, 1e-3), image)
    assert_same_bits(fa.gaussian_blur(image, 5, 5e-324), image)


def test_a_huge_sigma_is_the_mean(rng):
    image = noise(rng, (9, 9, 2), np.float32)

    mean = image[3:6, 3:6].mean((0, 1), dtype=np.float64)
    assert np.abs(fa.gaussian_blur(image, 3, 1e300)[4, 4] - mean).max() <= 1e-6


def test_blur_along_one_axis_after_the_other_is_blur_along_both(rng):
    image = noise(rng, (20, 21, 3), np.float32)
    both = fa.gaussian_blur(image, (5, 9), 1.2)

    assert_same_bits(fa.gaussian_blur(fa.gaussian_blur(image, (1, 9), 1.2), (5, 1), 1.2), both)


@every_dtype
def test_sharpness_of_1_is_a_copy(dtype, rng):
    image = noise(rng, (11, 13, 3), dtype)
    if dtype == np.float32:
        image = image * 9 - 4
    result = fa.sharpness(image, 1.0)

    assert_same_bits(result, image)
    assert not np.shares_memory(result, image)


@every_isa
@every_dtype
def test_every_factor(dtype, rng):
    image = noise(rng, (9, 70, 3), dtype)
    for factor in (0.0, 0.3, 0.999, 1.001, 2.0, 7.5):
        assert_close(fa.sharpness(image, factor), oracle.sharpness(image, factor), dtype, factor)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16], ids=dtype_name)
def test_large_factors_stay_exact_for_integers(dtype, rng):
    image = photograph(rng, (40, 70, 3), dtype)
    image[10:20, 10:20] = 30  # where the surroundings are equal, nothing is amplified
    for factor in (1e3, 1e6):
        exact = oracle.sharpness(image, factor)
        assert_close(fa.sharpness(image, factor), exact, dtype, factor)
    assert np.all(np.isin(fa.sharpness(image, 1e300)[11:19, 11:19], 30))


@every_dtype
def test_sharpness_leaves_constant_images_borders_and_small_images_alone(dtype, rng):
    constant = constant_image((12, 15, 3), dtype)
    for factor in (0.0, 0.5, 3.0):
        difference = fa.sharpness(constant, factor) - constant.astype(np.float64)
        assert np.abs(difference).max() <= (1e-6 if dtype == np.float32 else 0)
    image = noise(rng, (8, 9, 3), dtype)
    result = fa.sharpness(image, 0.0)
    for border in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert_same_bits(result[border].copy(), image[border].copy())
    for shape in ((1, 9, 3), (2, 9, 3), (9, 1, 3), (9, 2, 1), (2, 2, 2)):
        small = noise(rng, shape, dtype)
        assert_same_bits(fa.sharpness(small, 0.0), small, shape)


def test_value_ranges_of_floats(rng):
    image = noise(rng, (9, 31, 3), np.float32) * 8 - 3
    result = fa.sharpness(image, 2.5, value_range=(-3.0, 5.0))

    assert np.abs(result - oracle.sharpness(image, 2.5, (-3.0, 5.0))).max() <= 8e-5
    assert result.min() == -3.0
    levels = noise(rng, (9, 31, 3), np.uint8)
    assert_same_bits(fa.sharpness(levels, 2.5, value_range=(3, 4)), fa.sharpness(levels, 2.5))


def test_nan_spreads_no_further_than_the_kernel():
    image = np.zeros((15, 15, 1), np.float32)
    image[7, 7] = np.nan
    blurred, sharpened = fa.gaussian_blur(image, (3, 5)), fa.sharpness(image, 2.0)

    assert np.isnan(blurred[6:9, 5:10]).all()
    assert np.isnan(sharpened[6:9, 6:9]).all()
    assert np.isnan(blurred).sum() == 15
    assert np.isnan(sharpened).sum() == 9


@every_dtype
def test_one_sigma_or_factor_per_sample(dtype, rng, threads):
    batch = noise(rng, (4, 50, 60, 3), dtype)
    ragged = [noise(rng, (9 + 20 * i, 90 - 17 * i, 3), dtype) for i in range(4)]
    values = np.array([0.3, 1.0, 1.7, 4.0])

    for images in (batch, ragged):
        blurred = fa.gaussian_blur(images, 7, values, threads=threads)
        sharpened = fa.sharpness(images, values, threads=threads)
        assert isinstance(blurred, list) == isinstance(sharpened, list) == isinstance(images, list)
        for i, value in enumerate(values):
            assert_same_bits(blurred[i], fa.gaussian_blur(images[i], 7, value), i)
            assert_same_bits(sharpened[i], fa.sharpness(images[i], value), i)


@every_function
@every_dtype
def test_the_same_bits_on_every_instruction_set(name, dtype, rng):
    for channels in CHANNELS:
        for layout in LAYOUTS:
            batch = to_layout(noise(rng, (2, 19, 531, channels), dtype), layout)
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
    ragged = [image[: 64 - i] for i, image in enumerate(batch)]
    for layout in LAYOUTS:
        images = to_layout(batch, layout)
        expected = call(name, images, layout=layout, threads=1)
        for count in (2, 7):
            assert_same_bits(call(name, images, layout=layout, threads=count), expected, count)
    for one, seven in zip(
        call(name, ragged, threads=1), call(name, ragged, threads=7), strict=True
    ):
        assert_same_bits(one, seven)


@every_function
@every_dtype
def test_views_out_and_memory_around(name, dtype, rng):
    batch = noise(rng, (3, 14, 22, 3), dtype)
    expected = call(name, batch)
    for view in VIEWS:
        out = view(np.zeros_like(batch))
        assert call(name, view(batch), out=out) is out
        assert_same_bits(np.ascontiguousarray(out), expected, view.__name__)
    for layout in LAYOUTS:
        images, wanted = to_layout(batch, layout), to_layout(expected, layout)
        for place in (at_page_end, at_page_start):
            guarded = Guarded(images.shape, dtype)
            call(name, copy_to(place, images), layout=layout, out=guarded.array)
            guarded.check()
            assert_same_bits(guarded.array, wanted, (layout, place.__name__))


@every_function
@pytest.mark.parametrize("shape", [(0, 4, 5, 3), (2, 0, 5, 3), (2, 4, 0, 3)])
def test_empty_batches(name, shape):
    assert call(name, np.zeros(shape, np.uint8)).shape == shape


U8 = np.zeros((4, 6, 3), np.uint8)
BATCH = np.zeros((2, 4, 6, 3), np.uint8)
ODD = "expected odd numbers of at most 65535"
ABOVE = "expected finite numbers above 0"
FACTOR = "expected finite numbers of at least 0"
NUMBERS = "expected a number or an array of them"
ERRORS = [
    (ValueError, f"gaussian_blur: kernel_size is 4, {ODD}", lambda: fa.gaussian_blur(U8, 4)),
    (
        ValueError,
        f"gaussian_blur: kernel_size is (3, 2), {ODD}",
        lambda: fa.gaussian_blur(U8, (3, 2)),
    ),
    (
        ValueError,
        f"gaussian_blur: kernel_size is 65537, {ODD}",
        lambda: fa.gaussian_blur(U8, 65537),
    ),
    (
        ValueError,
        "gaussian_blur: kernel_size is -1, expected at least 1",
        lambda: fa.gaussian_blur(U8, -1),
    ),
    (
        TypeError,
        "gaussian_blur: kernel_size is 3.0, expected a whole number or a pair (height, width)",
        lambda: fa.gaussian_blur(U8, 3.0),
    ),
    (ValueError, f"gaussian_blur: sigma is 0, {ABOVE}", lambda: fa.gaussian_blur(U8, 3, 0)),
    (
        ValueError,
        f"gaussian_blur: sigma is [1.0, nan], {ABOVE}",
        lambda: fa.gaussian_blur(BATCH, 3, [1.0, float("nan")]),
    ),
    (
        ValueError,
        "gaussian_blur: sigma has shape (3,), expected one value or one per sample, (2,)",
        lambda: fa.gaussian_blur(BATCH, 3, [1, 1, 1]),
    ),
    (TypeError, f"gaussian_blur: sigma is 'x', {NUMBERS}", lambda: fa.gaussian_blur(U8, 3, "x")),
    (
        ValueError,
        "gaussian_blur: out shares memory with images, expected separate arrays",
        lambda: fa.gaussian_blur(U8, 3, out=U8),
    ),
    (ValueError, f"sharpness: factor is -0.5, {FACTOR}", lambda: fa.sharpness(U8, -0.5)),
    (ValueError, f"sharpness: factor is inf, {FACTOR}", lambda: fa.sharpness(U8, float("inf"))),
    (TypeError, f"sharpness: factor is None, {NUMBERS}", lambda: fa.sharpness(U8, None)),
    (
        ValueError,
        "sharpness: value_range is (0, inf), expected finite numbers, the lower first",
        lambda: fa.sharpness(U8, 1, value_range=(0, float("inf"))),
    ),
    (
        TypeError,
        "sharpness: images has dtype int64, expected uint8, uint16 or float32",
        lambda: fa.sharpness(U8.astype(np.int64), 1),
    ),
]


@each_case(ERRORS)
def test_messages(number):
    check_message(ERRORS, number)


def test_an_error_leaves_out_untouched():
    out = np.full_like(U8, 77)
    with pytest.raises(ValueError, match="sigma"):
        fa.gaussian_blur(U8, 3, -1, out=out)
    with pytest.raises(ValueError, match="factor"):
        fa.sharpness(U8, -1, out=out)
    assert np.all(out == 77)


@every_dtype
def test_scipy(dtype, rng):
    ndimage = pytest.importorskip("scipy.ndimage")
    image = noise(rng, (40, 50, 3), dtype)
    for radius, sigma in ((1, 0.8), (4, 1.5)):
        wanted = ndimage.gaussian_filter(
            image.astype(np.float64), sigma, mode="mirror", radius=radius, axes=(0, 1)
        )
        assert_close(fa.gaussian_blur(image, 2 * radius + 1, sigma), wanted, dtype)


def test_pillow(rng):
    image_module = pytest.importorskip("PIL.Image")
    enhance = pytest.importorskip("PIL.ImageEnhance")
    for make in (photograph, noise):
        image = make(rng, (60, 80, 3), np.uint8)
        picture = image_module.fromarray(image)
        for factor in (0.0, 0.3, 1.0, 1.6, 2.0):
            wanted = np.asarray(enhance.Sharpness(picture).enhance(factor)).astype(int)
            assert np.abs(fa.sharpness(image, factor) - wanted).max() <= 1, factor
