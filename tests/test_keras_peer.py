"""fast_augment.keras against Keras 3 itself, where it is installed with some backend."""

import importlib
import os
import pickle
import sys
import warnings

import numpy as np
import pytest

from fast_augment import keras as fak

os.environ.setdefault("KERAS_BACKEND", "torch")

RECIPE = {
    "rotation_range": 15,
    "width_shift_range": 0.1,
    "height_shift_range": 0.1,
    "shear_range": 0.1,
    "zoom_range": 0.1,
    "horizontal_flip": True,
}
WILD = {
    "rotation_range": 180,
    "width_shift_range": 0.4,
    "height_shift_range": 0.4,
    "shear_range": 30,
    "zoom_range": (0.4, 2.5),
    "horizontal_flip": True,
    "vertical_flip": True,
    "channel_shift_range": 40.0,
    "brightness_range": (0.2, 1.8),
}

# Keras reaches SciPy by an old name.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def keras():
    """Keras with its legacy images, or no test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("scipy.ndimage")
        try:
            keras = importlib.import_module("keras")
            importlib.import_module("keras.src.legacy.preprocessing.image")
        except ImportError as error:
            pytest.skip(f"Keras cannot be imported: {error}")
    return keras


@pytest.fixture
def legacy(keras):
    return keras.src.legacy.preprocessing.image


def largest_difference(found, expected):
    return np.abs(np.asarray(found, np.float64) - np.asarray(expected, np.float64)).max()


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int32", "float32", "float64"])
@pytest.mark.parametrize("fill_mode", ["nearest", "constant", "reflect", "wrap"])
def test_apply_transform(legacy, fill_mode, dtype, rng):
    for order in (0, 1, 3):
        options = {**WILD, "fill_mode": fill_mode, "cval": 9, "interpolation_order": order}
        theirs = legacy.ImageDataGenerator(**options)
        ours = fak.ImageDataGenerator(**options, as_shipped=True)
        for seed in range(100):
            shape = (int(rng.integers(2, 24)), int(rng.integers(2, 24)), int(rng.choice([1, 3, 4])))
            image = rng.integers(0, 256, shape).astype(dtype)
            parameters = theirs.get_random_transform(shape, seed)
            if seed % 3:
                del parameters["brightness"]
            expected = theirs.apply_transform(image, parameters)

            found = ours.apply_transform(image, parameters)

            assert largest_difference(found, expected) <= 1.01, (seed, order, parameters)


@pytest.mark.parametrize("arguments", [RECIPE, WILD])
def test_parameters_of_a_seed(legacy, arguments):
    theirs = legacy.ImageDataGenerator(**arguments)
    shipped = fak.ImageDataGenerator(**arguments, as_shipped=True)
    documented = fak.ImageDataGenerator(**arguments)
    for seed in range(50):
        expected = theirs.get_random_transform((20, 30, 3), seed)
        found = documented.get_random_transform((20, 30, 3), seed)

        assert shipped.get_random_transform((20, 30, 3), seed) == pytest.approx(expected)
        exchanged = {**expected, "tx": expected["ty"], "ty": expected["tx"]}
        assert found == pytest.approx(exchanged)


@pytest.mark.parametrize("arguments", [
    RECIPE,
    {**WILD, "rescale": 1 / 255},
    {"rescale": 0.5, "samplewise_center": True, "samplewise_std_normalization": True},
    {**RECIPE, "data_format": "channels_first", "fill_mode": "wrap"},
    {"preprocessing_function": lambda image: image * 2, "vertical_flip": True},
])  # fmt: skip
def test_flow_gives_the_same_batches(legacy, arguments, rng):
    images = rng.integers(0, 256, (21, 16, 16, 3)).astype(np.uint8)
    if arguments.get("data_format") == "channels_first":
        images = images.transpose(0, 3, 1, 2).copy()
    labels = np.arange(21)
    theirs = legacy.ImageDataGenerator(**arguments).flow(images, labels, 8, seed=7)
    ours = fak.ImageDataGenerator(**arguments, as_shipped=True).flow(images, labels, 8, seed=7)
    for _ in range(9):
        (x, y), (expected_x, expected_y) = next(ours), next(theirs)

        assert y.tolist() == expected_y.tolist()
        assert x.dtype == expected_x.dtype
        assert largest_difference(x, expected_x) <= 1


def test_statistics(legacy, rng):
    images = rng.uniform(0, 255, (60, 4, 4, 3)).astype(np.float32)
    for arguments in (
        {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 0.1},
        {"featurewise_center": True, "zca_whitening": True},
        {"featurewise_center": True, **RECIPE},
    ):
        theirs = legacy.ImageDataGenerator(**arguments)
        ours = fak.ImageDataGenerator(**arguments, as_shipped=True)
        for generator in (theirs, ours):
            generator.fit(images, augment="rotation_range" in arguments, rounds=2, seed=5)

        for name in ("mean", "std", "zca_whitening_matrix"):
            expected, found = getattr(theirs, name), getattr(ours, name)
            assert (found is None) == (expected is None)
            if expected is not None:
                assert found.shape == expected.shape
                assert np.allclose(found, expected, rtol=1e-3, atol=1e-4)
        batch = images[:5].copy()
        expected = theirs.standardize(batch.copy())
        assert np.allclose(ours.standardize(batch), expected, rtol=1e-3, atol=1e-2)


def test_functions(legacy, rng):
    image = rng.integers(0, 256, (3, 12, 12)).astype(np.float32)
    for name, arguments in {
        "random_rotation": (40,),
        "random_shear": (20,),
        "random_zoom": ((0.5, 1.5),),
        "random_channel_shift": (30.0,),
    }.items():
        np.random.seed(4)  # noqa: NPY002
        expected = getattr(legacy, name)(image, *arguments)
        np.random.seed(4)  # noqa: NPY002
        found = getattr(fak, name)(image, *arguments)

        assert largest_difference(found, expected) < 1e-2


def test_brightness(legacy, rng):
    for low, high in ((0, 255), (-40, 200), (0, 500)):
        for scale in (True, False):
            image = rng.uniform(low, high, (7, 6, 3)).astype(np.float32)
            expected = legacy.apply_brightness_shift(image, 1.3, scale)

            found = fak.apply_brightness_shift(image, 1.3, scale)
            assert largest_difference(found, expected) <= 1e-3


def test_flow_from_directory(legacy, tmp_path, rng):
    image_module = pytest.importorskip("PIL.Image")
    for index in range(12):
        folder = tmp_path / "abc"[index % 3]
        folder.mkdir(exist_ok=True)
        pixels = rng.integers(0, 256, (20 + index, 24, 3)).astype(np.uint8)
        image_module.fromarray(pixels).save(folder / f"{index}.png")
    options = {"target_size": (16, 16), "batch_size": 5, "seed": 2, "interpolation": "bilinear"}
    split = {**RECIPE, "validation_split": 0.25}
    theirs = legacy.ImageDataGenerator(**split)
    ours = fak.ImageDataGenerator(**split, as_shipped=True)
    for arguments in ({}, {"class_mode": "sparse", "subset": "training"}, {"color_mode": "rgba"}):
        expected = theirs.flow_from_directory(tmp_path, **options, **arguments)
        found = ours.flow_from_directory(tmp_path, **options, **arguments)

        assert found.filenames == expected.filenames
        assert found.class_indices == expected.class_indices
        for _ in range(4):
            (x, y), (expected_x, expected_y) = next(found), next(expected)
            assert np.array_equal(y, expected_y)
            assert largest_difference(x, expected_x) <= 1


def test_iterators_are_data_sets_of_keras(keras, rng):
    images = rng.integers(0, 256, (40, 8, 8, 1)).astype(np.uint8)
    labels = rng.integers(0, 3, 40)
    batches = fak.ImageDataGenerator(**RECIPE, rescale=1 / 255).flow(images, labels, 8, seed=1)

    assert isinstance(batches, keras.utils.PyDataset)
    assert isinstance(batches, fak.NumpyArrayIterator)
    assert (batches.workers, batches.use_multiprocessing, batches.num_batches) == (1, False, 5)
    copied = pickle.loads(pickle.dumps(batches))
    assert isinstance(copied, keras.utils.PyDataset)
    assert np.array_equal(copied[2][0], batches[2][0])


def test_an_older_iterator_becomes_a_data_set(keras, rng, monkeypatch):
    monkeypatch.delitem(sys.modules, "keras")
    batches = fak.ImageDataGenerator().flow(rng.uniform(size=(6, 4, 4, 1)), batch_size=2)
    monkeypatch.undo()
    assert not isinstance(batches, keras.utils.PyDataset)

    data = batches.as_py_dataset(workers=2)

    assert data is batches
    assert isinstance(data, keras.utils.PyDataset)
    assert (data.workers, data.use_multiprocessing, len(data)) == (2, False, 3)
    with pytest.raises(TypeError, match="as_py_dataset: unexpected argument 'threads'"):
        data.as_py_dataset(threads=1)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.filterwarnings("ignore")
def test_a_model_is_fitted(keras, workers, rng):
    labels = rng.integers(0, 2, 96)
    images = (rng.normal(size=(96, 8, 8, 1)) + 3 * labels[:, None, None, None]).astype(np.float32)
    batches = fak.ImageDataGenerator(rotation_range=20, horizontal_flip=True).flow(
        images, labels, batch_size=16, seed=3
    )
    batches.workers = workers
    keras.utils.set_random_seed(1)
    model = keras.Sequential([
        keras.layers.Input((8, 8, 1)),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(2, activation="softmax"),
    ])  # fmt: skip
    model.compile(
        keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )

    history = model.fit(batches, epochs=8, verbose=0)

    assert history.history["accuracy"][-1] > 0.9
    assert len(model.predict(batches, verbose=0)) == 96
