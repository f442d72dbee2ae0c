"""resize: what holds for every image, and the same results as Pillow and torch where installed."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import DTYPES, constant_image, dtype_name, largest, noise, photograph
from oracles import resample

every_isa = pytest.mark.usefixtures("isa")
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
FILTERS = (("bilinear", True), ("bilinear", False), ("bicubic", True), ("bicubic", False))
every_filter = pytest.mark.parametrize(("interpolation", "antialias"), FILTERS)
every_shrink = pytest.mark.parametrize("size", [(40, 53), (17, 20), (90, 75), (1, 1), (40, 6)])


@every_isa
@every_dtype
@every_filter
def test_the_same_size_is_a_copy(interpolation, antialias, dtype, rng):
    for channels in (1, 2, 3, 4, 5):
        batch = noise(rng, (2, 33, 47, channels), dtype)
        if dtype == np.float32:
            flat = batch.reshape(-1)
            flat[::7], flat[3::11], flat[5::13] = np.nan, np.inf, -0.0
        result = fa.resize(batch, (33, 47), interpolation=interpolation, antialias=antialias)
        assert_same_bits(result, batch, channels)
        assert not np.shares_memory(result, batch)


@every_isa
@every_dtype
@every_filter
@every_shrink
def test_a_constant_stays_constant(size, interpolation, antialias, dtype):
    image = constant_image((40, 53, 3), dtype)
    result = fa.resize(image, size, interpolation=interpolation, antialias=antialias)
    expected = constant_image((*size, 3), dtype)

    if dtype == np.float32:
        assert np.abs(result - expected).max() <= 1e-6
    else:
        assert_same_bits(result, expected)


@every_filter
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16], ids=dtype_name)
def test_black_and_white_stay_in_range(interpolation, antialias, dtype):
    board = (np.indices((31, 45)).sum(axis=0) // 6 % 2 * largest(dtype)).astype(dtype)[..., None]
    for size in ((90, 100), (12, 14)):
        result = fa.resize(board, size, interpolation=interpolation, antialias=antialias)
        exact = resample.resize(board, size, interpolation, antialias)
        # Bicubic overshoots at edges; a wrap around would be off by the whole range.
        distance = np.abs(result - np.clip(exact, 0, largest(dtype)))
        assert distance.max() <= 0.55


@every_dtype
@every_filter
@every_shrink
def test_flips_commute(size, interpolation, antialias, dtype, rng):
    image = noise(rng, (40, 53, 3), dtype)
    options = {"interpolation": interpolation, "antialias": antialias}
    expected = fa.resize(image, size, **options).astype(np.float64)
    # The sums run the other way round, so a tie may round to the other side.
    tolerance = 1 if dtype != np.float32 else 2e-6
    for flip in (fa.hflip, fa.vflip):
        result = flip(fa.resize(flip(image), size, **options))
        assert np.abs(result - expected).max() <= tolerance
        if dtype == np.uint8:
            assert np.mean(result != expected) < 0.01


@every_filter
def test_transpose_commutes(interpolation, antialias, rng):
    image = noise(rng, (40, 53, 3), np.float32)
    options = {"interpolation": interpolation, "antialias": antialias}
    result = fa.transpose(fa.resize(fa.transpose(image), (21, 70), **options))

    assert np.abs(result - fa.resize(image, (70, 21), **options)).max() <= 2e-6


@every_filter
def test_enlarging_keeps_a_ramp(interpolation, antialias):
    ramp = np.broadcast_to(np.arange(20, dtype=np.float32)[None, :, None], (4, 20, 3)).copy()
    result = fa.resize(ramp, (9, 70), interpolation=interpolation, antialias=antialias)
    position = (np.arange(70) + 0.5) * 20 / 70 - 0.5
    inside = (position >= 1) & (position <= 18)

    if interpolation == "bilinear" or antialias:
        difference = np.abs(result[:, inside] - position[inside, None])
        assert difference.max() <= 2e-5
    else:
        # With a = -0.75 Keys' cubic is no longer exact on lines.
        assert np.abs(result[:, inside] - position[inside, None]).max() <= 0.05


def test_halving_with_a_box_of_even_size_averages():
    image = np.arange(64, dtype=np.float32).reshape(8, 8, 1)
    result = fa.resize(image, 4, antialias=False)
    expected = image.reshape(4, 2, 4, 2, 1).mean(axis=(1, 3))

    assert np.abs(result - expected).max() <= 1e-5


@every_dtype
def test_antialias_does_nothing_when_bilinear_enlarges(dtype, rng):
    image = noise(rng, (11, 14, 3), dtype)
    for size in ((11, 15), (30, 14), (64, 65)):
        assert_same_bits(fa.resize(image, size), fa.resize(image, size, antialias=False), size)


def taps_of(weights):
    """Which inputs an output reads: from its first weight other than 0 to its last."""
    is_used = np.abs(weights) > 1e-9
    from_first = np.maximum.accumulate(is_used, axis=1)
    to_last = np.maximum.accumulate(is_used[:, ::-1], axis=1)[:, ::-1]
    return from_first & to_last


@every_isa
@every_filter
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_nan_shows_only_where_a_tap_reads_it(channels, interpolation, antialias, rng):
    image = noise(rng, (41, 37, channels), np.float32)
    image[5, 0], image[20, 36, 0], image[33, 17] = np.nan, np.inf, np.nan
    for size in ((17, 13), (60, 80), (41, 36)):
        rows, columns = (
            taps_of(resample.axis_weights(inputs, outputs, interpolation, antialias))
            for inputs, outputs in zip((41, 37), size, strict=True)
        )
        bad = ~np.isfinite(image)
        expected = np.einsum("yj,jic,xi->yxc", rows * 1.0, bad * 1.0, columns * 1.0) > 0
        result = fa.resize(image, size, interpolation=interpolation, antialias=antialias)
        assert np.array_equal(~np.isfinite(result), expected)


@pytest.mark.parametrize(
    ("shape", "size"), [((512, 384), (224, 224)), ((60, 80), (150, 200)), ((90, 50), (31, 70))]
)
def test_antialiased_uint8_is_that_of_pillow(shape, size, rng):
    image_module = pytest.importorskip("PIL.Image")
    # Pillow clamps between the two passes as well, so the cubic's overshoot is kept in range.
    calm = (64 + photograph(rng, (*shape, 3), np.uint8) / 2).astype(np.uint8)
    cases = (
        ("bilinear", image_module.Resampling.BILINEAR, noise(rng, (*shape, 3), np.uint8)),
        ("bicubic", image_module.Resampling.BICUBIC, calm),
    )
    for interpolation, resampling, image in cases:
        expected = np.asarray(image_module.fromarray(image).resize(size[::-1], resampling))
        result = fa.resize(image, size, interpolation=interpolation)
        assert np.abs(result.astype(int) - expected).max() <= 1

        box = (7, 3, 45, 51)
        cut = image_module.fromarray(image).crop(box).resize(size[::-1], resampling)
        result = fa.resized_crop(image, box, size, interpolation=interpolation)
        assert np.abs(result.astype(int) - np.asarray(cut)).max() <= 1


@every_filter
def test_float32_is_that_of_torch(interpolation, antialias, rng):
    torch = pytest.importorskip("torch")
    planes = noise(rng, (2, 3, 61, 83), np.float32)
    for size in ((28, 31), (100, 120), (20, 200), (61, 83)):
        expected = torch.nn.functional.interpolate(
            torch.from_numpy(planes), size, mode=interpolation, antialias=antialias
        )
        result = fa.resize(
            planes, size, interpolation=interpolation, antialias=antialias, layout="CHW"
        )
        # torch computes its coordinates in float32.
        assert np.abs(result - expected.numpy()).max() <= 1e-4


def test_nearest_is_nearest_exact_of_torch(rng):
    torch = pytest.importorskip("torch")
    planes = noise(rng, (2, 3, 61, 83), np.float32)
    for size in ((28, 31), (100, 120)):
        expected = torch.nn.functional.interpolate(
            torch.from_numpy(planes), size, mode="nearest-exact"
        )
        result = fa.resize(planes, size, interpolation="nearest", layout="CHW")
        assert np.array_equal(result, expected.numpy())
