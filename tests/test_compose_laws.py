"""Laws of pipelines: inverses, nothing, replays, matrices."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import BORDERS, CHANNELS, DTYPES, LAYOUTS, dtype_name, noise, to_layout
from helpers.random_pipelines import RngPick, random_pipeline

every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
every_layout = pytest.mark.parametrize("layout", LAYOUTS)
SIDES = ((1, 1), (1, 9), (8, 1), (2, 3), (17, 33))


def batches(rng, dtype, layout):
    for sides in SIDES:
        for channels in CHANNELS:
            yield to_layout(noise(rng, (2, *sides, channels), dtype), layout)


def assert_identity(transforms, rng, dtype, layout):
    augment = fa.Compose(transforms, seed=1, layout=layout)
    for batch in batches(rng, dtype, layout):
        found = augment(batch, return_params=True)
        assert_same_bits(found.images, batch, (transforms, batch.shape))
        assert np.abs(found.matrix - np.eye(3)).max() <= 1e-12


@every_dtype
@every_layout
def test_what_undoes_itself(dtype, layout, rng):
    flips = (fa.RandomHorizontalFlip(1), fa.RandomVerticalFlip(1))
    for flip in flips:
        assert_identity([flip, flip], rng, dtype, layout)
    assert_identity([*flips, *flips], rng, dtype, layout)
    assert_identity([fa.RandomApply([*flips], p=1), *flips], rng, dtype, layout)
    assert_identity([fa.RandomInvert(1), fa.RandomInvert(1)], rng, np.uint8, layout)


@every_dtype
@every_layout
def test_pipelines_that_change_nothing(dtype, layout, rng):
    for transforms in (
        [],
        [fa.RandomHorizontalFlip(0), fa.RandomAffine(0)],
        [fa.RandomApply([fa.GaussianBlur(3)], p=0)],
        [fa.ColorJitter()],
        [fa.Pad(0), fa.GaussianNoise(0, 0, clip=False)],
        [fa.RandomErasing(p=1, scale=(0, 0))],
    ):
        assert_identity(transforms, rng, dtype, layout)


@every_layout
def test_four_quarter_turns(layout, rng):
    """Drawn turns that add up to a full turn give the image back; others give `rot90`."""
    augment = fa.Compose([fa.RandomRotate90(p=1)] * 4, seed=3, layout=layout)
    images = [to_layout(noise(rng, (7, 11, 3), np.uint8), layout) for _ in range(64)]
    found = augment(images, index=np.arange(64), return_params=True)
    turns = sum(found.params[i]["quarter_turns"] for i in range(4)) % 4

    assert set(turns) == {0, 1, 2, 3}
    for image, result, k in zip(images, found.images, turns, strict=True):
        assert_same_bits(result, fa.rot90(image, int(k), layout=layout))


@pytest.mark.parametrize("border", BORDERS)
@every_dtype
def test_padding_is_cut_off_again(border, dtype, rng):
    for batch in batches(rng, dtype, "HWC"):
        size = batch.shape[1:3]
        augment = fa.Compose([fa.Pad(5, 1, border), fa.CenterCrop(size)], seed=0)
        found = augment(batch, return_params=True)

        assert_same_bits(found.images, batch, batch.shape)
        assert_same_bits(found.matrix[0], np.eye(3))


def test_a_pipeline_in_a_pipeline_is_its_transforms(rng):
    inside = [fa.RandomAffine(20), fa.ColorJitter(0.4)]
    flat = [*inside, fa.RandomHorizontalFlip()]
    images = noise(rng, (9, 12, 13, 3), np.uint8)
    nested = fa.Compose([fa.Compose(inside), fa.RandomHorizontalFlip()], seed=7)

    assert_same_bits(nested(images), fa.Compose(flat, seed=7)(images))


def random_cases(count):
    for number in range(count):
        rng = np.random.default_rng(number)
        dtype, channels = DTYPES[number % 3], CHANNELS[number % 5]
        transforms = random_pipeline(RngPick(rng), dtype, channels)
        images = [noise(rng, (*rng.integers(1, 20, 2), channels), dtype) for _ in range(3)]
        layout = LAYOUTS[number % 2]
        augment = fa.Compose(transforms, seed=number, layout=layout, threads=number % 3 + 1)
        yield augment, [to_layout(image, layout) for image in images]


def assert_list_equal(results, expected, where):
    for result, wanted in zip(results, expected, strict=True):
        assert_same_bits(np.asarray(result), np.asarray(wanted), where)


def test_replays_are_the_same_bits():
    for augment, images in random_cases(150):
        batch = augment(images, epoch=9, index=[5, 2**63, 7], return_params=True)
        again = augment.replay(batch.params, images)
        assert_list_equal(again, batch.images, augment)
        # A subset: each sample has its own records.
        part = fa.Params(batch.params.records[1:2], batch.params._classes)
        assert_list_equal(augment.replay(part, images[1:2]), batch.images[1:2], augment)
        # Another pipeline of equal transforms, and memory of the caller's.
        other = fa.Compose(augment.transforms, layout=augment.layout)
        out = [np.empty_like(image) for image in batch.images]
        assert other.replay(batch.params, images, out=out) is out
        assert_list_equal(out, batch.images, augment)


def test_replays_in_the_other_layout(rng):
    transforms = [
        fa.RandomResizedCrop(9),
        fa.ColorJitter(0.3, 0.3, 0.3, 0.1),
        fa.RandomRotation(40),
    ]
    images = noise(rng, (8, 20, 16, 3), np.uint8)
    first = fa.Compose(transforms, seed=2)
    batch = first(images, return_params=True)
    other = fa.Compose(transforms, layout="CHW")

    again = other.replay(batch.params, to_layout(images, "CHW"))
    assert_same_bits(again, to_layout(batch.images, "CHW"))


def test_the_matrix_takes_pixels_to_where_they_went(rng):
    """Whole-pixel moves: each pixel of the input shows where the matrix says, or nowhere."""
    moves = (
        fa.RandomHorizontalFlip(),
        fa.RandomVerticalFlip(),
        fa.RandomRotate90(1),
        fa.Pad((1, 2, 0, 3), fill=255),
        fa.RandomCrop((6, 9), pad_if_needed=True, fill=255),
    )
    image = np.arange(5 * 7, dtype=np.uint8).reshape(5, 7, 1)
    for number in range(40):
        chosen = [moves[i] for i in rng.integers(0, len(moves), 4)]
        batch = fa.Compose(chosen, seed=number)(image, index=number, return_params=True)
        result = batch.images
        for y, x in np.ndindex(5, 7):
            u, v, w = batch.matrix[0] @ (x, y, 1)
            assert w == 1
            if 0 <= u < result.shape[1] and 0 <= v < result.shape[0]:
                assert result[int(v), int(u), 0] in (image[y, x, 0], 255), chosen
        shown = set(result.ravel().tolist()) - {255}
        assert shown <= set(image.ravel().tolist())


def test_the_matrix_of_one_transform_is_that_of_the_function():
    image = np.zeros((11, 17, 1), np.float32)
    affine = fa.RandomAffine(30, translate=(0.2, 0.3), scale=(0.5, 2), shear=(-9, 9, -7, 7))
    batch = fa.Compose([affine], seed=8)([image] * 16, return_params=True)
    drawn = batch.params["RandomAffine"]
    expected = fa.affine_matrix(
        drawn["angle"],
        np.stack([drawn["translate_x"], drawn["translate_y"]], axis=1),
        np.stack([drawn["scale_x"], drawn["scale_y"]], axis=1),
        np.stack([drawn["shear_x"], drawn["shear_y"]], axis=1),
        center=(8, 5),
    )

    assert_same_bits(np.ascontiguousarray(batch.matrix[:, :2]), expected)
    assert np.all(batch.matrix[:, 2] == (0, 0, 1))


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("antialias", [False, True])
def test_where_a_resized_image_is_stored_changes_no_bit(channels, antialias):
    """Planes are scaled where the sums are made, interleaved rows after that."""
    images = noise(np.random.default_rng(channels), (3, 41, 37, channels), np.uint8)
    for size in ((19, 23), (60, 5), (64, 64)):
        transforms = [fa.Resize(size, antialias=antialias), fa.Normalize(0.45, 0.23)]
        planar = fa.Compose(transforms, seed=0, out_layout="CHW")(images)
        interleaved = fa.Compose(transforms, seed=0, out_layout="HWC")(images)
        np.testing.assert_array_equal(planar.transpose(0, 2, 3, 1), interleaved)
        from_planes = fa.Compose(transforms, seed=0, layout="CHW")
        np.testing.assert_array_equal(from_planes(images.transpose(0, 3, 1, 2).copy()), planar)
