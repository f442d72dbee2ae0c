"""The parameters that a call returns, and calls that repeat them."""

import pickle

import numpy as np
import pytest

import fast_augment as fa
from fast_augment.transforms.params import RECORD
from helpers.checks import assert_raises, assert_same_bits, check_message, each_case

pytestmark = pytest.mark.usefixtures("recording_engine")

BATCH = np.zeros((3, 4, 6, 3), np.uint8)
RAGGED = [np.zeros((4, 6, 3), np.uint8), np.zeros((5, 3, 3), np.uint8)]
NAMES = ("RandomAffine", "ColorJitter", "RandomAffine", "CenterCrop")


def draws(samples=2, names=NAMES):
    records = np.zeros((samples, len(names)), RECORD)
    records["order"] = np.arange(len(names))
    records["values"] = np.arange(records["values"].size).reshape(records["values"].shape)
    return fa.Params(records, names)


def identity(images):
    return images


def several():
    """Two passes of the engine around a function."""
    return fa.Compose(
        [
            fa.RandomRotate90(),
            fa.RandomInvert(),
            fa.Lambda(identity),
            fa.OneOf([fa.RandomGrayscale(), fa.RandomEqualize()]),
        ],
        seed=4,
    )


def test_records_are_looked_up_by_position_and_by_name():
    params = draws()

    assert len(params) == 4
    assert params.names == ("RandomAffine", "ColorJitter", "RandomAffine#2", "CenterCrop")
    assert params["RandomAffine"].dtype.names[:3] == ("order", "angle", "translate_x")
    assert_same_bits(params["RandomAffine#2"], params[2])
    assert_same_bits(params["CenterCrop"], params[-1])
    assert_same_bits(params[1]["hue"], params.records["values"][:, 1, 3])
    assert_same_bits(params["ColorJitter"]["order"], np.array([1, 1]))


def test_looking_up_copies_nothing():
    params = draws()
    params["CenterCrop"]["left"][1] = -7

    assert params.records["values"][1, 3, 1] == -7
    assert np.shares_memory(params["CenterCrop"], params.records)


def test_a_sample_tells_what_was_applied_in_its_order():
    params = draws(samples=1)
    params.records["order"] = [[2, -1, 0, 1]]

    told = params.sample(0)

    assert [step["transform"] for step in told] == ["RandomAffine#2", "CenterCrop", "RandomAffine"]
    assert told[1] == {"transform": "CenterCrop", "top": 24.0, "left": 25.0}
    assert type(told[1]["top"]) is float


def test_iterating_stops_at_the_last_transform():
    assert len(list(draws())) == 4


def test_params_print_themselves():
    assert repr(draws()) == (
        "<Params of 2 samples: RandomAffine, ColorJitter, RandomAffine#2, CenterCrop>"
    )
    assert repr(draws(1, ["Pad"])) == "<Params of 1 sample: Pad>"


def test_params_travel_as_pickles():
    params = draws()
    again = pickle.loads(pickle.dumps(params))

    assert_same_bits(again.records, params.records)
    assert again.names == params.names
    assert again.sample(1) == params.sample(1)


ERRORS = [
    (KeyError, lambda: draws()["RandomAfine"], "no transform 'RandomAfine', did you mean"),
    (KeyError, lambda: draws(1, ["Pad"])["Crop"], "no transform 'Crop', expected 'Pad'"),
    (IndexError, lambda: draws()[4], "out of range"),
    (IndexError, lambda: draws().sample(2), "out of bounds"),
    (TypeError, lambda: fa.Params(np.zeros((2, 1)), ["Pad"]), "is no array of draws"),
    (ValueError, lambda: fa.Params(draws().records, ["Pad"]), r"shape \(2, 4\), expected \(N, 1\)"),
    (ValueError, lambda: fa.Params(draws().records[0], NAMES), r"shape \(4,\)"),
    (ValueError, lambda: fa.Params(draws().records, [*NAMES[:3], "Crop"]), "transform 'Crop'"),
]


@each_case(ERRORS)
def test_errors_of_params(number):
    error, call, message = ERRORS[number]

    with pytest.raises(error, match=message):
        call()


def test_a_call_returns_a_batch_with_its_params():
    made = fa.Compose([fa.RandomRotate90(), fa.OneOf([fa.RandomInvert(), fa.CenterCrop(2)])])
    result = made(BATCH, return_params=True)

    assert isinstance(result, fa.Batch)
    assert_same_bits(result.images, BATCH + 1)
    assert result.params.names == ("RandomRotate90", "OneOf", "RandomInvert", "CenterCrop")
    assert result.params.records.shape == (3, 4)
    assert result.matrix.shape == (3, 3, 3)


def test_records_of_several_passes_stand_side_by_side():
    result = several()(BATCH, return_params=True)

    assert (result.images == 2).all()
    assert result.params.names == (
        "RandomRotate90",
        "RandomInvert",
        "Lambda",
        "OneOf",
        "RandomGrayscale",
        "RandomEqualize",
    )
    # Of the first sample the stand-in skips the first transform of each pass.
    assert result.params.records["order"].tolist() == [
        [-1, 0, 1, -1, 2, 3],
        [1, 0, 2, 5, 4, 3],
        [1, 0, 2, 5, 4, 3],
    ]
    assert result.params["RandomRotate90"]["quarter_turns"].tolist() == [0, 1, 2]
    assert result.params["OneOf"]["child"].tolist() == [300, 301, 302]


def test_matrices_of_several_passes_are_multiplied_from_the_left():
    matrix = several()(BATCH, return_params=True).matrix

    # x -> 2 x + 1, then x -> 2 x + 4.
    assert matrix.shape == (3, 3, 3)
    assert matrix[1].tolist() == [[4, 0, 6], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize("images", [BATCH, RAGGED, BATCH[0]], ids=["batch", "ragged", "image"])
def test_replay_gives_each_pass_its_own_records(images):
    made = several()
    params = made(images, return_params=True).params
    first, second = [segment.engine for segment in made._segments if segment.engine is not None]
    drawn = first.run(images, 0, 0, 0, None, None, "HWC", "HWC", None, None, True)[1]

    made.replay(params, images)

    assert_same_bits(first.calls[-1]["records"], drawn)
    assert first.calls[-1]["want_params"] is False
    replayed = second.calls[-1]["records"]
    drawn = second.run(images, 0, 0, 0, None, None, "HWC", "HWC", None, None, True)[1]
    assert_same_bits(replayed, drawn)


def test_replay_of_one_pass_copies_nothing():
    made = fa.Compose([fa.RandomRotate90()])
    params = made(BATCH, return_params=True).params
    made.replay(params, BATCH)

    assert made._segments[0].engine.calls[-1]["records"] is params.records


def test_replay_takes_no_numbers():
    made = fa.Compose([fa.RandomRotate90()], seed=1)
    params = made(BATCH, return_params=True).params
    made.replay(params, BATCH)
    made(BATCH)

    assert [call["key"] for call in made._segments[0].engine.calls][2] == (1, 0, 3)


REPLAYS = [
    (
        TypeError,
        "replay: params has type ndarray, expected Params",
        lambda: fa.Compose([fa.Pad(1)]).replay(draws(3, ["Pad"]).records, BATCH),
    ),
    (
        ValueError,
        "replay: params is of (Pad), expected (RandomInvert, Pad) as this pipeline",
        lambda: fa.Compose([fa.RandomInvert(), fa.Pad(1)]).replay(draws(3, ["Pad"]), BATCH),
    ),
    (
        ValueError,
        "replay: images has 3 samples, expected 2 as params",
        lambda: fa.Compose([fa.Pad(1)]).replay(draws(2, ["Pad"]), BATCH),
    ),
]


@each_case(REPLAYS)
def test_errors_of_replay(number):
    check_message(REPLAYS, number)


def test_explain_lists_passes_and_adds_up_their_bytes():
    table = several().explain((1000, 20, 50, 1)).splitlines()

    assert len(table) == 5
    assert " ".join(table[0].split()) == "pass steps begins because reads MB writes MB into"
    assert " ".join(table[1].split()) == "1 RandomRotate90, RandomInvert - 1.00 4.00 HWC to HWC"
    assert table[2].split()[:2] == ["2", "Lambda"]
    assert table[3].split()[-5:] == ["1.00", "4.00", "HWC", "to", "HWC"]
    assert table[4].startswith("total 10.00 MB: at least ")
    assert table[4].endswith("np.copyto on one thread, measured here and now")


def test_explain_follows_dtype_and_shape_through_functions():
    made = fa.Compose([fa.Lambda(lambda image: image[1:].astype(np.float32)), fa.RandomInvert()])
    table = made.explain([1000, 11, 100, 1], np.uint16).splitlines()

    assert table[2].split()[-5:] == ["4.00", "16.00", "HWC", "to", "HWC"]


def test_explain_wants_a_tuple():
    assert_raises(
        TypeError,
        "explain: shape is 3, expected a tuple of whole numbers",
        lambda: fa.Compose([]).explain(3),
    )
