"""Collate and Indexed: what they take, what they make of it, and what they say when they cannot."""

import doctest
import pickle
from collections import namedtuple

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits, check_message, each_case

torch = pytest.importorskip("torch")
fat = pytest.importorskip("fast_augment.torch")

Pair = namedtuple("Pair", ["label", "image"])
CROP = fa.Compose([fa.RandomCrop(8), fa.ToFloat()], seed=3)
SAME = fa.Compose([fa.RandomHorizontalFlip()], seed=3)
COLLATE = fat.Collate(CROP)


@pytest.fixture
def images(rng):
    """Of different sizes."""
    return [rng.integers(0, 256, (10 + i, 12, 3), dtype=np.uint8) for i in range(5)]


def keyed(values, epoch=2, first=40):
    return [fat.Keyed(epoch, first + i, value) for i, value in enumerate(values)]


def expected(images, epoch=2, first=40):
    return CROP(images, epoch=epoch, index=np.arange(first, first + len(images)))


def test_images_alone(images):
    batch = fat.Collate(CROP)(keyed(images))

    assert type(batch) is torch.Tensor
    assert_same_bits(batch.numpy(), expected(images))


def test_tuples_become_lists_as_torch_makes_them(images):
    samples = [(image, i, {"name": str(i)}) for i, image in enumerate(images)]
    batch = fat.Collate(CROP)(keyed(samples))

    assert type(batch) is list
    assert_same_bits(batch[0].numpy(), expected(images))
    default = torch.utils.data.default_collate([sample[1:] for sample in samples])
    assert torch.equal(batch[1], default[0])
    assert batch[2] == default[1] == {"name": ["0", "1", "2", "3", "4"]}


def test_mappings_keep_their_order(images):
    samples = [{"label": i, "image": image} for i, image in enumerate(images)]
    batch = fat.Collate(CROP)(keyed(samples))

    assert list(batch) == ["label", "image"]
    assert batch["label"].tolist() == [0, 1, 2, 3, 4]
    assert_same_bits(batch["image"].numpy(), expected(images))


@pytest.mark.parametrize("field", ["image", 1, -1])
def test_named_tuples_and_the_field_of_the_image(field, images):
    batch = fat.Collate(CROP, image=field)(keyed([Pair(i, im) for i, im in enumerate(images)]))

    assert type(batch) is Pair
    assert batch.label.tolist() == [0, 1, 2, 3, 4]
    assert_same_bits(batch.image.numpy(), expected(images))


def test_another_function_for_the_other_fields(images):
    collate = fat.Collate(CROP, collate_fn=tuple)

    assert collate(keyed([(image, "label") for image in images]))[1] == ("label",) * 5


def test_without_keys_samples_are_numbered_as_they_come(images):
    augment = fa.Compose([fa.RandomCrop(8), fa.ToFloat()], seed=3)
    collate = fat.Collate(augment)
    first, second = collate(images), collate(images)

    assert_same_bits(first.numpy(), CROP(images, index=np.arange(5)))
    assert_same_bits(second.numpy(), CROP(images, index=np.arange(5, 10)))


def test_tensors_are_read_in_the_layout_of_the_pipeline(images):
    planar = fa.Compose([fa.RandomCrop(8), fa.ToFloat()], seed=3, layout="CHW")
    tensors = [torch.from_numpy(image) for image in images]
    turned = [tensor.permute(2, 0, 1).contiguous() for tensor in tensors]

    assert_same_bits(fat.Collate(CROP)(keyed(tensors)).numpy(), expected(images))
    assert_same_bits(fat.Collate(planar)(keyed(turned)).numpy(), expected(images))


def test_pillow_images_and_gray_ones(images):
    pillow = pytest.importorskip("PIL.Image")
    opened = [pillow.fromarray(image) for image in images]
    planar = fa.Compose([fa.RandomCrop(8), fa.ToFloat()], seed=3, layout="CHW")

    assert_same_bits(fat.Collate(CROP)(keyed(opened)).numpy(), expected(images))
    assert_same_bits(fat.Collate(planar)(keyed(opened)).numpy(), expected(images))

    flat = [image[..., 0].copy() for image in images]
    gray = expected([image[..., np.newaxis] for image in flat])
    for given in (flat, [pillow.fromarray(image) for image in flat]):
        assert_same_bits(fat.Collate(CROP)(keyed(given)).numpy(), gray)
        assert_same_bits(fat.Collate(planar)(keyed(given)).numpy(), gray)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_narrow_floats(dtype, images):
    pytest.importorskip("ml_dtypes")
    augment = fa.Compose([fa.RandomCrop(8), fa.ToFloat(dtype)], seed=3)
    batch = fat.Collate(augment)(keyed(images))

    assert batch.dtype is getattr(torch, dtype)
    assert torch.equal(batch, torch.from_numpy(expected(images)).to(batch.dtype))


def test_a_pipeline_that_ends_in_a_function(images):
    augment = fa.Compose([fa.RandomCrop(8), fa.Lambda(lambda batch: batch[:, ::2] * 2)], seed=3)
    batch = fat.Collate(augment)(keyed(images))

    cropped = fa.Compose([fa.RandomCrop(8)], seed=3)(images, epoch=2, index=np.arange(40, 45))
    assert_same_bits(batch.numpy(), cropped[:, ::2] * 2)


def test_indexed_tells_epoch_and_index():
    dataset = fat.Indexed(["a", "b", "c"])
    dataset.set_epoch(7)

    assert len(dataset) == 3
    assert dataset[1] == dataset[-2] == dataset[np.int64(1)] == fat.Keyed(7, 1, "b")
    assert dataset.__getitems__([2, 0]) == [fat.Keyed(7, 2, "c"), fat.Keyed(7, 0, "a")]
    assert list(dataset) == [fat.Keyed(7, i, value) for i, value in enumerate("abc")]
    assert pickle.loads(pickle.dumps(dataset)).epoch == 7


def test_indexed_uses_the_batches_of_its_data_set():
    class Fetching(list):
        def __getitems__(self, indices):
            return [self[i].upper() for i in indices]

    dataset = fat.Indexed(Fetching("abc"))

    assert [keyed.sample for keyed in dataset.__getitems__([2, 0])] == ["C", "A"]


def test_subsets_and_rounds_of_batches(images):
    dataset = fat.Indexed([(image, i) for i, image in enumerate(images)])
    subset = torch.utils.data.Subset(dataset, [4, 1, 3])
    loader = torch.utils.data.DataLoader(subset, batch_size=2, collate_fn=fat.Collate(CROP))
    batches = list(loader)

    assert [labels.tolist() for _, labels in batches] == [[4, 1], [3]]
    for batch, labels in batches:
        chosen = [images[i] for i in labels.tolist()]
        assert_same_bits(batch.numpy(), CROP(chosen, index=labels.tolist()))


def test_errors_tell_which_sample_of_the_data_set(images):
    broken = [*images[:3], images[3][..., :2]]
    with pytest.raises(ValueError, match=r"Compose: images\[3\] has 2 channels") as caught:
        fat.Collate(CROP)(keyed(broken))
    assert "samples [40, 41, 42, 43] of the data set" in _whole(caught.value)

    uneven = [(image, np.zeros(3 + (i == 2))) for i, image in enumerate(images)]
    with pytest.raises(RuntimeError, match="equal size") as caught:
        fat.Collate(CROP)(keyed(uneven))
    note = "while collating the field 1 of the samples [40, 41, 42, 43, 44]"
    assert note in _whole(caught.value)

    class Broken(list):
        def __getitem__(self, index):
            raise OSError("no such file")

    for read in (lambda d: d[1], lambda d: d.__getitems__([1])):
        with pytest.raises(OSError, match="no such file") as caught:
            read(fat.Indexed(Broken([0, 1])))
        assert "Indexed: while reading sample 1" in _whole(caught.value)


def _whole(error):
    """Message and notes."""
    return "\n".join([str(error), *getattr(error, "__notes__", [])])


IMAGE = np.zeros((10, 12, 3), np.uint8)
CASES = [
    (
        TypeError,
        "Collate: augment is 'crop', expected a Compose",
        lambda: fat.Collate("crop"),
    ),
    (
        TypeError,
        "Collate: image is 1.5, expected None, a position or a name",
        lambda: fat.Collate(CROP, image=1.5),
    ),
    (
        TypeError,
        "Collate: collate_fn is 3, expected a function",
        lambda: fat.Collate(CROP, collate_fn=3),
    ),
    (
        TypeError,
        "Collate: sample 40 of the data set has type str, expected an image, a tuple, a list or a "
        "mapping",
        lambda: COLLATE(keyed(["a.png"])),
    ),
    (
        TypeError,
        "Collate: the image of samples[1] has type str, expected an array, a CPU tensor or a "
        "Pillow image",
        lambda: COLLATE([(IMAGE, 0), ("a.png", 1)]),
    ),
    (
        ValueError,
        "Collate: samples[0] has the fields ['label', 'photo'], expected one that is 'image'; say "
        "with image= which one is the image",
        lambda: COLLATE([{"photo": IMAGE, "label": 1}]),
    ),
    (
        ValueError,
        "Collate: samples[0] has the fields [0, 1], expected one that is 2; say with image= which "
        "one is the image",
        lambda: fat.Collate(CROP, image=2)([(IMAGE, 1)]),
    ),
    (
        TypeError,
        "Collate: sample 41 of the data set is a tuple with the fields [0, 1, 2], expected a tuple "
        "with the fields [0, 1] as sample 40 of the data set",
        lambda: COLLATE(keyed([(IMAGE, 0), (IMAGE, 1, 2)])),
    ),
    (
        TypeError,
        "Collate: samples[1] is a dict with the fields ['image', 'lable'], expected a dict with "
        "the fields ['image', 'label'] as samples[0]",
        lambda: COLLATE([{"image": IMAGE, "label": 0}, {"image": IMAGE, "lable": 0}]),
    ),
    (
        ValueError,
        "Collate: samples of the epochs [1, 2] in one batch, expected one; call set_epoch before "
        "the loader is asked for its first batch",
        lambda: COLLATE([fat.Keyed(1, 0, IMAGE), fat.Keyed(2, 1, IMAGE)]),
    ),
    (
        ValueError,
        "Compose: sample 1 ends as 14 x 12 and sample 0 as 10 x 12, expected one size; end with a "
        "crop or Resize((height, width)), or pass a list of images",
        lambda: fat.Collate(SAME)([IMAGE, np.zeros((14, 12, 3), np.uint8)]),
    ),
    (
        TypeError,
        "Indexed: dataset has type generator, expected one with __len__ and __getitem__; one that "
        "is only iterated may return Keyed(epoch, index, sample)",
        lambda: fat.Indexed(i for i in range(3)),
    ),
    (
        TypeError,
        "Indexed: the index is 'a', expected a whole number",
        lambda: fat.Indexed([1, 2])["a"],
    ),
    (
        IndexError,
        "Indexed: the index is -3 of 2 samples",
        lambda: fat.Indexed([1, 2])[-3],
    ),
    (
        ValueError,
        "set_epoch: epoch is -1, expected a whole number from 0 to 2**32 - 1",
        lambda: fat.Indexed([1, 2]).set_epoch(-1),
    ),
    (
        TypeError,
        "set_epoch: epoch is None, expected a whole number from 0 to 2**32 - 1",
        lambda: fat.Indexed([1, 2]).set_epoch(None),
    ),
]


@each_case(CASES)
def test_messages(number):
    check_message(CASES, number)


def test_pillow_images_of_a_palette_are_refused():
    pillow = pytest.importorskip("PIL.Image")
    opened = pillow.fromarray(IMAGE).convert("P")

    assert_raises(
        TypeError,
        "Collate: samples[0] is a Pillow image of mode 'P', expected one of plain channels; "
        "convert it: image.convert('RGB')",
        lambda: COLLATE([opened]),
    )


@pytest.mark.parametrize("name", fat.__all__)
def test_examples_run(name):
    examples = doctest.DocTestFinder(recurse=False).find(getattr(fat, name), name)
    runner = doctest.DocTestRunner()

    assert [runner.run(example).failed for example in examples] == [0]
    assert runner.tries > 1


def test_pipelines_take_and_return_tensors(images):
    stack = np.stack([image[:10] for image in images])
    tensor = torch.from_numpy(stack)
    keys = {"epoch": 2, "index": np.arange(5)}
    plain = CROP(stack, **keys)

    found = CROP(tensor, **keys)
    assert type(found) is torch.Tensor
    assert_same_bits(found.numpy(), plain)
    assert type(CROP(list(tensor), **keys)) is torch.Tensor
    assert [type(one) for one in SAME([tensor[0], tensor[1, :9]])] == [torch.Tensor] * 2

    batch = CROP(tensor, **keys, return_params=True)
    assert_same_bits(batch.images.numpy(), plain)
    assert_same_bits(CROP.replay(batch.params, tensor).numpy(), plain)
    for given in (tensor, stack):
        out = torch.empty(plain.shape)
        assert CROP(given, **keys, out=out) is out
        assert_same_bits(out.numpy(), plain)
        assert CROP.replay(batch.params, given, out=out) is out
    out = np.empty_like(plain)
    assert CROP(tensor, **keys, out=out) is out
    assert CROP(tensor, **keys, out=out, return_params=True).images is out


def test_tensors_are_not_copied(images):
    tensor = torch.from_numpy(images[0])
    same = fa.Compose([], seed=0)
    seen = []
    looking = fa.Compose([fa.Lambda(lambda given: seen.append(given) or given)], seed=0)
    looking([tensor])

    assert np.shares_memory(seen[0][0], images[0])
    assert same(tensor).data_ptr() != tensor.data_ptr()


def test_tensors_that_cannot_be_read(images):
    tensor = torch.from_numpy(images[0])
    assert_raises(
        TypeError,
        "Compose: images[0] is on the device meta, expected the CPU",
        lambda: CROP([tensor.to("meta")]),
    )
    assert_raises(
        TypeError,
        "Compose: images has layout torch.sparse_coo, expected a dense tensor",
        lambda: CROP(tensor.to_sparse()),
    )
    assert_raises(
        TypeError,
        "Compose: images has dtype int64, expected uint8, uint16 or float32",
        lambda: CROP(tensor.long()),
    )


def test_memory_is_asked_for_when_the_size_is_known(images):
    asked = []

    def allocate(shape, dtype):
        # A pipeline may run in here.
        SAME(images[0], index=0)
        CROP(images, index=np.arange(5))
        asked.append(np.empty(shape, dtype))
        return asked[-1]

    found = CROP(images, epoch=2, index=np.arange(40, 45), out=allocate)

    assert found is asked[0]
    assert_same_bits(found, expected(images))
    assert_raises(
        ValueError,
        "Compose: out has shape (5, 3, 8, 9), expected (5, 3, 8, 8)",
        lambda: CROP(images, out=lambda shape, _: np.empty((*shape[:3], 9), np.float32)),
    )
    with pytest.raises(MemoryError):
        CROP(images, out=lambda *_: (_ for _ in ()).throw(MemoryError()))
