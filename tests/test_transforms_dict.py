"""Transforms and pipelines as dicts and as JSON."""

import json

import pytest

import fast_augment as fa
from helpers.checks import assert_raises, check_message, each_case
from helpers.pipelines import EXAMPLES

every_example = pytest.mark.parametrize("name", EXAMPLES)


def compose_dict(**changes):
    made = fa.Compose([fa.RandomInvert()], seed=5).to_dict()
    return {key: value for key, value in {**made, **changes}.items() if value != "left out"}


def nested_dict(depth):
    made = {"transform": "RandomInvert"}
    for _ in range(depth):
        made = {"transform": "RandomApply", "transforms": [made]}
    return made


@every_example
def test_dicts_and_json_give_the_transform_back(name):
    example = EXAMPLES[name]
    described = example.to_dict()

    assert described["transform"] == name
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert fa.Transform.from_dict(described) == example
    assert type(example).from_dict(described) == example


def test_a_dict_has_all_arguments_so_that_new_defaults_change_nothing():
    assert fa.RandomResizedCrop(224).to_dict() == {
        "transform": "RandomResizedCrop",
        "size": [224, 224],
        "scale": [0.08, 1.0],
        "ratio": [3 / 4, 4 / 3],
        "interpolation": "bilinear",
        "antialias": True,
    }


def test_arguments_that_are_left_out_have_their_defaults():
    assert fa.Transform.from_dict({"transform": "RandomInvert"}) == fa.RandomInvert()


def test_the_dict_that_was_given_is_not_changed():
    described = fa.RandomApply([fa.RandomInvert()]).to_dict()
    before = json.dumps(described)
    fa.Transform.from_dict(described)

    assert json.dumps(described) == before


def test_pipelines_give_themselves_back():
    children = list(EXAMPLES.values())
    normalize = next(i for i, child in enumerate(children) if isinstance(child, fa.Normalize))
    made = fa.Compose(children[:normalize], seed=2**64 - 1, layout="CHW", threads=3)

    assert fa.Compose.from_dict(made.to_dict()) == made
    assert fa.Compose.from_json(made.to_json()) == made
    assert json.loads(made.to_json()) == made.to_dict()


def test_a_pipeline_as_dict():
    assert fa.Compose([fa.RandomInvert(), fa.ToFloat()], seed=5).to_dict() == {
        "transform": "Compose",
        "version": 1,
        "transforms": [
            {"transform": "RandomInvert", "p": 0.5},
            {"transform": "ToFloat", "dtype": "float32"},
        ],
        "seed": 5,
        "layout": "HWC",
        "out_layout": "CHW",
        "threads": None,
        "boxes": {
            "format": "xyxy",
            "min_area": 0.0,
            "min_side": 0.0,
            "min_visibility": 0.0,
            "clip": False,
        },
        "keypoints": {"format": "xy", "swap": None, "outside": "flag"},
        "mask_fill": 0,
    }


TRANSFORMS = [
    (
        ValueError,
        "Transform.from_dict: unknown transform 'RandomAfine', did you mean 'RandomAffine'?",
        lambda: fa.Transform.from_dict({"transform": "RandomAfine"}),
    ),
    (
        TypeError,
        "RandomAffine: unknown argument 'degree', did you mean 'degrees'?",
        lambda: fa.Transform.from_dict({"transform": "RandomAffine", "degree": 3}),
    ),
    (
        TypeError,
        "RandomAffine: missing argument 'degrees'",
        lambda: fa.Transform.from_dict({"transform": "RandomAffine"}),
    ),
    (
        TypeError,
        "Transform.from_dict: got [1], expected a mapping of arguments",
        lambda: fa.Transform.from_dict([1]),
    ),
    (
        TypeError,
        "Transform.from_dict: got 'RandomInvert', expected a mapping of arguments",
        lambda: fa.Transform.from_dict(
            {"transform": "RandomApply", "transforms": ["RandomInvert"]}
        ),
    ),
    (
        ValueError,
        "Transform.from_dict: no key 'transform' in {'p': 0.5}",
        lambda: fa.Transform.from_dict({"p": 0.5}),
    ),
    (
        TypeError,
        "Transform.from_dict: the name of argument 3 has type int, expected str",
        lambda: fa.Transform.from_dict({"transform": "RandomInvert", 3: 0.5}),
    ),
    (
        ValueError,
        "RandomCrop.from_dict: transform is 'RandomInvert', expected 'RandomCrop'",
        lambda: fa.RandomCrop.from_dict(fa.RandomInvert().to_dict()),
    ),
    (
        ValueError,
        "Transform.from_dict: transforms are nested too deep, expected 32 levels at most",
        lambda: fa.Transform.from_dict(nested_dict(40)),
    ),
    (
        TypeError,
        "Lambda: Lambda(function=abs) cannot be written to a dict, since a function is no plain "
        "value",
        lambda: fa.Compose([fa.Lambda(abs)]).to_dict(),
    ),
]

PIPELINES = [
    (
        ValueError,
        "Compose.from_dict: version is 2, written by a newer fast_augment; expected at most 1",
        lambda: fa.Compose.from_dict(compose_dict(version=2)),
    ),
    (
        ValueError,
        "Compose.from_dict: version is None, expected 1",
        lambda: fa.Compose.from_dict(compose_dict(version="left out")),
    ),
    (
        ValueError,
        "Compose.from_dict: version is '1', expected 1",
        lambda: fa.Compose.from_dict(compose_dict(version="1")),
    ),
    (
        ValueError,
        "Compose.from_dict: transform is 'RandomInvert', expected 'Compose'",
        lambda: fa.Compose.from_dict(fa.RandomInvert().to_dict()),
    ),
    (
        TypeError,
        "Compose.from_dict: got 3, expected a mapping of arguments",
        lambda: fa.Compose.from_dict(3),
    ),
    (
        TypeError,
        "Compose: missing argument 'transforms'",
        lambda: fa.Compose.from_dict(compose_dict(transforms="left out")),
    ),
    (
        TypeError,
        "Compose: unknown argument 'sed', did you mean 'seed'?",
        lambda: fa.Compose.from_dict(compose_dict(sed=3)),
    ),
    (
        ValueError,
        "Compose.from_json: text is no JSON: Expecting value: line 1 column 1 (char 0)",
        lambda: fa.Compose.from_json("oops"),
    ),
    (
        ValueError,
        "Compose.from_json: text is no JSON object",
        lambda: fa.Compose.from_json("[1, 2]"),
    ),
    (
        ValueError,
        "Compose.from_json: text is nested too deep",
        lambda: fa.Compose.from_json("[" * 200_000),
    ),
    (
        TypeError,
        "Compose.from_json: text has type int, expected str",
        lambda: fa.Compose.from_json(3),
    ),
]


@each_case(TRANSFORMS)
def test_errors_of_transforms(number):
    check_message(TRANSFORMS, number)


@each_case(PIPELINES)
def test_errors_of_pipelines(number):
    check_message(PIPELINES, number)


def test_nan_in_json_is_refused():
    text = fa.Compose([fa.RandomInvert(0.25)], seed=0).to_json().replace("0.25", "NaN")

    assert_raises(
        ValueError,
        "RandomInvert: p is nan, expected a number from 0 to 1",
        lambda: fa.Compose.from_json(text),
    )
