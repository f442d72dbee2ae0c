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


@pytest.mark.parametrize("threads", (2, 3, 8))
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


# --- formats


def test_box_formats_say_the_same(rng):
    corner = rng.uniform(0, 30, (5, 2))
    edges = np.concatenate([corner, corner + rng.uniform(2, 20, (5, 2))], axis=1)
    image = noise(rng, (*SIZE, 3), np.uint8)
    sizes = np.array([SIZE])
    expected = fa.Compose(MOVES, seed=3)(image, boxes=edges).boxes
    end = np.array([[32, 36]])
    for name in ("xyxy", "xywh", "cxcywh", "yolo", "albumentations"):
        form = fa.BoxFormat(name)
        written = form._from_edges(edges, sizes)
        np.testing.assert_allclose(form._to_edges(written, sizes), edges, rtol=1e-12)
        found = fa.Compose(MOVES, seed=3, boxes=name)(image, boxes=written).boxes
        np.testing.assert_allclose(form._to_edges(found, end), expected, rtol=1e-9, atol=1e-9)


def test_box_formats_by_hand():
    edges, sizes = np.array([[10.0, 20, 30, 60]]), np.array([[100, 50]])
    written = {
        "xywh": [10, 20, 20, 40],
        "cxcywh": [20, 40, 20, 40],
        "yolo": [0.4, 0.4, 0.4, 0.4],
        "albumentations": [0.2, 0.2, 0.6, 0.6],
    }
    for name, numbers in written.items():
        np.testing.assert_allclose(fa.BoxFormat(name)._from_edges(edges, sizes)[0], numbers)


def test_boxes_are_filtered_by_area_side_and_visibility():
    image = np.zeros((20, 20, 1), np.uint8)
    boxes = np.array([[0.0, 0, 10, 10], [9, 0, 11, 10], [0, 4, 20, 5], [11, 11, 20, 20]])

    def kept(**limits):
        form = fa.BoxFormat(**limits)
        augment = fa.Compose([fa.CenterCrop(10)], seed=0, boxes=form)  # 5 to 15
        return augment(image, boxes=boxes, box_labels=np.arange(4)).box_labels.tolist()

    assert kept() == [0, 1, 3]
    assert kept(min_area=11) == [0, 3]
    assert kept(min_area=17) == [0]
    assert kept(min_side=3) == [0, 3]
    assert kept(min_visibility=0.24) == [0, 1]
    assert kept(min_visibility=0.26) == [1]


def test_a_crop_cuts_what_a_pad_does_not_give_back():
    image = np.zeros((20, 20, 1), np.uint8)
    augment = fa.Compose([fa.CenterCrop(10), fa.Pad(5)], seed=0)
    found = augment(image, boxes=[[0, 0, 8, 8], [0, 0, 4, 20]], keypoints=[[2.0, 2], [7, 7]])

    assert found.boxes.tolist() == [[5, 5, 8, 8]]
    assert found.keypoints_visible.tolist() == [False, True]
    assert found.keypoints.tolist() == [[2, 2], [7, 7]]


def test_padded_boxes_stay_padded(rng):
    boxes = np.full((2, 3, 4), -1, np.float32)
    boxes[0, 0], boxes[0, 2] = (0, 0, 3, 3), (6, 6, 9, 9)
    names = np.array([[7, 0, 8], [0, 0, 0]])
    scores = np.array([[0.5, 0, 0.25], [0, 0, 0]], np.float32)
    augment = fa.Compose([fa.CenterCrop(8)], seed=0)  # of 10 x 10: 1 to 9
    images = np.zeros((2, 10, 10, 1), np.uint8)
    found = augment(images, boxes=boxes, box_labels={"name": names, "score": scores})

    expected = np.full((2, 3, 4), -1, np.float32)
    expected[0, 0], expected[0, 1] = (0, 0, 2, 2), (5, 5, 8, 8)
    assert_same_bits(found.boxes, expected)
    assert found.box_labels["name"].tolist() == [[7, 8, -1], [-1, -1, -1]]
    assert_same_bits(
        found.box_labels["score"], np.array([[0.5, 0.25, -1], [-1, -1, -1]], np.float32)
    )


def test_boxes_may_be_few_or_none():
    augment = fa.Compose([fa.RandomHorizontalFlip(1)], seed=0)
    images = np.zeros((3, 4, 6, 1), np.uint8)
    found = augment(images, boxes=[[], [[0, 0, 1, 1]], np.zeros((0, 4), np.float32)])

    assert [box.shape for box in found.boxes] == [(0, 4), (1, 4), (0, 4)]
    assert found.boxes[1].tolist() == [[5, 0, 6, 1]]
    empty = augment(images[:0], boxes=np.zeros((0, 5, 4)), masks=np.zeros((0, 4, 6), bool))
    assert empty.boxes.shape == (0, 5, 4)
    assert empty.masks.shape == (0, 4, 6)


def test_boxes_that_reach_outside_are_cut_on_demand():
    augment = fa.Compose([fa.RandomVerticalFlip(1)], seed=0, boxes=fa.BoxFormat(clip=True))
    found = augment(np.zeros((4, 6, 1), np.uint8), boxes=[[-3, 1, 2, 9], [7, 0, 9, 2]])

    assert found.boxes.tolist() == [[0, 0, 2, 3]]


# --- keypoints


def test_left_and_right_change_places_in_mirrored_images():
    points = np.array([[1.0, 2], [4, 2], [2, 3]])
    images = np.zeros((1, 5, 7, 1), np.uint8)
    for flips, is_mirrored in (
        ([fa.RandomHorizontalFlip(1)], True),
        ([fa.RandomVerticalFlip(1)], True),
        ([fa.RandomHorizontalFlip(1), fa.RandomVerticalFlip(1)], False),
        ([fa.RandomRotation((180, 180))], False),
        ([fa.RandomPerspective(0.3, p=1), fa.RandomHorizontalFlip(1)], True),
    ):
        swapping = fa.Compose(flips, seed=0, keypoints=fa.KeypointFormat(swap=(1, 0, 2)))
        plain = fa.Compose(flips, seed=0)(images, keypoints=points[None]).keypoints[0]
        found = swapping(images, keypoints=np.stack([points, points])[None]).keypoints[0]
        order = [1, 0, 2] if is_mirrored else [0, 1, 2]
        assert_same_bits(found, np.stack([plain[order]] * 2))


def test_angles_and_scales_turn_with_the_picture():
    image = np.zeros((9, 9, 1), np.uint8)
    points = np.array([[4.0, 4, 30, 2]])

    def moved(*transforms):
        augment = fa.Compose(transforms, seed=0, keypoints="xyas")
        return augment(image, keypoints=points).keypoints[0, 2:]

    np.testing.assert_allclose(moved(fa.RandomRotation((50, 50))), (80, 2))
    np.testing.assert_allclose(moved(fa.RandomRotation((-50, -50))), (340, 2))
    np.testing.assert_allclose(moved(fa.RandomHorizontalFlip(1)), (150, 2))
    np.testing.assert_allclose(moved(fa.RandomVerticalFlip(1)), (330, 2))
    np.testing.assert_allclose(moved(fa.Resize((27, 27))), (30, 6))
    np.testing.assert_allclose(moved(fa.RandomAffine(0, scale=(0.5, 0.5))), (30, 1))


def test_scales_and_angles_under_a_perspective_are_those_of_small_steps(rng):
    augment = fa.Compose([fa.RandomPerspective(0.5, p=1)], seed=5, keypoints="xyas")
    image = np.zeros((40, 40, 1), np.uint8)
    base, step = rng.uniform(8, 30, (20, 2)), 1e-5
    angles = rng.uniform(0, 360, 20)
    ahead = base + step * np.stack([np.cos(np.radians(angles)), -np.sin(np.radians(angles))], 1)
    aside = base + step * np.stack([np.sin(np.radians(angles)), np.cos(np.radians(angles))], 1)
    columns = np.stack([angles, np.full(20, 3.0)], axis=1)
    results = [
        augment(image, keypoints=np.concatenate([xy, columns], 1), index=1).keypoints
        for xy in (base, ahead, aside)
    ]
    forward, right = ((results[k][:, :2] - results[0][:, :2]) / step for k in (1, 2))
    turned = np.degrees(np.arctan2(-forward[:, 1], forward[:, 0])) % 360
    grown = np.sqrt(np.abs(forward[:, 0] * right[:, 1] - forward[:, 1] * right[:, 0]))
    np.testing.assert_allclose(results[0][:, 2], turned, atol=1e-2)
    np.testing.assert_allclose(results[0][:, 3], 3 * grown, rtol=1e-3)


def test_points_out_of_view_are_removed_on_demand():
    form = fa.KeypointFormat(outside="remove")
    augment = fa.Compose([fa.CenterCrop(4)], seed=0, keypoints=form)
    points = [[[0.0, 0], [4, 4]], np.zeros((0, 2)), [[5.0, 5], [9, 9], [3, 3]]]
    names = [["a", "b"], [], ["c", "d", "e"]]
    found = augment(np.zeros((3, 10, 10, 1), np.uint8), keypoints=points, keypoint_labels=names)

    assert [p.tolist() for p in found.keypoints] == [[[1, 1]], [], [[2, 2], [0, 0]]]
    assert [list(label) for label in found.keypoint_labels] == [["b"], [], ["c", "e"]]


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


@pytest.mark.parametrize("layout", ("HWC", "CHW"))
def test_frames_of_a_clip_share_one_draw(layout, rng):
    clips = to_layout(noise(rng, (3, 4, *SIZE, 3), np.uint8), layout)
    masks = rng.integers(0, 5, (3, 4, *SIZE), dtype=np.uint8)
    boxes = rng.uniform(0, 20, (3, 4, 2, 4)) + [0, 0, 25, 25]
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


@pytest.mark.parametrize("dtype", (np.uint8, np.int64, np.float32))
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
    boxes = rng.uniform(10, 15, (5, 2, 4)) + [0, 0, 5, 5]
    moves = [fa.RandomHorizontalFlip(), fa.RandomRotate90(1), fa.Pad(7), fa.Resize((60, 60))]
    found = fa.Compose(moves, seed=1)(images, boxes=boxes)

    np.testing.assert_allclose(found.inverse().boxes(found.boxes), boxes, atol=1e-9)


@pytest.mark.parametrize("dtype", (bool, np.uint8, np.int64, np.float32))
@pytest.mark.parametrize("layout", ("HWC", "CHW"))
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
