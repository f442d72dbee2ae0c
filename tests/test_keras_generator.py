"""ImageDataGenerator: arguments, draws, standardization, statistics."""

import inspect
import warnings

import numpy as np
import pytest

from fast_augment import keras as fak
from oracles import keras_image as oracle

ARGUMENTS = (
    "(featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False,"
    " samplewise_std_normalization=False, zca_whitening=False, zca_epsilon=1e-06,"
    " rotation_range=0, width_shift_range=0.0, height_shift_range=0.0, brightness_range=None,"
    " shear_range=0.0, zoom_range=0.0, channel_shift_range=0.0, fill_mode='nearest', cval=0.0,"
    " horizontal_flip=False, vertical_flip=False, rescale=None, preprocessing_function=None,"
    " data_format=None, validation_split=0.0, interpolation_order=1, dtype=None, *,"
    " as_shipped=False, threads=None)"
)
EVERYTHING = {
    "rotation_range": 30,
    "width_shift_range": 0.2,
    "height_shift_range": 0.1,
    "brightness_range": (0.5, 1.5),
    "shear_range": 10,
    "zoom_range": 0.3,
    "channel_shift_range": 20.0,
    "horizontal_flip": True,
    "vertical_flip": True,
}


def one_by_one(seed, count, shape, as_shipped):
    """What as many calls of NumPy's uniform draw, in the order of Keras."""
    random = np.random.RandomState(seed)
    found = []
    for _ in range(count):
        theta = random.uniform(-30, 30)
        down = random.uniform(-0.1, 0.1) * shape[0]
        right = random.uniform(-0.2, 0.2) * shape[1]
        shear = random.uniform(-10, 10)
        zx, zy = random.uniform(0.7, 1.3, 2)
        horizontal, vertical = random.random_sample() < 0.5, random.random_sample() < 0.5
        tx, ty = (down, right) if as_shipped else (right, down)
        found.append({
            "theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy,
            "flip_horizontal": horizontal, "flip_vertical": vertical,
            "channel_shift_intensity": random.uniform(-20, 20),
            "brightness": random.uniform(0.5, 1.5),
        })  # fmt: skip
    return found


def test_signature():
    bare = [
        p.replace(annotation=p.empty)
        for p in inspect.signature(fak.ImageDataGenerator).parameters.values()
    ]
    assert str(inspect.Signature(bare)) == ARGUMENTS


@pytest.mark.parametrize("as_shipped", [False, True])
def test_draws_are_numpys_in_the_order_of_keras(as_shipped):
    generator = fak.ImageDataGenerator(**EVERYTHING, as_shipped=as_shipped)
    for seed in range(5):
        found = generator.get_random_transform((20, 30, 3), seed)

        expected = one_by_one(seed, 1, (20, 30), as_shipped)[0]
        assert list(found) == list(expected)
        assert found == pytest.approx(expected)


def test_draws_without_a_seed_come_from_numpys_global_generator():
    generator = fak.ImageDataGenerator(**EVERYTHING)
    np.random.seed(11)  # noqa: NPY002

    found = [generator.get_random_transform((20, 30, 3)) for _ in range(3)]

    for one, expected in zip(found, one_by_one(11, 3, (20, 30), False), strict=True):
        assert one == pytest.approx(expected)


def test_nothing_is_drawn_that_is_off():
    found = fak.ImageDataGenerator().get_random_transform((4, 4, 1), 0)

    assert found == {
        "theta": 0, "tx": 0, "ty": 0, "shear": 0, "zx": 1, "zy": 1, "flip_horizontal": False,
        "flip_vertical": False, "channel_shift_intensity": None, "brightness": None,
    }  # fmt: skip


def drawn_shifts(**arguments):
    generator = fak.ImageDataGenerator(**arguments)
    return [generator.get_random_transform((10, 20, 1), seed) for seed in range(300)]


@pytest.mark.parametrize(("shift", "allowed"), [
    (3, {-2, -1, 0, 1, 2}),
    (1, {0}),
    ([1, 5], {-5, -1, 1, 5}),
    (np.array([2.5]), {-2.5, 2.5}),
    ((-0.5, 0.25), {-10, -5, 5, 10}),  # fractions of the side, as all are below 1
])  # fmt: skip
def test_shifts_of_whole_numbers_and_lists(shift, allowed):
    draws = drawn_shifts(width_shift_range=shift)

    assert {draw["tx"] for draw in draws} == allowed
    assert {draw["ty"] for draw in draws} == {0}


@pytest.mark.parametrize(("shift", "limit"), [(0.2, 4), (1.0, 1), (3.5, 3.5)])
def test_shifts_of_floats(shift, limit):
    found = np.array([draw["tx"] for draw in drawn_shifts(width_shift_range=shift)])

    assert np.abs(found).max() <= limit
    assert np.abs(found).max() > 0.9 * limit
    assert found.min() < 0 < found.max()


def test_height_shift_moves_along_y_unless_as_shipped():
    assert {draw["tx"] for draw in drawn_shifts(height_shift_range=0.5)} == {0}
    shipped = drawn_shifts(height_shift_range=0.5, as_shipped=True)
    assert {draw["ty"] for draw in shipped} == {0}
    assert max(draw["tx"] for draw in shipped) > 4


def test_random_transform_applies_what_is_drawn(rng):
    generator = fak.ImageDataGenerator(**EVERYTHING)
    image = rng.integers(0, 256, (9, 7, 3)).astype(np.float32)

    found = generator.random_transform(image, seed=5)

    parameters = generator.get_random_transform(image.shape, 5)
    assert np.array_equal(found, generator.apply_transform(image, parameters))


def test_standardize_in_the_documented_order(rng):
    images = rng.uniform(0, 255, (6, 5, 4, 3))
    generator = fak.ImageDataGenerator(
        rescale=0.5,
        samplewise_center=True,
        samplewise_std_normalization=True,
        preprocessing_function=lambda image: image + 7,
    )

    found = generator.standardize(images.copy())

    for image, result in zip(images, found, strict=True):
        expected = (image + 7) * 0.5
        expected -= expected.mean()
        expected /= expected.std() + 1e-6
        assert np.allclose(result, expected)
        assert np.allclose(generator.standardize(image.copy()), expected)


def test_standardize_as_shipped_takes_all_images_for_one(rng):
    images = rng.uniform(0, 255, (6, 5, 4, 3))
    generator = fak.ImageDataGenerator(samplewise_center=True, as_shipped=True)

    assert np.allclose(generator.standardize(images.copy()), images - images.mean())


def test_standardize_works_in_place():
    images = np.ones((2, 3, 3, 1), np.float32)

    assert fak.ImageDataGenerator(rescale=3).standardize(images) is images
    assert images[0, 0, 0, 0] == 3


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_fit_finds_mean_and_deviation_of_channels(data_format, rng):
    images = rng.uniform(0, 255, (50, 6, 5, 3)).astype(np.float32) * (1, 2, 3)
    axes = (0, 1, 2)
    mean, std = images.mean(axis=axes) / 10, images.std(axis=axes) / 10
    given = images if data_format == "channels_last" else images.transpose(0, 3, 1, 2)
    before = given.copy()
    generator = fak.ImageDataGenerator(
        featurewise_center=True,
        featurewise_std_normalization=True,
        rescale=0.1,
        data_format=data_format,
    )

    generator.fit(given)

    shape = (1, 1, 3) if data_format == "channels_last" else (3, 1, 1)
    assert generator.mean.shape == generator.std.shape == shape
    assert generator.mean.ravel() == pytest.approx(mean, rel=1e-5)
    assert generator.std.ravel() == pytest.approx(std, rel=1e-5)
    assert np.array_equal(given, before)
    standardized = generator.standardize(given.astype(np.float64))
    assert standardized.mean() == pytest.approx(0, abs=1e-5)
    assert standardized.std() == pytest.approx(1, rel=1e-4)


def test_fit_whitens(rng):
    mixed = rng.normal(size=(400, 12)) @ rng.normal(size=(12, 12))
    images = mixed.reshape(400, 2, 2, 3)
    generator = fak.ImageDataGenerator(featurewise_center=True, zca_whitening=True, dtype="float64")

    generator.fit(images)
    white = generator.standardize(images.copy()).reshape(400, 12)

    assert np.allclose(white.T @ white / 400, np.eye(12), atol=1e-2)
    centred = images - images.mean(axis=(0, 1, 2))
    assert np.allclose(generator.zca_whitening_matrix, oracle.whitening(centred), rtol=1e-4)
    assert generator.principal_components is generator.zca_whitening_matrix


def test_fit_on_transformed_images(rng):
    images = rng.uniform(0, 255, (10, 6, 5, 1)).astype(np.float32)
    generator = fak.ImageDataGenerator(featurewise_center=True, rotation_range=90, rescale=0.5)

    generator.fit(images, augment=True, rounds=3, seed=4)

    random = np.random.RandomState(4)
    angles = [(random.uniform(-90, 90), random.random_sample(2))[0] for _ in range(30)]
    turned = [
        oracle.affine(images[i % 10] * np.float32(0.5), {"theta": angle})
        for i, angle in enumerate(angles)
    ]
    assert generator.mean.item() == pytest.approx(np.mean(turned), rel=1e-5)


def test_fit_leaves_the_statistics_of_what_is_off(rng):
    generator = fak.ImageDataGenerator()
    generator.fit(rng.uniform(size=(3, 4, 4, 1)))

    assert generator.mean is generator.std is generator.zca_whitening_matrix is None


@pytest.mark.parametrize(("arguments", "texts", "changed"), [
    ({"zca_whitening": True, "featurewise_std_normalization": True},
     ["zca_whitening sets featurewise_center to True",
      "zca_whitening sets featurewise_std_normalization to False"],
     {"featurewise_center": True, "featurewise_std_normalization": False}),
    ({"featurewise_std_normalization": True},
     ["featurewise_std_normalization sets featurewise_center to True"],
     {"featurewise_center": True}),
    ({"samplewise_std_normalization": True},
     ["samplewise_std_normalization sets samplewise_center to True"],
     {"samplewise_center": True}),
    ({"samplewise_std_normalization": True, "samplewise_center": True}, [], {}),
])  # fmt: skip
def test_what_implies_what(arguments, texts, changed):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        generator = fak.ImageDataGenerator(**arguments)

    assert [str(one.message) for one in caught] == [f"ImageDataGenerator: {t}" for t in texts]
    assert {one.filename for one in caught} <= {__file__}
    assert {name: getattr(generator, name) for name in changed} == changed


@pytest.mark.parametrize("name", [
    "featurewise_center", "featurewise_std_normalization", "zca_whitening",
])  # fmt: skip
def test_missing_statistics_warn(name):
    arguments = {"featurewise_center": True, name: True}
    generator = fak.ImageDataGenerator(**arguments)

    with pytest.warns(UserWarning, match="there are no statistics: call fit") as caught:
        generator.standardize(np.zeros((2, 3, 3, 1)))

    assert any(name in str(one.message) for one in caught)


@pytest.mark.parametrize(("arguments", "kind", "text"), [
    ({"fill_mode": "mirror"}, ValueError,
     "fill_mode is 'mirror', expected 'nearest', 'reflect', 'constant' or 'wrap'"),
    ({"data_format": "last"}, ValueError,
     "data_format is 'last', expected 'channels_last' or 'channels_first'"),
    ({"zoom_range": (1, 2, 3)}, ValueError,
     "zoom_range is (1, 2, 3), expected a number, or a pair of numbers"),
    ({"zoom_range": "much"}, ValueError,
     "zoom_range is 'much', expected a number, or a pair of numbers"),
    ({"brightness_range": 0.3}, ValueError,
     "brightness_range is 0.3, expected None or a pair of numbers"),
    ({"validation_split": 1.5}, ValueError,
     "validation_split is 1.5, expected 0 or a number between 0 and 1"),
    ({"interpolation_order": 9}, ValueError,
     "interpolation_order is 9, expected a whole number from 0 to 5"),
    ({"rotation_range": (1, 2)}, TypeError, "rotation_range is (1, 2), expected a number"),
    ({"shear_range": float("nan")}, ValueError, "shear_range is nan, expected a finite number"),
    ({"width_shift_range": -0.5}, ValueError,
     "width_shift_range is -0.5, expected a number from 0, or a sequence of numbers"),
    ({"height_shift_range": []}, ValueError,
     "height_shift_range is [], expected a number from 0, or a sequence of numbers"),
    ({"horizontal_flip": "yes"}, TypeError, "horizontal_flip is 'yes', expected a bool"),
    ({"preprocessing_function": 3}, TypeError,
     "preprocessing_function is 3, expected None or a function"),
])  # fmt: skip
def test_bad_arguments(arguments, kind, text):
    with pytest.raises(kind) as caught:
        fak.ImageDataGenerator(**arguments)
    assert str(caught.value) == f"ImageDataGenerator: {text}"


def test_bad_images():
    generator = fak.ImageDataGenerator(rescale=2)
    with pytest.raises(TypeError, match="standardize: x has dtype uint8, expected floats"):
        generator.standardize(np.zeros((2, 3, 3, 1), np.uint8))
    with pytest.raises(ValueError, match=r"fit: x has shape \(3, 3\), expected rank 4 and at"):
        generator.fit(np.zeros((3, 3)))
    with pytest.raises(ValueError, match=r"fit: x has shape \(0, 3, 3, 1\), expected rank 4 and"):
        generator.fit(np.zeros((0, 3, 3, 1)))
    with pytest.warns(UserWarning, match="which are 5 channels with channels_last"):
        generator.fit(np.zeros((2, 3, 3, 5)))
