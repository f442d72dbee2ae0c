"""fast_augment.keras on single images: against oracles, and the functions one by one."""

import math
import sys

import numpy as np
import pytest

from fast_augment import keras as fak
from oracles import keras_image as oracle

FILL_MODES = ("nearest", "constant", "reflect", "wrap")
DTYPES = ("uint8", "uint16", "float32", "float64", "int32", "float16")
# Of one level; floats are sampled at once. float16 has 11 bits.
TOLERANCE = {"float32": 1e-3, "float64": 1e-7, "float16": 0.13}


def random_image(rng, shape, dtype):
    return rng.integers(0, 256, shape).astype(dtype)


def random_parameters(rng):
    """As drawn, but some are left out, whole or so large that the source is far away."""
    parameters = {
        "theta": rng.uniform(-180, 180),
        "tx": rng.uniform(-9, 9),
        "ty": float(rng.integers(-9, 10)),
        "shear": rng.uniform(-40, 40),
        "zx": rng.uniform(0.3, 3),
        "zy": rng.uniform(0.3, 3),
        "flip_horizontal": bool(rng.integers(2)),
        "flip_vertical": bool(rng.integers(2)),
    }
    kept = {name: value for name, value in parameters.items() if rng.integers(4)}
    if not rng.integers(3):
        kept["channel_shift_intensity"] = rng.uniform(-40, 40)
    if not rng.integers(3):
        kept["brightness"] = rng.uniform(0.2, 2)
    return kept


def largest_difference(found, expected):
    return np.abs(np.asarray(found, np.float64) - np.asarray(expected, np.float64)).max()


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_apply_transform_is_that_of_the_oracle(fill_mode, dtype, order, rng):
    generator = fak.ImageDataGenerator(fill_mode=fill_mode, cval=9, interpolation_order=order)
    for _ in range(100):
        shape = (int(rng.integers(1, 9)), int(rng.integers(1, 9)), int(rng.choice([1, 3, 4])))
        image, parameters = random_image(rng, shape, dtype), random_parameters(rng)
        if fill_mode == "wrap" and "ty" in parameters:
            # At a joint of two copies rounding decides which of them is seen.
            parameters["ty"] += 0.37

        found = generator.apply_transform(image, parameters)
        expected = oracle.apply_transform(
            image, parameters, fill_mode=fill_mode, cval=9, order=order
        )

        assert found.shape == image.shape
        # A value at a whole number may be cut to either side before it is made brighter.
        factor = parameters.get("brightness")
        bound = TOLERANCE.get(dtype, 1.0) if factor is None else max(1, math.ceil(factor)) + 0.01
        assert largest_difference(found, expected) <= bound, parameters


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_channels_first_is_the_same_turned(fill_mode, rng):
    first = fak.ImageDataGenerator(fill_mode=fill_mode, data_format="channels_first")
    last = fak.ImageDataGenerator(fill_mode=fill_mode)
    for _ in range(30):
        image, parameters = random_image(rng, (7, 12, 4), "float32"), random_parameters(rng)

        found = first.apply_transform(np.ascontiguousarray(image.transpose(2, 0, 1)), parameters)

        expected = last.apply_transform(image, parameters).transpose(2, 0, 1)
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_whole_shifts_are_exact(fill_mode, dtype, rng):
    image = random_image(rng, (4, 5, 2), dtype)
    generator = fak.ImageDataGenerator(fill_mode=fill_mode)
    for tx in range(-11, 12):
        parameters = {"tx": tx, "ty": 2 * tx}

        found = generator.apply_transform(image, parameters)

        expected = oracle.apply_transform(image, parameters, fill_mode=fill_mode)
        assert np.array_equal(found, expected), tx


def test_as_shipped_turns_about_the_other_point(rng):
    image, parameters = random_image(rng, (5, 9, 1), "float32"), {"theta": 30.0, "zx": 1.5}
    generator = fak.ImageDataGenerator(as_shipped=True)

    found = generator.apply_transform(image, parameters)

    assert largest_difference(found, oracle.affine(image, parameters, as_shipped=True)) < 1e-3
    assert largest_difference(found, oracle.affine(image, parameters)) > 1


def test_directions():
    """What the documentation says of signs, on single bright pixels."""
    image = np.zeros((5, 5, 1), np.float32)
    image[1, 2] = 100

    def moved(**parameters):
        axes = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
        found = fak.apply_affine_transform(image, **axes, **parameters)
        return [tuple(map(int, where)) for where in np.argwhere(found[..., 0] > 50)]

    assert moved(tx=1) == [(1, 1)]  # to the left
    assert moved(ty=1) == [(0, 2)]  # up
    assert moved(theta=90) == [(2, 1)]  # counter-clockwise
    assert moved(zx=0.5, zy=0.5)[0] == (0, 2)  # magnified


def test_axes_of_affine_transform(rng):
    image = random_image(rng, (6, 8, 3), "float32")
    parameters = {"theta": 20.0, "tx": 1.5, "shear": 10.0, "zy": 1.2}
    last = fak.apply_affine_transform(image, **parameters, row_axis=0, col_axis=1, channel_axis=2)

    sideways = fak.apply_affine_transform(
        image.transpose(1, 0, 2), **parameters, row_axis=1, col_axis=0, channel_axis=2
    )
    first = fak.apply_affine_transform(image.transpose(2, 0, 1), **parameters)

    assert np.array_equal(sideways.transpose(1, 0, 2), last)
    assert np.array_equal(first.transpose(1, 2, 0), last)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "int64"])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_maps_without_an_inverse(fill_mode, dtype, rng):
    image, parameters = random_image(rng, (6, 5, 3), dtype), {"zx": 0.0, "zy": 1.5, "tx": 0.25}
    generator = fak.ImageDataGenerator(fill_mode=fill_mode)

    found = generator.apply_transform(image, parameters)

    expected = oracle.apply_transform(image, parameters, fill_mode=fill_mode)
    assert largest_difference(found, expected) <= 1


def test_splines_are_those_of_scipy(rng):
    ndimage = pytest.importorskip("scipy.ndimage")
    image = random_image(rng, (9, 11, 3), "float32")
    parameters = {"theta": 25.0, "tx": 1.5, "shear": 10.0, "flip_horizontal": True}
    matrix = oracle.product_matrix(parameters, 9, 11)
    swapped = matrix[:2, :2][::-1, ::-1], matrix[:2, 2][::-1]
    for order in (2, 3, 5):
        generator = fak.ImageDataGenerator(interpolation_order=order, fill_mode="reflect")
        planes = [
            ndimage.affine_transform(image[..., c], *swapped, order=order, mode="reflect")
            for c in range(3)
        ]
        expected = np.stack(planes, axis=-1)[:, ::-1]

        assert largest_difference(generator.apply_transform(image, parameters), expected) < 1e-3


def test_splines_without_scipy_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ImportError, match=r"interpolation_order 3 needs SciPy: pip install"):
        fak.apply_affine_transform(np.zeros((1, 4, 4)), theta=10, order=3)


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize(("low", "high"), [(0, 255), (-30, 200), (10, 400), (7, 7)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_brightness_is_that_of_the_oracle(channels, low, high, scale, rng):
    image = rng.integers(low, high + 1, (5, 6, channels)).astype(np.float32)
    for factor in (0.0, 0.3, 1.0, 1.7):
        found = fak.apply_brightness_shift(image, factor, scale)

        step = (high - low) / 255 if low < 0 or high > 255 else 1
        assert found.dtype == np.float32
        expected = oracle.brightness(image, factor, scale)
        assert largest_difference(found, expected) <= max(1.0, factor) * max(1, step) + 1e-3


def test_brightness_of_pillow(rng):
    enhance = pytest.importorskip("PIL.ImageEnhance")
    for channels in (1, 3, 4):
        image = random_image(rng, (6, 7, channels), "float32")
        for factor in rng.uniform(0, 3, 20):
            pillow = fak.array_to_img(image, scale=False)
            expected = fak.img_to_array(enhance.Brightness(pillow).enhance(factor))

            assert np.array_equal(fak.apply_brightness_shift(image, factor, False), expected)


def test_channel_shift_keeps_to_the_extremes():
    image = np.array([[[10.0, 200.0, 30.0]]])

    assert fak.apply_channel_shift(image, 100.0).tolist() == [[[110.0, 200.0, 130.0]]]
    assert fak.apply_channel_shift(image, -15.0, 2).tolist() == [[[10.0, 185.0, 15.0]]]
    assert fak.apply_channel_shift(image.astype(np.uint8), -15.0).dtype == np.float64


@pytest.mark.parametrize("call", [
    lambda x: fak.random_rotation(x, 40),
    lambda x: fak.random_shift(x, 0.2, 0.3),
    lambda x: fak.random_shear(x, 30),
    lambda x: fak.random_zoom(x, (0.5, 1.5)),
    lambda x: fak.random_channel_shift(x, 30.0),
    lambda x: fak.random_brightness(x, (0.3, 0.9)),
])  # fmt: skip
def test_random_functions_follow_numpys_global_generator(call, rng):
    image = random_image(rng, (3, 12, 12), "float32")
    np.random.seed(3)  # noqa: NPY002
    first, second = call(image), call(image)
    np.random.seed(3)  # noqa: NPY002

    assert np.array_equal(call(image), first)
    assert not np.array_equal(first, second)
    assert first.shape == image.shape


def test_random_shift_moves_along_the_axis_it_names():
    image = np.tile(np.arange(8, dtype=np.float32), (1, 8, 1))  # rows are alike

    assert np.array_equal(fak.random_shift(image, 0.0, 0.4), image)
    assert not np.array_equal(fak.random_shift(image, 0.4, 0.0), image)


def test_zoom_of_one_changes_nothing(rng):
    image = random_image(rng, (1, 5, 5), "float32")

    assert np.array_equal(fak.random_zoom(image, (1, 1)), image)


def test_inputs_stay_as_they_are(rng):
    image = random_image(rng, (9, 9, 3), "float32")
    before = image.copy()
    generator = fak.ImageDataGenerator()
    everything = {"theta": 9.0, "channel_shift_intensity": 9.0, "brightness": 0.5}

    generator.apply_transform(image, everything)
    generator.apply_transform(image, {"channel_shift_intensity": 9.0})
    fak.apply_brightness_shift(image, 0.5)
    result = fak.apply_affine_transform(image, row_axis=0, col_axis=1, channel_axis=2)

    assert np.array_equal(image, before)
    assert not np.shares_memory(result, image)


@pytest.mark.parametrize(("call", "text"), [
    (lambda x: fak.apply_affine_transform(x, row_axis=1, col_axis=1, channel_axis=0),
     "apply_affine_transform: (row_axis, col_axis, channel_axis) is (1, 1, 0), expected 0, 1 and "
     "2 in an order with channel_axis first or last"),
    (lambda x: fak.apply_affine_transform(x[0], theta=3),
     "apply_affine_transform: x has shape (4, 5), expected rank 3"),
    (lambda x: fak.apply_affine_transform(x, theta=3, fill_mode="mirror"),
     "apply_affine_transform: fill_mode is 'mirror', expected 'nearest', 'reflect', 'constant' or "
     "'wrap'"),
    (lambda x: fak.apply_affine_transform(x, theta=3, order=6),
     "apply_affine_transform: order is 6, expected a whole number from 0 to 5"),
    (lambda x: fak.apply_brightness_shift(x[0], 1.0),
     "apply_brightness_shift: x has shape (4, 5), expected rank 3"),
    (lambda x: fak.random_zoom(x, (1, 2, 3)),
     "random_zoom: zoom_range is (1, 2, 3), expected a pair of numbers"),
    (lambda x: fak.random_brightness(x, [1]),
     "random_brightness: brightness_range is [1], expected a pair of numbers"),
    (lambda x: fak.ImageDataGenerator().apply_transform(x[0], {}),
     "apply_transform: x has shape (4, 5), expected rank 3"),
])  # fmt: skip
def test_errors(call, text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call(np.zeros((3, 4, 5), np.float32))
    assert str(caught.value) == text
