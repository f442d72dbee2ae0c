"""Batches of arrays: numbering, shuffling, seeds, threads, what is handed on, errors."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import keras as fak

RECIPE = {
    "rotation_range": 15,
    "width_shift_range": 0.1,
    "height_shift_range": 0.1,
    "shear_range": 0.1,
    "zoom_range": 0.1,
    "horizontal_flip": True,
}


def numbered(count, dtype=np.uint8):
    """Images whose pixels all are their number."""
    return np.broadcast_to(
        np.arange(count, dtype=dtype)[:, None, None, None], (count, 4, 4, 1)
    ).copy()


def noise(rng, count=10, shape=(9, 8, 3)):
    return rng.integers(0, 256, (count, *shape)).astype(np.uint8)


def numbers_of(batch):
    return batch[:, 0, 0, 0].astype(int).tolist()


def test_batches_are_the_images_in_order():
    batches = fak.ImageDataGenerator().flow(numbered(7), batch_size=3, shuffle=False)

    assert len(batches) == 3
    assert [numbers_of(next(batches)) for _ in range(4)] == [[0, 1, 2], [3, 4, 5], [6], [0, 1, 2]]
    assert [numbers_of(batches[i]) for i in (0, 1, 2, -1)] == [[0, 1, 2], [3, 4, 5], [6], [6]]
    assert next(batches).dtype == np.float32


def test_every_epoch_has_all_samples_in_an_order_of_its_own():
    batches = fak.ImageDataGenerator().flow(numbered(50), batch_size=8, seed=1)
    epochs = [[n for _ in range(7) for n in numbers_of(next(batches))] for _ in range(3)]

    assert all(sorted(epoch) == list(range(50)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3


def test_batches_by_number_are_those_of_next(rng):
    images = noise(rng, 10)
    generator = fak.ImageDataGenerator(**RECIPE)
    by_next = generator.flow(images, batch_size=4, seed=3)
    by_number = generator.flow(images, batch_size=4, seed=3)
    for _ in range(3):
        expected = [next(by_next) for _ in range(3)]
        # In any order and as often as one likes.
        found = {i: by_number[i] for i in (2, 0, 1, 0, 2)}

        assert all(np.array_equal(found[i], expected[i]) for i in range(3))
        by_number.on_epoch_end()


def test_a_batch_is_what_apply_transform_and_standardize_make_of_its_images(rng):
    images = noise(rng, 5)
    generator = fak.ImageDataGenerator(
        **RECIPE, rescale=1 / 255, samplewise_center=True, channel_shift_range=20.0,
        brightness_range=(0.5, 1.0), preprocessing_function=lambda image: image + 1,
    )  # fmt: skip
    found = next(generator.flow(images, batch_size=5, shuffle=False, seed=9))

    np.random.seed(9)  # noqa: NPY002
    for image, result in zip(images, found, strict=True):
        parameters = generator.get_random_transform(image.shape)
        one = generator.apply_transform(image.astype(np.float32), parameters)

        assert np.allclose(result, generator.standardize(one), atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "uint8"])
def test_the_dtype_of_batches(dtype, rng):
    images = noise(rng)
    batch = next(fak.ImageDataGenerator(**RECIPE, dtype=dtype).flow(images, seed=1))
    reference = next(fak.ImageDataGenerator(**RECIPE).flow(images, seed=1))

    assert batch.dtype == dtype
    assert np.abs(batch.astype(float) - reference).max() <= 1


def test_threads_change_nothing(threads, rng):
    images = noise(rng, 40)
    arguments = {**RECIPE, "fill_mode": "wrap", "brightness_range": (0.5, 2.0)}
    one = next(fak.ImageDataGenerator(**arguments, threads=1).flow(images, seed=2))
    many = next(fak.ImageDataGenerator(**arguments, threads=threads).flow(images, seed=2))

    assert np.array_equal(one, many)


def test_threads_share_an_iterator(rng):
    images = noise(rng, 64)
    generator = fak.ImageDataGenerator(**RECIPE, threads=1)
    alone, shared = (generator.flow(images, images[:, 0, 0, 0], 2, seed=5) for _ in range(2))
    expected = [next(alone) for _ in range(64)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: next(shared), range(64)))

    def as_bytes(batches):
        return sorted((x.tobytes(), y.tobytes()) for x, y in batches)

    assert as_bytes(found) == as_bytes(expected)


def test_without_a_seed_numpys_global_generator_decides(rng):
    images = noise(rng)

    def batch(seed):
        np.random.seed(seed)  # noqa: NPY002
        return next(fak.ImageDataGenerator(**RECIPE).flow(images))

    assert np.array_equal(batch(1), batch(1))
    assert not np.array_equal(batch(1), batch(2))


def test_the_global_generator_is_not_seeded(rng):
    np.random.seed(8)  # noqa: NPY002
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    batches = fak.ImageDataGenerator(**RECIPE).flow(noise(rng), seed=1)
    next(batches)
    batches.on_epoch_end()
    fak.ImageDataGenerator(**RECIPE).get_random_transform((3, 3, 1), seed=4)

    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_reset_begins_an_epoch():
    batches = fak.ImageDataGenerator().flow(numbered(9), batch_size=3, shuffle=False)
    next(batches)
    batches.reset()

    assert numbers_of(batches.next()) == [0, 1, 2]
    assert batches.batch_index == 1
    assert batches.total_batches_seen == 2


def test_labels_weights_and_other_inputs_go_along():
    images, labels, weights = numbered(12), np.arange(12) * 10, np.arange(12) / 2
    other, more = np.arange(24).reshape(12, 2), np.arange(12)
    generator = fak.ImageDataGenerator()

    (x, a, b), y, w = next(
        generator.flow((images, [other, more]), labels, 5, sample_weight=weights, seed=1)
    )
    (_, alone) = next(generator.flow((images, other), batch_size=5, seed=1))

    chosen = numbers_of(x)
    assert (y // 10).tolist() == chosen == b.tolist() == (w * 2).astype(int).tolist()
    assert a.tolist() == other[chosen].tolist() == alone.tolist()


def test_validation_is_the_first_part():
    generator = fak.ImageDataGenerator(validation_split=0.25)
    images, labels, weights = numbered(8), np.tile([0, 1], 4), np.arange(8)

    def all_of(subset):
        return generator.flow(
            images, labels, 8, shuffle=False, sample_weight=weights, subset=subset
        )[0]

    assert numbers_of(all_of("validation")[0]) == [0, 1]
    assert numbers_of(all_of("training")[0]) == [2, 3, 4, 5, 6, 7]
    assert all_of("training")[2].tolist() == [2, 3, 4, 5, 6, 7]


def test_arrays_are_not_copied(tmp_path, rng):
    path = tmp_path / "images.npy"
    np.save(path, noise(rng))
    mapped = np.load(path, mmap_mode="r")

    batches = fak.ImageDataGenerator(**RECIPE, rescale=2).flow(mapped, seed=1)
    next(batches)

    assert np.shares_memory(batches.x, mapped)
    assert np.array_equal(np.load(path), mapped)


def test_iterators_can_be_pickled(rng):
    batches = fak.ImageDataGenerator(**RECIPE).flow(noise(rng), seed=1, batch_size=4)
    next(batches)

    copied = pickle.loads(pickle.dumps(batches))

    assert np.array_equal(next(copied), next(batches))


def test_replaced_methods_are_called_for_each_image(rng):
    class Half(fak.ImageDataGenerator):
        def apply_transform(self, x, transform_parameters):
            return super().apply_transform(x, transform_parameters) / 2

    class Fixed(fak.ImageDataGenerator):
        def get_random_transform(self, img_shape, seed=None):
            assert (len(img_shape), type(seed)) == (3, int)
            return {"tx": 1}

    images = noise(rng)
    whole = next(fak.ImageDataGenerator(**RECIPE).flow(images, seed=1))
    shifted = next(Fixed().flow(images, shuffle=False))

    assert np.allclose(next(Half(**RECIPE).flow(images, seed=1)), whole / 2, atol=1e-4)
    assert np.array_equal(shifted[:, :, :-1], images[:, :, 1:])


def test_a_subclass_of_iterator():
    class Squares(fak.Iterator):
        def _get_batches_of_transformed_samples(self, index_array):
            return index_array**2

    squares = Squares(5, 2, False, None)
    assert [squares[i].tolist() for i in range(3)] == [[0, 1], [4, 9], [16]]
    with pytest.raises(NotImplementedError, match="Iterator has no _get_batches_of"):
        fak.Iterator(5, 2, False, None)[0]


def test_empty_arrays():
    batches = fak.ImageDataGenerator(**RECIPE).flow(np.zeros((0, 4, 4, 1)))

    assert len(batches) == 0
    assert next(batches).shape == (0, 4, 4, 1)


def test_saved_images(tmp_path):
    image_module = pytest.importorskip("PIL.Image")
    generator = fak.ImageDataGenerator()
    images = np.stack([np.arange(16).reshape(4, 4, 1)] * 3)
    batches = generator.flow(
        images, batch_size=2, shuffle=False, seed=1, save_to_dir=tmp_path, save_prefix="a",
        save_format="png",
    )  # fmt: skip
    next(batches)

    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.rpartition("_")[0] for name in names] == ["a_0", "a_1"]
    with image_module.open(tmp_path / names[0]) as saved:
        assert np.asarray(saved)[-1].tolist() == [204, 221, 238, 255]


@pytest.mark.parametrize(("arguments", "text"), [
    ({"x": np.zeros((4, 4))}, "x has shape (4, 4), expected rank 4"),
    ({"y": [1, 2]}, "y has shape (2,), expected a length of 3 as that of the images"),
    ({"sample_weight": np.ones(4)},
     "sample_weight has shape (4,), expected a length of 3 as that of the images"),
    ({"x": (np.zeros((3, 4, 4, 1)), [np.ones(3), np.ones(2)])},
     "x[1][1] has shape (2,), expected a length of 3 as that of the images"),
    ({"x": (1, 2, 3)}, "x has 3 entries, expected an array or a pair"),
    ({"subset": "test"}, "subset is 'test', expected 'training' or 'validation'"),
    ({"y": [0, 0, 1], "subset": "training"},
     "the training and the validation subset have different labels in y; shuffle arrays that are "
     "sorted by label, or set ignore_class_split=True"),
    ({"batch_size": 0}, "batch_size is 0, expected at least 1"),
    ({"seed": -1}, "seed is -1, expected None or a whole number from 0"),
])  # fmt: skip
def test_bad_arguments(arguments, text):
    generator = fak.ImageDataGenerator(validation_split=0.4)
    arguments = {"x": np.zeros((3, 4, 4, 1)), **arguments}
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        generator.flow(**arguments)
    assert str(caught.value) == f"NumpyArrayIterator: {text}"


def test_ignore_class_split():
    generator = fak.ImageDataGenerator(validation_split=0.4)
    generator.flow(np.zeros((3, 4, 4, 1)), [0, 0, 1], subset="training", ignore_class_split=True)


def test_batches_that_do_not_exist():
    batches = fak.ImageDataGenerator().flow(numbered(5), batch_size=2)
    with pytest.raises(ValueError, match="NumpyArrayIterator: there is no batch 3, it has 3"):
        batches[3]


def test_unusual_channels_warn():
    with pytest.warns(UserWarning, match="which are 2 channels with channels_last") as caught:
        fak.ImageDataGenerator().flow(np.zeros((3, 4, 4, 2)))
    assert caught[0].filename == __file__


def test_a_preprocessing_function_that_changes_the_shape():
    generator = fak.ImageDataGenerator(preprocessing_function=lambda image: image[:2])
    with pytest.raises(ValueError, match=r"image 0 of the batch came back with shape \(2, 4, 1\)"):
        next(generator.flow(numbered(3)))


def test_the_thread_setting_of_the_process_stays(rng):
    before = fa.get_num_threads()
    next(fak.ImageDataGenerator(**RECIPE, threads=2).flow(noise(rng)))

    assert fa.get_num_threads() == before
