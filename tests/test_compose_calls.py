"""Pipelines: what the constructor takes, and what it tells the engine in a call."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits, check_message, each_case

IMAGE = np.zeros((4, 6, 3), np.uint8)
BATCH = np.zeros((5, 4, 6, 3), np.uint8)
RAGGED = [np.zeros((4, 6, 3), np.uint8), np.zeros((5, 3, 3), np.uint8)]
pytestmark = pytest.mark.usefixtures("recording_engine")

INVERT, CROP = fa.RandomInvert(), fa.CenterCrop(3)


def calls_of(made):
    return [segment.engine.calls for segment in made._segments if segment.engine is not None]


def only_call(made):
    ((call,),) = calls_of(made)
    return call


def test_a_pipeline_of_nothing_gives_a_copy():
    made = fa.Compose([])

    assert_same_bits(made(IMAGE), IMAGE + 1)
    assert made.transforms == ()


def test_what_a_call_passes_on():
    made = fa.Compose([INVERT, fa.ToFloat()], seed=9, layout="CHW", out_layout="HWC", threads=3)
    out = np.zeros((5, 4, 6, 3), np.float32)
    index = np.arange(5)

    made(BATCH, epoch=7, index=index, out=out)

    call = only_call(made)
    assert call["key"] == (9, 7, 0)
    assert call["index"] is index
    assert call["layouts"] == ("CHW", "HWC")
    assert call["out"] is out
    assert call["threads"] == 3
    assert call["records"] is None
    assert call["want_params"] is False


@pytest.mark.parametrize(
    ("transforms", "layout", "given", "expected"),
    [
        ([INVERT], "HWC", None, "HWC"),
        ([INVERT], "CHW", None, "CHW"),
        ([fa.ToFloat()], "HWC", None, "CHW"),
        ([fa.Normalize(0, 1), fa.RandomErasing()], "HWC", None, "CHW"),
        ([fa.ToFloat()], "HWC", "HWC", "HWC"),
        ([INVERT], "HWC", "CHW", "CHW"),
    ],
)
def test_out_layout_is_channels_first_for_floats(transforms, layout, given, expected):
    assert fa.Compose(transforms, layout=layout, out_layout=given).out_layout == expected


def test_samples_are_numbered_over_the_calls():
    made = fa.Compose([INVERT], seed=3)
    made(BATCH)
    made(IMAGE, epoch=2)
    made(RAGGED)
    made(BATCH, index=np.arange(5))
    made(np.zeros((0, 4, 6, 3), np.uint8))
    made(BATCH)

    keys = [call["key"] for call in calls_of(made)[0]]
    assert keys == [(3, 0, 0), (3, 2, 5), (3, 0, 6), (3, 0, 0), (3, 0, 8), (3, 0, 8)]


def test_numbers_of_a_failed_call_are_used_again(monkeypatch):
    made = fa.Compose([INVERT], seed=3)
    made(BATCH)

    def fail(*_):
        raise ValueError("no")

    with monkeypatch.context() as patch:
        patch.setattr(made, "_engine_run", fail)
        assert_raises(ValueError, "no", lambda: made(BATCH))
    made(BATCH)

    assert [call["key"][2] for call in calls_of(made)[0]] == [0, 5]


INDICES = [
    (3, 3),
    (np.uint8(3), 3),
    (2**64 - 1, 2**64 - 1),
    ([0, 3], np.array([0, 3], np.int64)),
    ((0, 2**63), np.array([0, 2**63], np.uint64)),
    ([2**64 - 1], np.array([2**64 - 1], np.uint64)),
    ([], np.array([], np.int64)),
    (range(3), np.array([0, 1, 2], np.int64)),
    (np.array([1, 2], np.uint8), np.array([1, 2], np.uint8)),
]


@each_case(INDICES)
def test_indices_reach_the_engine_as_a_number_or_an_array(number):
    given, expected = INDICES[number]
    made = fa.Compose([INVERT])
    made(BATCH, index=given)
    index = only_call(made)["index"]

    if isinstance(expected, int):
        assert type(index) is int
        assert index == expected
    else:
        assert_same_bits(index, expected)


def test_pipelines_inside_are_replaced_by_their_transforms():
    inner = fa.Compose([INVERT, fa.Compose([CROP])])

    assert fa.Compose([inner, fa.ToFloat(), inner]).transforms == (
        INVERT,
        CROP,
        fa.ToFloat(),
        INVERT,
        CROP,
    )


def double(images):
    return images * 2


def test_functions_cut_the_pipeline_and_keep_the_positions():
    group = fa.OneOf([INVERT, CROP])
    made = fa.Compose([fa.Lambda(double), group, INVERT, fa.Lambda(double), fa.ToFloat()])
    first, second = [segment.engine for segment in made._segments if segment.engine is not None]

    assert [name for name, _, _ in first.entries] == [
        "OneOf",
        "RandomInvert",
        "CenterCrop",
        "RandomInvert",
    ]
    assert (first.first_position, second.first_position) == (1, 6)


def test_functions_run_between_the_passes():
    images = np.full((2, 3, 3, 1), 10, np.uint8)
    made = fa.Compose([INVERT, fa.Lambda(double), INVERT, CROP], seed=1, out_layout="CHW")
    out = np.empty((2, 3, 3, 1), np.uint8)

    assert (made(images, out=out) == 23).all()
    (first,), (second,) = calls_of(made)
    assert first["key"] == second["key"] == (1, 0, 0)
    assert first["out"] is None
    assert second["out"] is out
    assert first["layouts"] == ("HWC", "HWC")
    assert second["layouts"] == ("HWC", "CHW")


def test_a_function_at_the_end_sees_the_final_layout():
    made = fa.Compose([fa.ToFloat(), fa.Lambda(double)])

    assert (made(IMAGE) == 2).all()
    assert only_call(made)["layouts"] == ("HWC", "CHW")


def test_functions_alone():
    made = fa.Compose([fa.Lambda(double)], out_layout="CHW")

    assert (made(IMAGE) == 1).all()
    assert only_call(made)["layouts"] == ("HWC", "CHW")


def test_a_lambda_resets_what_is_known_of_the_values():
    fa.Compose([fa.Normalize(0, 1), fa.Lambda(double), INVERT])


def test_transforms_that_need_no_unit_range_may_follow_normalize():
    noise, blur = fa.GaussianNoise(clip=False), fa.GaussianBlur(3)
    fa.Compose([fa.Normalize(0, 1), CROP, fa.RandomErasing(), blur, noise])
    fa.Compose([fa.ToFloat(), INVERT])


def test_attributes_cannot_be_set():
    made = fa.Compose([])
    for name in ("transforms", "seed", "layout", "out_layout", "threads"):
        with pytest.raises(AttributeError):
            setattr(made, name, getattr(made, name))


INDEX = "expected whole numbers from 0 to 2**64 - 1"
EPOCH = "expected None or a whole number from 0 to 2**32 - 1"
THREADS = "expected None or a whole number from 1 to 1024"
SEED = "expected None, a whole number from 0 to 2**64 - 1, a SeedSequence or a Generator"


def compose_after_normalize(transform):
    return lambda: fa.Compose([fa.Normalize(0, 1), CROP, transform])


def after_normalize(name):
    return (
        f"Compose: {name} stands after Normalize, whose values have no fixed range; put it before"
    )


CONSTRUCTOR = [
    (
        TypeError,
        "Compose: transforms is RandomInvert(), expected a list of transforms",
        lambda: fa.Compose(INVERT),
    ),
    (
        TypeError,
        "Compose: transforms[1] has type function, expected a transform; Lambda(function) makes "
        "one of a function",
        lambda: fa.Compose([INVERT, double]),
    ),
    (
        TypeError,
        "Compose: transforms[0] is the class RandomInvert, expected a transform: RandomInvert(...)",
        lambda: fa.Compose([fa.RandomInvert]),
    ),
    (
        TypeError,
        "Compose: transforms[0] has type NoneType, expected a transform",
        lambda: fa.Compose([None]),
    ),
    (
        ValueError,
        "Compose: transforms[0] is a Compose with a seed, expected None: the outer one seeds all",
        lambda: fa.Compose([fa.Compose([INVERT], seed=3)]),
    ),
    (
        ValueError,
        "Compose: transforms[0] is a Compose with a layout of its own, expected layout='HWC' and "
        "out_layout=None",
        lambda: fa.Compose([fa.Compose([INVERT], layout="CHW")]),
    ),
    (
        ValueError,
        "Compose: layout is 'NHWC', expected 'HWC' or 'CHW'",
        lambda: fa.Compose([], layout="NHWC"),
    ),
    (
        TypeError,
        "Compose: out_layout is 3, expected 'HWC' or 'CHW'",
        lambda: fa.Compose([], out_layout=3),
    ),
    (ValueError, f"Compose: threads is 0, {THREADS}", lambda: fa.Compose([], threads=0)),
    (TypeError, f"Compose: threads is 2.0, {THREADS}", lambda: fa.Compose([], threads=2.0)),
    (ValueError, f"Compose: seed is -1, {SEED}", lambda: fa.Compose([], seed=-1)),
    (ValueError, f"Compose: seed is {2**64}, {SEED}", lambda: fa.Compose([], seed=2**64)),
    (TypeError, f"Compose: seed is 'a', {SEED}", lambda: fa.Compose([], seed="a")),
    (TypeError, f"Compose: seed is True, {SEED}", lambda: fa.Compose([], seed=True)),
    (
        TypeError,
        "Compose: unknown argument 'thread', did you mean 'threads'?",
        lambda: fa.Compose([], thread=3),
    ),
    (
        TypeError,
        "Compose: 2 arguments by position, expected at most 1",
        lambda: fa.Compose([], 3),
    ),
    (ValueError, after_normalize("ColorJitter"), compose_after_normalize(fa.ColorJitter(0.5))),
    (ValueError, after_normalize("GaussianNoise"), compose_after_normalize(fa.GaussianNoise())),
    (
        ValueError,
        after_normalize("RandomInvert"),
        compose_after_normalize(fa.OneOf([CROP, fa.RandomApply([INVERT])])),
    ),
    (
        ValueError,
        "Compose: transforms has 65536 entries, expected at most 65535, those inside of others "
        "included",
        lambda: fa.Compose([INVERT] * 65533 + [fa.OneOf([INVERT, INVERT])]),
    ),
]

CALLS = [
    (TypeError, f"Compose: epoch is 1.0, {EPOCH}", {"epoch": 1.0}),
    (TypeError, f"Compose: epoch is True, {EPOCH}", {"epoch": True}),
    (ValueError, f"Compose: epoch is -1, {EPOCH}", {"epoch": -1}),
    (ValueError, f"Compose: epoch is {2**32}, {EPOCH}", {"epoch": 2**32}),
    (ValueError, f"Compose: index is -1, {INDEX}", {"index": -1}),
    (ValueError, f"Compose: index is {2**64}, {INDEX}", {"index": 2**64}),
    (ValueError, f"Compose: index is [{2**64}], {INDEX}", {"index": [2**64]}),
]


@each_case(CONSTRUCTOR)
def test_errors_of_the_constructor(number):
    check_message(CONSTRUCTOR, number)


@each_case(CALLS)
def test_errors_of_calls(number):
    error, message, arguments = CALLS[number]
    made = fa.Compose([INVERT])

    assert_raises(error, message, lambda: made(BATCH, **arguments))
    assert calls_of(made) == [[]]


FUNCTIONS = [
    (
        ValueError,
        "Compose: out is given, but the pipeline ends in a Lambda, which returns memory of its "
        "own; expected None",
        lambda: fa.Compose([INVERT, fa.Lambda(double)])(BATCH, out=BATCH.copy()),
    ),
    (
        TypeError,
        "Lambda: the function returned NoneType, expected an array or a list of arrays",
        lambda: fa.Compose([INVERT, fa.Lambda(lambda _: None)])(BATCH),
    ),
    (
        ValueError,
        "Lambda: the function returned 4 images, expected 5",
        lambda: fa.Compose([INVERT, fa.Lambda(lambda images: images[1:])])(BATCH),
    ),
]


@each_case(FUNCTIONS)
def test_errors_of_functions(number):
    check_message(FUNCTIONS, number)
