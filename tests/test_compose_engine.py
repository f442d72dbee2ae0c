"""Pipelines end to end: what the engine makes of what Python tells it."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fast_augment as fa
from fast_augment.transforms.params import RECORD
from helpers.checks import assert_raises, assert_same_bits
from helpers.images import noise
from helpers.pipelines import EXAMPLES

GEOMETRY = [fa.RandomRotate90(), fa.RandomAffine(30, translate=(0.2, 0.2)), fa.RandomCrop(16)]
EVERYTHING = [
    fa.RandomResizedCrop(24),
    fa.RandomHorizontalFlip(),
    fa.RandomAffine(15, scale=(0.9, 1.1), shear=5),
    fa.ColorJitter(0.4, 0.4, 0.4, 0.1),
    fa.SomeOf([fa.RandomInvert(p=1), fa.RandomSolarize(128, p=1), fa.GaussianBlur(3)], (0, 2)),
    fa.GaussianNoise(sigma=0.02),
    fa.Normalize((0.5, 0.4, 0.3), 0.2),
    fa.RandomErasing(value="random"),
]


@pytest.fixture
def images(rng):
    return noise(rng, (6, 32, 32, 3), np.uint8)


def identity(images):
    return images


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_engine_takes_every_transform(name, rng):
    example = EXAMPLES[name]
    if name == "ToFloat":
        pytest.importorskip("ml_dtypes")
    image = noise(rng, (12, 14, 3), np.float32 if name == "Pad" else np.uint8)
    # Some transforms look at boxes, one cannot move them.
    targets = {"labels": 1} if name == "AugMix" else {"boxes": [[2, 3, 8, 9]]}
    batch = fa.Compose([example], seed=0)(image, **targets)

    assert batch.params.records.dtype == RECORD
    assert batch.params.names[0] == name
    assert batch.matrix.shape == (1, 3, 3)
    assert np.isfinite(batch.images.astype(np.float64)).all()


def test_two_pipelines_with_one_seed_agree_and_with_another_differ(images):
    first, again = fa.Compose(EVERYTHING, seed=5), fa.Compose(EVERYTHING, seed=5)

    for _ in range(3):
        assert_same_bits(first(images), again(images))
    assert not np.array_equal(first(images), fa.Compose(EVERYTHING, seed=6)(images))


def test_calls_go_on_and_epochs_differ(images):
    made = fa.Compose(EVERYTHING, seed=5)
    results = [made(images), made(images), made(images, index=np.arange(6), epoch=1)]

    assert not np.array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])
    assert_same_bits(made(images, index=np.arange(6)), results[0])
    assert_same_bits(made(images, index=np.arange(6, 12)), results[1])


def test_a_sample_depends_on_its_index_alone(images):
    made = fa.Compose(EVERYTHING, seed=5)
    whole = made(images, index=np.arange(6), epoch=3)
    order = np.array([4, 0, 5])

    assert_same_bits(made(images[order], index=order, epoch=3), whole[order])
    assert_same_bits(made(list(images[order]), index=order.tolist(), epoch=3), whole[order])
    assert_same_bits(made(images[2], index=2, epoch=3), whole[2])


def test_threads_that_call_at_once_get_every_number_once(images):
    made = fa.Compose(EVERYTHING, seed=5, threads=1)
    expected = {made(images[:1], index=[i]).tobytes() for i in range(40)}
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda _: made(images[:1]).tobytes(), range(40))

    assert set(results) == expected


@pytest.mark.parametrize("transforms", [GEOMETRY, EVERYTHING], ids=["geometry", "everything"])
def test_replay_repeats_bit_for_bit(transforms, images):
    made = fa.Compose(transforms, seed=5)
    batch = made(images, return_params=True)
    params = pickle.loads(pickle.dumps(batch.params))
    out = np.empty_like(batch.images)

    assert_same_bits(made.replay(params, images), batch.images)
    assert made.replay(batch.params, images, out=out) is out
    assert_same_bits(out, batch.images)
    assert_same_bits(fa.Compose(transforms, seed=9).replay(params, images), batch.images)


@pytest.mark.parametrize("cut", [0, 1, 4, 8])
def test_replay_repeats_around_a_function(cut, images):
    transforms = [*EVERYTHING[:cut], fa.Lambda(identity), *EVERYTHING[cut:]]
    made = fa.Compose(transforms, seed=5)
    batch = made(images, return_params=True)

    assert_same_bits(made.replay(batch.params, images), batch.images)
    here = batch.params.names.index("Lambda")
    for order in batch.params.records["order"]:
        assert order[:here].max(initial=-1) < order[here]
        assert order[here] < min([o for o in order[here + 1 :] if o >= 0], default=99)
    assert_same_bits(made(images, index=np.arange(6)), batch.images)


def test_what_stands_before_a_function_is_drawn_as_without_it(images):
    plain = fa.Compose([fa.RandomRotate90(), fa.RandomInvert()], seed=5)
    cut = fa.Compose([fa.RandomRotate90(), fa.RandomInvert(), fa.Lambda(identity)], seed=5)

    assert_same_bits(cut(images), plain(images))


def test_the_matrix_tells_where_pixels_went_also_around_a_function():
    image = np.zeros((33, 33, 1), np.uint8)
    image[5, 20] = 255
    for position in (0, 1, 2):
        transforms = [fa.RandomRotate90(p=1), fa.RandomCrop(33, padding=4)]
        transforms.insert(position, fa.Lambda(identity))
        for seed in range(8):
            batch = fa.Compose(transforms, seed=seed)(image, return_params=True)
            x, y, _ = batch.matrix[0] @ (20, 5, 1)
            if 0 <= x < 33 and 0 <= y < 33:
                assert batch.images[round(y), round(x), 0] == 255


def test_params_tell_what_was_drawn(images):
    made = fa.Compose([fa.RandomRotate90(p=1), fa.RandomInvert(p=1)], seed=5)
    batch = made(images, return_params=True)
    turns = batch.params["RandomRotate90"]["quarter_turns"].astype(int)

    expected = fa.invert(fa.rot90(images, turns))
    assert len(set(turns.tolist())) > 1
    assert_same_bits(batch.images, expected)


def test_json_gives_the_same_pixels(images):
    made = fa.Compose(EVERYTHING, seed=5)

    assert_same_bits(fa.Compose.from_json(made.to_json())(images), made(images))


def test_layouts(images):
    planar = np.ascontiguousarray(np.moveaxis(images, -1, 1))
    normalize = [fa.RandomHorizontalFlip(), fa.Normalize(0.5, 0.5)]
    expected = fa.Compose(normalize, seed=5)(images)

    assert expected.shape == (6, 3, 32, 32)
    assert_same_bits(fa.Compose(normalize, seed=5, layout="CHW")(planar), expected)
    dense = fa.Compose(normalize, seed=5, out_layout="HWC")(images)
    assert_same_bits(np.ascontiguousarray(np.moveaxis(dense, -1, 1)), expected)


def test_a_pipeline_of_nothing_copies(images):
    result = fa.Compose([])(images)

    assert_same_bits(result, images)
    assert not np.shares_memory(result, images)


def test_a_call_that_fails_takes_no_numbers(images):
    made, plain = fa.Compose(EVERYTHING, seed=5), fa.Compose(EVERYTHING, seed=5)
    with pytest.raises(TypeError):
        made(images.astype(np.float64))

    assert_same_bits(made(images), plain(images))


ONE_EACH = "expected one index per sample, (6,)"
WHOLE = "expected a whole number or an array of them"
INDICES = [
    (ValueError, f"Compose: index has shape (3,), {ONE_EACH}", [0, 1, 2]),
    (ValueError, f"Compose: index has shape (), {ONE_EACH}", 3),
    (ValueError, f"Compose: index has shape (1, 6), {ONE_EACH}", np.arange(6)[np.newaxis]),
    (ValueError, "Compose: index holds -1, expected at least 0", [0, 1, 2, -1, 3, 4]),
    (ValueError, "Compose: index holds -1, expected at least 0", np.full(6, -1, np.int8)),
    (TypeError, f"Compose: index is array([0.5, 1. ]), {WHOLE}", [0.5, 1]),
    (TypeError, f"Compose: index is array([ True, False]), {WHOLE}", [True, False]),
    (TypeError, f"Compose: index is array('a', dtype='<U1'), {WHOLE}", "a"),
]


@pytest.mark.parametrize("number", range(len(INDICES)))
def test_errors_of_index(number, images):
    error, message, index = INDICES[number]

    assert_raises(error, message, lambda: fa.Compose(GEOMETRY, seed=5)(images, index=index))


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, ">i4"])
def test_indices_of_any_whole_dtype_mean_the_same(dtype, images):
    made = fa.Compose(GEOMETRY, seed=5)
    index = np.arange(12).astype(dtype)[::2]

    assert_same_bits(made(images, index=index), made(images, index=list(range(0, 12, 2))))


def test_explain_names_every_step_and_the_bytes():
    made = fa.Compose([fa.RandomHorizontalFlip(), fa.RandomInvert(), fa.ToFloat()])
    lines = made.explain((1000, 10, 100, 1)).splitlines()

    assert len(lines) == 3
    assert "RandomHorizontalFlip, RandomInvert, ToFloat" in lines[1]
    assert lines[1].split()[-3:] == ["1.00", "4.00", "out"]
    assert lines[2].startswith("total 5.00 MB: at least ")


def test_explain_follows_the_shape_through_functions():
    made = fa.Compose([fa.CenterCrop(10), fa.Lambda(identity), fa.RandomInvert()])
    lines = made.explain((1000, 20, 20, 1), np.uint16).splitlines()

    assert [line.split()[1] for line in lines[1:4]] == ["CenterCrop", "Lambda", "RandomInvert"]
    assert lines[3].split()[-3:] == ["0.20", "0.20", "out"]


def test_what_follows_a_mean_of_changed_values_keeps_the_layout(rng):
    """A mean is taken of planes, and a filter of the whole image reads what comes after it."""
    for last in (fa.RandomEqualize(1), fa.GaussianBlur(3), fa.RandomAutocontrast(1)):
        moves = [fa.RandomGrayscale(1), fa.ColorJitter(contrast=(0.5, 0.5)), last]
        images = noise(rng, (2, 9, 11, 3), np.uint8)
        found = fa.Compose(moves, seed=0)(images, index=[0, 1])
        planes = fa.Compose(moves, seed=0, layout="CHW")(
            np.ascontiguousarray(images.transpose(0, 3, 1, 2)), index=[0, 1]
        )
        assert (found.transpose(0, 3, 1, 2) == planes).all()
