"""What calls with targets refuse, word by word; nothing is written."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import check_message, each_case

AUGMENT = fa.Compose([fa.RandomCrop(8)], seed=0)
IMAGES = np.zeros((2, 10, 12, 3), np.uint8)
BOX = [[1, 1, 3, 3]]

# The error, its message, and the call.
CASES = [
    (
        ValueError,
        "Compose: boxes[1][0] is (1, 1, 3, 13), expected a box inside of its image; "
        "BoxFormat(..., clip=True) cuts boxes at its edges",
        lambda: AUGMENT(IMAGES, boxes=[BOX, [[1, 1, 3, 13]]]),
    ),
    (
        ValueError,
        "Compose: boxes[1][1] is (5, 5, 2, 6), expected x0 < x1 and y0 < y1",
        lambda: AUGMENT(IMAGES, boxes=[BOX, [[1, 1, 3, 3], [5, 5, 2, 6]]]),
    ),
    (
        ValueError,
        "Compose: boxes[0][0] is (nan, 1, 3, 3), expected finite numbers",
        lambda: AUGMENT(IMAGES, boxes=[[[float("nan"), 1, 3, 3]], BOX]),
    ),
    (ValueError, "Compose: boxes has 1 elements, expected 2", lambda: AUGMENT(IMAGES, boxes=[BOX])),
    (
        ValueError,
        "Compose: boxes[1] has shape (3,), expected (M, 4)",
        lambda: AUGMENT(IMAGES, boxes=[BOX, [1, 2, 3]]),
    ),
    (
        ValueError,
        "Compose: boxes[1] is [[1, 2, 3, 4], [1, 2]], expected rows of 4 numbers",
        lambda: AUGMENT(IMAGES, boxes=[BOX, [[1, 2, 3, 4], [1, 2]]]),
    ),
    (
        TypeError,
        "Compose: boxes[1] has dtype <U21, expected integers or floats",
        lambda: AUGMENT(IMAGES, boxes=[BOX, [["a", 2, 3, 4]]]),
    ),
    (
        ValueError,
        "Compose: boxes[0] has shape (1, 1, 4), expected (M, 4)",
        lambda: AUGMENT(IMAGES, boxes=np.zeros((2, 1, 1, 4))),
    ),
    (
        TypeError,
        "Compose: boxes is 7, expected an array or a list with one element for each of the 2 "
        "samples",
        lambda: AUGMENT(IMAGES, boxes=7),
    ),
    (
        ValueError,
        "Compose: box_labels[1] has 2 labels, expected 1 as boxes[1] has rows",
        lambda: AUGMENT(IMAGES, boxes=[BOX, BOX], box_labels=[[1], [1, 2]]),
    ),
    (
        ValueError,
        "Compose: box_labels['id'][1] has 1 labels, expected 1 as boxes[1] has rows",
        lambda: AUGMENT(IMAGES, boxes=[BOX, BOX], box_labels={"id": [[1], 2]}),
    ),
    (
        ValueError,
        "Compose: box_labels has shape (2, 3), expected (2, 1, ...) as boxes",
        lambda: AUGMENT(IMAGES, boxes=np.array([BOX, BOX]), box_labels=np.zeros((2, 3))),
    ),
    (
        ValueError,
        "Compose: box_labels is given without boxes, expected both",
        lambda: AUGMENT(IMAGES, box_labels=[[1], [1]]),
    ),
    (
        ValueError,
        "Compose: keypoint_labels is given without keypoints, expected both",
        lambda: AUGMENT(IMAGES, keypoint_labels=[[1], [1]]),
    ),
    (
        ValueError,
        "Compose: masks has shape (2, 10, 11), expected (N, 10, 12) as images, perhaps with "
        "channels",
        lambda: AUGMENT(IMAGES, masks=np.zeros((2, 10, 11), np.uint8)),
    ),
    (
        ValueError,
        "Compose: masks has 3 elements, expected 2",
        lambda: AUGMENT(IMAGES, masks=np.zeros((3, 10, 12), np.uint8)),
    ),
    (
        TypeError,
        "Compose: masks has dtype float64, expected bool, integers or float32",
        lambda: AUGMENT(IMAGES, masks=np.zeros((2, 10, 12), np.float64)),
    ),
    (
        ValueError,
        "Compose: masks has pixels that are not packed (strides (240, 24, 2)); pass "
        "np.ascontiguousarray(masks)",
        lambda: AUGMENT(IMAGES, masks=np.zeros((2, 10, 24), np.uint8)[:, :, ::2]),
    ),
    (
        ValueError,
        "Compose: masks[1] has shape (10, 13), expected (10, 12) as images[1], perhaps with "
        "channels",
        lambda: AUGMENT(IMAGES, masks=[np.zeros((10, 12), np.uint8), np.zeros((10, 13), np.uint8)]),
    ),
    (
        TypeError,
        "Compose: masks[1] has dtype int32, expected uint8 as in masks[0]",
        lambda: AUGMENT(IMAGES, masks=[np.zeros((10, 12), np.uint8), np.zeros((10, 12), np.int32)]),
    ),
    (
        TypeError,
        "Compose: masks[1] has type list, expected an array",
        lambda: AUGMENT(IMAGES, masks=[np.zeros((10, 12), np.uint8), [[1]]]),
    ),
    (
        ValueError,
        "Compose: masks[1] has shape (10, 12, 2), expected as many channels as masks[0], at "
        "least one",
        lambda: AUGMENT(
            IMAGES, masks=[np.zeros((10, 12, 1), np.uint8), np.zeros((10, 12, 2), np.uint8)]
        ),
    ),
    (
        ValueError,
        "Compose: masks is an array and images have several sizes, expected a list of arrays",
        lambda: AUGMENT([IMAGES[0], IMAGES[1, :9]], masks=np.zeros((2, 10, 12), np.uint8)),
    ),
    (
        ValueError,
        "Compose: mask_fill is 300, expected a whole number from 0 to 255 for masks of dtype uint8",
        lambda: fa.Compose([fa.RandomCrop(8)], mask_fill=300)(
            IMAGES, masks=np.zeros((2, 10, 12), np.uint8)
        ),
    ),
    (
        ValueError,
        "Compose: mask_fill is -1.5, expected a whole number from -2147483648 to 2147483647 "
        "for masks of dtype int32",
        lambda: fa.Compose([fa.RandomCrop(8)], mask_fill=-1.5)(
            IMAGES, masks=np.zeros((2, 10, 12), np.int32)
        ),
    ),
    (
        ValueError,
        "Compose: keypoints[0] has shape (1, 3), expected (M, 2)",
        lambda: AUGMENT(IMAGES, keypoints=[[[1, 2, 3]], [[1, 2]]]),
    ),
    (
        ValueError,
        "Compose: keypoints[0][0] is (1, inf), expected finite numbers",
        lambda: AUGMENT(IMAGES, keypoints=[[[1, np.inf]], [[1, 2]]]),
    ),
    (
        ValueError,
        "Compose: keypoints[0] has 3 points in a row, expected 2 as swap",
        lambda: fa.Compose([], keypoints=fa.KeypointFormat(swap=(1, 0)))(
            IMAGES, keypoints=np.zeros((2, 3, 2))
        ),
    ),
    (
        ValueError,
        "Compose: keypoints[0] has points in 2 axes, expected one where points are removed",
        lambda: fa.Compose([], keypoints=fa.KeypointFormat(outside="remove"))(
            IMAGES, keypoints=np.zeros((2, 3, 3, 2))
        ),
    ),
    (
        ValueError,
        "Compose: keypoints[0][0] is (1, 2, -3), expected a scale of at least 0",
        lambda: fa.Compose([], keypoints="xys")(IMAGES, keypoints=[[[1, 2, -3]], [[1, 2, 3]]]),
    ),
    (ValueError, "Compose: labels has 1 elements, expected 2", lambda: AUGMENT(IMAGES, labels=[1])),
    (
        ValueError,
        "Compose: images['b'][0] is 9 x 12, expected 10 x 12 as in images['a']: one draw is "
        "for one size",
        lambda: AUGMENT({"a": IMAGES, "b": IMAGES[:, :9]}),
    ),
    (
        ValueError,
        "Compose: images['b'] is of shape (1, 10, 12, 3), expected as many samples as the others",
        lambda: AUGMENT({"a": IMAGES, "b": IMAGES[:1]}),
    ),
    (
        ValueError,
        "Compose: images is an empty mapping, expected at least one entry",
        lambda: AUGMENT({}),
    ),
    (
        TypeError,
        "Compose: out is no mapping with the keys of images, ['a', 'b']",
        lambda: AUGMENT({"a": IMAGES, "b": IMAGES}, out=IMAGES),
    ),
    (
        ValueError,
        "Compose: out has shape (2, 8, 7, 3), expected (2, 8, 8, 3)",
        lambda: AUGMENT(
            {"a": IMAGES, "b": IMAGES},
            out={"a": np.zeros((2, 8, 8, 3), np.uint8), "b": np.zeros((2, 8, 7, 3), np.uint8)},
        ),
    ),
    (
        ValueError,
        "Compose: out is of shape (2, 10, 12, 3), expected an array (1, 2, ...) as the clips",
        lambda: AUGMENT(IMAGES[None], out=IMAGES),
    ),
    (
        ValueError,
        "Compose: index has shape (2,), expected one index per sample, (1,)",
        lambda: AUGMENT(IMAGES[None], index=[1, 2]),
    ),
    (
        ValueError,
        "Compose: masks has shape (1, 3, 10, 12), expected (1, 2, ...) as the clips",
        lambda: AUGMENT(IMAGES[None], masks=np.zeros((1, 3, 10, 12), np.uint8)),
    ),
    (
        ValueError,
        "Compose: boxes[0] has 3 elements, expected 2",
        lambda: AUGMENT(IMAGES[None], boxes=[[BOX, BOX, BOX]]),
    ),
    (
        ValueError,
        "Compose: boxes[0][1][0] is (5, 5, 5, 6), expected x0 < x1 and y0 < y1",
        lambda: AUGMENT(IMAGES[None], boxes=[[BOX, [[5, 5, 5, 6]]]]),
    ),
    (
        ValueError,
        "Lambda: the function returned images of another size, which masks, boxes and "
        "keypoints would not fit; expected the sizes it got",
        lambda: fa.Compose([fa.Lambda(lambda x: x[:, :5]), fa.RandomHorizontalFlip()])(
            IMAGES, boxes=[BOX, BOX]
        ),
    ),
    (
        ValueError,
        "Compose: out is given for several images of a sample, but the pipeline has a "
        "Lambda, which nobody can check before it runs; expected None",
        lambda: fa.Compose([fa.Lambda(lambda x: x), fa.RandomHorizontalFlip()])(
            {"a": IMAGES, "b": IMAGES}, out={"a": IMAGES.copy(), "b": IMAGES.copy()}
        ),
    ),
    (
        ValueError,
        "Compose: boxes is 'xyyx', expected 'xyxy', 'xywh', 'cxcywh', 'yolo' or 'albumentations'",
        lambda: fa.Compose([], boxes="xyyx"),
    ),
    (
        TypeError,
        "Compose: boxes is 3, expected a BoxFormat or its name",
        lambda: fa.Compose([], boxes=3),
    ),
    (
        TypeError,
        "Compose: boxes is KeypointFormat('xy'), expected a BoxFormat or its name",
        lambda: fa.Compose([], boxes=fa.KeypointFormat()),
    ),
    (
        TypeError,
        "KeypointFormat.from_dict: unknown argument 'swop', did you mean 'swap'?",
        lambda: fa.Compose([], keypoints={"format": "xy", "swop": 1}),
    ),
    (
        ValueError,
        "BoxFormat: min_visibility is 2, expected a number from 0 to 1",
        lambda: fa.BoxFormat(min_visibility=2),
    ),
    (
        ValueError,
        "KeypointFormat: swap is (1, 1), expected None or a permutation of 0 to K - 1",
        lambda: fa.KeypointFormat(swap=(1, 1)),
    ),
    (
        ValueError,
        "Compose: transforms[0] is a Compose with formats of its own, expected the usual ones",
        lambda: fa.Compose([fa.Compose([], mask_fill=1)]),
    ),
    (
        ValueError,
        "KeypointFormat: outside is 'remove', expected 'flag' with swap, which needs every "
        "point in its place",
        lambda: fa.KeypointFormat(swap=(1, 0), outside="remove"),
    ),
    (
        ValueError,
        "Inverse: boxes has 1 elements, expected 2, one for each sample",
        lambda: AUGMENT(IMAGES, boxes=[BOX, BOX]).inverse().boxes([BOX]),
    ),
    (
        TypeError,
        "Inverse: masks[0] has dtype float64, expected bool, integers or float32",
        lambda: (
            AUGMENT(IMAGES, boxes=[BOX, BOX])
            .inverse()
            .masks(
                np.zeros((2, 8, 8)),
            )
        ),
    ),
    (
        ValueError,
        "Inverse: interpolation is 'bilinear', expected 'nearest' for masks of dtype int64",
        lambda: (
            AUGMENT(IMAGES, boxes=[BOX, BOX])
            .inverse()
            .masks(np.zeros((2, 8, 8), int), interpolation="bilinear")
        ),
    ),
    (
        ValueError,
        "Compose: boxes[0] is (1, 1, 1, 3), expected x0 < x1 and y0 < y1",
        lambda: AUGMENT(IMAGES[0], boxes=[[1, 1, 1, 3]]),
    ),
    (
        ValueError,
        "Compose: masks has shape (10, 11), expected (10, 12) as images, perhaps with channels",
        lambda: AUGMENT(IMAGES[0], masks=np.zeros((10, 11), np.uint8)),
    ),
    (
        TypeError,
        "Compose: images has type str, expected a NumPy array or a sequence of NumPy arrays",
        lambda: AUGMENT("abc", boxes=[BOX]),
    ),
    (
        ValueError,
        "Compose: boxes has shape (2, 4), expected (N, M, 4)",
        lambda: AUGMENT(IMAGES, boxes=np.zeros((2, 4))),
    ),
    (
        TypeError,
        "Compose: images[1] has type int, expected a NumPy array",
        lambda: AUGMENT([IMAGES[0], 3], boxes=[BOX, BOX]),
    ),
    (
        ValueError,
        "Compose: images['b'] is a int of 0, expected as many samples as the others",
        lambda: AUGMENT({"a": IMAGES, "b": 3}),
    ),
    (
        TypeError,
        "Compose: images[1] has type int, expected a NumPy array",
        lambda: AUGMENT({"a": IMAGES, "b": [IMAGES[0], 2]}),
    ),
    (
        TypeError,
        "Compose: images has type int, expected a NumPy array or a sequence of NumPy arrays",
        lambda: AUGMENT({"a": 3}),
    ),
    (
        TypeError,
        "Compose: images has dtype float64, expected uint8, uint16 or float32",
        lambda: AUGMENT(IMAGES.astype(float), boxes=[BOX, BOX]),
    ),
]


@each_case(CASES)
def test_messages(number):
    check_message(CASES, number)


def test_a_failed_call_writes_nothing_and_uses_up_no_number():
    augment = fa.Compose([fa.RandomCrop(8)], seed=0)
    images = np.random.default_rng(0).integers(0, 255, IMAGES.shape, dtype=np.uint8)
    out = np.full((2, 8, 8, 3), 7, np.uint8)
    others = {"a": out, "b": np.full((2, 8, 9, 3), 7, np.uint8)}
    for targets in (
        {"boxes": [BOX, [[1, 1, 30, 3]]]},
        {"masks": np.zeros((2, 10, 12))},
        {"keypoints": [[[1, 2]], [[1, np.nan]]]},
        {"labels": [1, 2, 3]},
    ):
        with pytest.raises((TypeError, ValueError)):
            augment(images, **targets, out=out)
        assert (out == 7).all()
    with pytest.raises(ValueError, match="out has shape"):
        augment({"a": images, "b": images}, out=others)
    assert (out == 7).all()
    expected = fa.Compose([fa.RandomCrop(8)], seed=0)(images, index=[0, 1])
    assert (augment(images) == expected).all()


def test_results_of_several_images_lie_apart():
    images = {"a": IMAGES.copy(), "b": IMAGES.copy()}
    both = np.zeros((2, 10, 12, 3), np.uint8)
    flip = fa.Compose([fa.RandomHorizontalFlip()], seed=0)
    with pytest.raises(ValueError, match=r"out\['a'\] shares memory with out\['b'\]"):
        flip(images, out={"a": both, "b": both})
    with pytest.raises(ValueError, match=r"out\['a'\] shares memory with images\['b'\]"):
        flip(images, out={"a": images["b"], "b": both})
