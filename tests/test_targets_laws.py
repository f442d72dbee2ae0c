"""Laws of joint targets: one draw for all, formats, nesting, the way back."""

import pickle

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import noise, to_layout
from helpers.random_pipelines import RngPick, random_pipeline

MOVES = [
    fa.RandomResizedCrop(40, scale=(0.4, 1)),
    fa.RandomHorizontalFlip(),
    fa.RandomAffine(20, translate=(0.1, 0.1)),
    fa.OneOf([fa.RandomCrop(30, padding=4), fa.RandomPerspective(p=1)]),
    fa.ColorJitter(0.4, 0.4, 0.4),
    fa.Resize((32, 36)),
]
SIZE = (50, 60)


def sample_of(rng, count=6):
    corner = rng.uniform(0, 30, (count, 4, 2))
    return {
        "images": noise(rng, (count, *SIZE, 3), np.uint8),
        "masks": {
            "classes": rng.integers(0, 9, (count, *SIZE)),
            "depth": rng.random((count, *SIZE, 2), np.float32),
        },
        "boxes": list(np.concatenate([corner, corner + rng.uniform(2, 20, (count, 4, 2))], -1)),
        "box_labels": {"name": [["a", "b", "c", "d"]] * count, "id": [np.arange(4)] * count},
        "keypoints": rng.uniform(0, 50, (count, 2, 3, 2)),
        "labels": list(range(count)),
    }


def flattened(value, path=""):
    """Arrays in a result, by where they are."""
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list | tuple):
        pairs = enumerate(value)
    else:
        return {path: np.asarray(value)}
    return {k: v for key, item in pairs for k, v in flattened(item, f"{path}/{key}").items()}


def arrays_of(batch):
    names = ("images", "masks", "boxes", "box_labels", "keypoints", "keypoints_visible", "labels")
    return flattened({name: getattr(batch, name) for name in names})


def assert_same(found, expected):
    found, expected = arrays_of(found), arrays_of(expected)
    assert found.keys() == expected.keys()
    for name, value in found.items():
        assert_same_bits(value, expected[name], name)


def pick(value, chosen):
    """The same samples of everything."""
    if isinstance(value, dict):
        return {key: pick(item, chosen) for key, item in value.items()}
    return value[chosen] if isinstance(value, np.ndarray) else [value[i] for i in chosen]


# --- one draw for all


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_the_same_bits_for_any_number_of_threads(threads, rng):
    given = sample_of(rng, 20)
    index = np.arange(20)
    one = fa.Compose(MOVES, seed=1, threads=1)(**given, index=index)

    assert_same(fa.Compose(MOVES, seed=1, threads=threads)(**given, index=index), one)


def test_the_same_bits_in_any_batch_and_order(rng):
    given = sample_of(rng)
    augment = fa.Compose(MOVES, seed=1)
    whole = augment(**given, index=np.arange(6), epoch=3)
    for chosen in ([0], [5, 2], [1, 3, 4], [4, 0, 5, 1, 2, 3]):
        part = augment(**pick(given, chosen), index=chosen, epoch=3)
        for name in ("images", "masks", "boxes", "box_labels", "keypoints"):
            expected = flattened(pick(getattr(whole, name), chosen))
            for path, value in flattened(getattr(part, name)).items():
                assert_same_bits(value, expected[path], (chosen, name, path))


def test_images_are_those_of_a_call_without_targets(rng):
    for case in range(40):
        transforms = random_pipeline(RngPick(rng), np.uint8, 3, 4)
        images = [noise(rng, (*rng.integers(3, 30, 2), 3), np.uint8) for _ in range(3)]
        masks = [image[..., :1].copy() for image in images]
        augment = fa.Compose(transforms, seed=case)
        alone = augment(images, index=[4, 5, 6])
        joint = augment(images, index=[4, 5, 6], masks=masks)
        for one, other in zip(joint.images, alone, strict=True):
            assert_same_bits(one, other, case)
        assert [m.shape[:2] for m in joint.masks] == [
            r.shape[:2] if augment.out_layout == "HWC" else r.shape[1:] for r in alone
        ]


def test_a_replay_a_pickle_and_json_repeat_targets(rng):
    given = sample_of(rng)
    options = {"boxes": fa.BoxFormat("xyxy", min_visibility=0.3), "mask_fill": 4}
    augment = fa.Compose(MOVES, seed=2, keypoints=fa.KeypointFormat(swap=(1, 0, 2)), **options)
    expected = augment(**given, index=np.arange(6))
    images = given["images"]
    rest = {key: value for key, value in given.items() if key != "images"}

    assert_same(augment.replay(expected.params, images, **rest), expected)
    for copy in (pickle.loads(pickle.dumps(augment)), fa.Compose.from_json(augment.to_json())):
        assert copy == augment
        assert_same(copy(**given, index=np.arange(6)), expected)


def test_calls_with_targets_count_their_samples(rng):
    given = sample_of(rng)
    augment = fa.Compose(MOVES, seed=2)
    augment(**given)
    second = augment(given["images"])

    assert_same_bits(second, fa.Compose(MOVES, seed=2)(given["images"], index=np.arange(6, 12)))


# --- several images, clips, layouts


def test_views_share_one_draw(rng):
    images = {
        "left": noise(rng, (4, *SIZE, 3), np.uint8),
        "right": noise(rng, (4, *SIZE, 1), np.float32),
    }
    moves = [fa.RandomResizedCrop(30), fa.RandomRotation(30), fa.RandomHorizontalFlip()]
    augment = fa.Compose(moves, seed=7)
    index = np.arange(4)
    found = augment(images, index=index)
    out = {key: np.empty_like(value) for key, value in found.images.items()}
    again = augment(images, index=index, out=out)

    for key in images:
        assert_same_bits(found.images[key], augment(images[key], index=index), key)
        assert again.images[key] is out[key]
        assert_same_bits(out[key], found.images[key], key)


@pytest.mark.parametrize("layout", ["HWC", "CHW"])
def test_frames_of_a_clip_share_one_draw(layout, rng):
    clips = to_layout(noise(rng, (3, 4, *SIZE, 3), np.uint8), layout)
    masks = rng.integers(0, 5, (3, 4, *SIZE), dtype=np.uint8)
    boxes = rng.uniform(0, 20, (3, 4, 2, 4)) + np.array([0, 0, 25, 25])
    augment = fa.Compose(MOVES, seed=7, layout=layout)
    found = augment(clips, masks=masks, boxes=boxes, keypoints=boxes[..., :2], index=[5, 6, 7])

    assert found.matrix.shape == (3, 3, 3)
    for frame in range(4):
        one = augment(
            clips[:, frame],
            masks=masks[:, frame],
            boxes=boxes[:, frame],
            keypoints=boxes[:, frame, :, :2],
            index=[5, 6, 7],
        )
        assert_same_bits(found.images[:, frame], one.images)
        assert_same_bits(found.masks[:, frame], one.masks)
        assert_same_bits(found.boxes[:, frame], one.boxes)
        assert_same_bits(found.keypoints[:, frame], one.keypoints)
    again = augment.replay(found.params, clips, boxes=[list(clip) for clip in boxes])
    assert_same_bits(again.images, found.images)
    assert len(again.boxes) == 3
    assert len(again.boxes[0]) == 4
    out = np.empty_like(found.images)
    augment(clips, index=[5, 6, 7], out=out)
    assert_same_bits(out, found.images)


def test_clips_without_targets_are_counted_as_samples(rng):
    clips = noise(rng, (2, 3, *SIZE, 1), np.uint8)
    moves = [fa.RandomCrop(20), fa.RandomRotation(10)]
    augment = fa.Compose(moves, seed=7)
    first, second = augment(clips), augment(clips)
    frames = clips.reshape(6, *SIZE, 1)
    for number, found in enumerate((first, second)):
        index = np.repeat([2 * number, 2 * number + 1], 3)
        expected = fa.Compose(moves, seed=7)(frames, index=index)
        assert_same_bits(found, expected.reshape(2, 3, 20, 20, 1))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
def test_planar_masks_are_interleaved_ones_in_planes(dtype, rng):
    images = [noise(rng, (*size, 3), np.uint8) for size in ((20, 30), (25, 25))]
    masks = [rng.integers(0, 9, (*image.shape[:2], 4)).astype(dtype) for image in images]
    usual = fa.Compose(MOVES, seed=2)(images, masks=masks, index=[1, 2]).masks
    planar = fa.Compose(MOVES, seed=2, layout="CHW")
    found = planar(
        [to_layout(image, "CHW") for image in images],
        masks=[to_layout(mask, "CHW") for mask in masks],
        index=[1, 2],
    ).masks
    assert_same_bits(np.stack(list(found)), to_layout(np.stack(list(usual)), "CHW"))


def test_one_image_has_targets_without_the_axis_of_samples(rng):
    given = sample_of(rng, 1)
    augment = fa.Compose(MOVES, seed=2)
    batch = augment(**given, index=[3])
    one = augment(
        given["images"][0],
        masks={key: value[0] for key, value in given["masks"].items()},
        boxes=given["boxes"][0],
        box_labels={key: value[0] for key, value in given["box_labels"].items()},
        keypoints=given["keypoints"][0],
        index=3,
    )
    assert_same_bits(one.images, batch.images[0])
    for key in one.masks:
        assert_same_bits(one.masks[key], batch.masks[key][0])
    assert_same_bits(one.boxes, batch.boxes[0])
    assert_same_bits(one.box_labels["name"], batch.box_labels["name"][0])
    assert_same_bits(one.keypoints, batch.keypoints[0])


# --- a function in the middle


def test_a_function_sees_the_images_only(rng):
    given = sample_of(rng)
    seen = []

    def darken(images):
        seen.append(images.shape)
        return images // 2

    moves = [fa.RandomCrop(40), fa.Lambda(darken), fa.RandomRotation(20), fa.RandomCrop(30)]
    found = fa.Compose(moves, seed=1)(**given, index=np.arange(6))
    plain = fa.Compose(
        [moves[0], fa.ColorJitter(), moves[2], moves[3]], seed=1
    )(**given, index=np.arange(6))  # fmt: skip

    assert seen == [(6, 40, 40, 3)]
    for name in ("masks", "boxes", "keypoints"):
        expected = flattened(getattr(plain, name))
        for path, value in flattened(getattr(found, name)).items():
            assert_same_bits(value, expected[path], (name, path))


# --- back to the source


def test_the_way_back(rng):
    images = [noise(rng, (*size, 3), np.uint8) for size in ((40, 50), (60, 45))]
    moves = [fa.RandomPerspective(0.3, p=1), fa.RandomRotation(20), fa.RandomHorizontalFlip(1)]
    augment = fa.Compose([*moves, fa.Resize((80, 90))], seed=1)
    points = [rng.uniform(10, 35, (7, 2)) for _ in images]
    found = augment(images, keypoints=points)
    back = found.inverse().keypoints(found.keypoints)
    for one, other in zip(back, points, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_boxes_come_back_from_flips_and_crops(rng):
    images = noise(rng, (5, 30, 40, 1), np.uint8)
    boxes = rng.uniform(10, 15, (5, 2, 4)) + np.array([0, 0, 5, 5])
    moves = [fa.RandomHorizontalFlip(), fa.RandomRotate90(1), fa.Pad(7), fa.Resize((60, 60))]
    found = fa.Compose(moves, seed=1)(images, boxes=boxes)

    np.testing.assert_allclose(found.inverse().boxes(found.boxes), boxes, atol=1e-9)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
@pytest.mark.parametrize("layout", ["HWC", "CHW"])
def test_masks_come_back_from_flips_and_pads(dtype, layout, rng):
    images = to_layout(noise(rng, (5, 30, 40, 3), np.uint8), layout)
    masks = to_layout(rng.integers(0, 9, (5, 30, 40, 2)), layout).astype(dtype)
    moves = [fa.RandomHorizontalFlip(), fa.Pad((7, 1, 3, 2)), fa.RandomVerticalFlip()]
    found = fa.Compose(moves, seed=1, layout=layout)(images, masks=masks)
    back = found.inverse().masks(found.masks, layout=layout)

    assert_same_bits(back, masks)


def test_one_sample_comes_back_without_an_axis(rng):
    image, mask = noise(rng, (30, 40, 3), np.uint8), rng.integers(0, 9, (30, 40))
    found = fa.Compose([fa.RandomVerticalFlip(1)], seed=0)(
        image, masks=mask, boxes=[[1, 2, 3, 4]], keypoints=[[1.0, 2]]
    )
    back = found.inverse()

    assert_same_bits(back.masks(found.masks), mask)
    assert back.boxes(found.boxes).tolist() == [[1, 2, 3, 4]]
    assert back.keypoints(found.keypoints).tolist() == [[1, 2]]
