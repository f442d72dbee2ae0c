"""What the engine is told: every field of its structs, by their names there."""

import re
from pathlib import Path

import pytest

import fast_augment as fa
from helpers.pipelines import EXAMPLES

HEADER = Path(__file__).resolve().parent.parent / "cpp" / "pipeline" / "transform.hpp"


def structs():
    """Names of the fields of each struct, read from the header."""
    text = re.sub(r"//.*", "", HEADER.read_text())
    found = {}
    for name, body in re.findall(r"struct (\w+) \{(.*?)\};", text, re.DOTALL):
        lines = [line.strip() for line in body.split(";") if line.strip()]
        words = [line.rsplit(" ", line.count(",") + 1)[1:] for line in lines]
        found[name] = {field.strip(",") for line in words for field in line}
    return found


@pytest.mark.skipif(not HEADER.is_file(), reason="tests run without the source tree")
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_field_of_the_struct_is_given(name):
    for _, struct, fields in EXAMPLES[name]._entries():
        assert set(fields) == structs()[struct], struct


ENTRIES = {
    "RandomHorizontalFlip": {"is_horizontal": True, "p": 0.25},
    "RandomVerticalFlip": {"is_horizontal": False, "p": 1.0},
    "RandomRotate90": {"p": 0.75},
    "RandomRotation": {
        "degrees": (5.0, 10.0),
        "translate_x": 0.0,
        "translate_y": 0.0,
        "scale": (1.0, 1.0),
        "shear_x": (0.0, 0.0),
        "shear_y": (0.0, 0.0),
        "expands": True,
        "has_center": True,
        "center_x": 3.0,
        "center_y": 4.5,
        "interpolation": "nearest",
        "outside": {"border": "edge", "fill": [7.0]},
    },
    "RandomAffine": {
        "degrees": (-15.0, 15.0),
        "translate_x": 0.1,
        "translate_y": 0.2,
        "scale": (0.9, 1.1),
        "shear_x": (-3.0, 4.0),
        "shear_y": (-5.0, 6.0),
        "expands": False,
        "has_center": True,
        "center_x": 1.0,
        "center_y": 2.0,
        "interpolation": "bicubic",
        "outside": {"border": "wrap", "fill": [10.0, 20.0, 30.0]},
    },
    "RandomPerspective": {
        "distortion": 0.25,
        "p": 0.1,
        "interpolation": "nearest",
        "outside": {"border": "reflect", "fill": [10.0, 20.0, 30.0]},
    },
    "RandomCrop": {
        "height": 3,
        "width": 4,
        "is_random": True,
        "pad_left": 1,
        "pad_top": 2,
        "pad_right": 1,
        "pad_bottom": 2,
        "pads_if_needed": True,
        "outside": {"border": "symmetric", "fill": [10.0, 20.0, 30.0]},
    },
    "CenterCrop": {
        "height": 5,
        "width": 5,
        "is_random": False,
        "pad_left": 0,
        "pad_top": 0,
        "pad_right": 0,
        "pad_bottom": 0,
        "pads_if_needed": True,
        "outside": {"border": "constant", "fill": [0.0]},
    },
    "Pad": {
        "left": 1,
        "top": 2,
        "right": 3,
        "bottom": 4,
        "outside": {"border": "edge", "fill": [0.5]},
    },
    "Resize": {
        "height": 5,
        "width": 0,
        "longest": 9,
        "options": {"filter": "bicubic", "antialias": False},
    },
    "RandomResizedCrop": {
        "height": 6,
        "width": 7,
        "scale": (0.5, 0.6),
        "ratio": (1.0, 2.0),
        "options": {"filter": "nearest", "antialias": False},
    },
    "ColorJitter": {
        "brightness": (0.5, 1.5),
        "contrast": (0.5, 2.0),
        "saturation": (0.0, 3.0),
        "hue": (-0.25, 0.5),
        "has_brightness": True,
        "has_contrast": True,
        "has_saturation": True,
        "has_hue": True,
    },
    "RandomGrayscale": {"kind": "gray", "amount": (0.0, 0.0), "gain": 1.0, "p": 0.5},
    "RandomInvert": {"kind": "invert", "amount": (0.0, 0.0), "gain": 1.0, "p": 0.1},
    "RandomSolarize": {"kind": "solarize", "amount": (128.0, 128.0), "gain": 1.0, "p": 0.1},
    "RandomPosterize": {"kind": "posterize", "amount": (3.0, 3.0), "gain": 1.0, "p": 0.1},
    "RandomGamma": {"kind": "gamma", "amount": (2.0, 2.0), "gain": 0.5, "p": 0.1},
    "RandomEqualize": {"kind": "equalize", "p": 0.1},
    "RandomAutocontrast": {"kind": "autocontrast", "p": 0.1},
    "RandomAdjustSharpness": {"factor": (0.5, 2.0), "p": 0.1},
    "GaussianBlur": {"kernel_height": 3, "kernel_width": 5, "sigma": (1.5, 1.5)},
    "GaussianNoise": {"mean": 0.1, "sigma": 0.2, "clips": False},
    "RandomErasing": {
        "p": 0.1,
        "scale": (0.1, 0.2),
        "ratio": (1.0, 2.0),
        "is_noise": False,
        "value": [10.0, 20.0, 30.0],
    },
    "Normalize": {"mean": [0.1, 0.2, 0.3], "std": [0.5], "dtype": "float16"},
    "ToFloat": {"dtype": "bfloat16"},
}


def assert_same_types(given, expected):
    """Equal, and whole numbers where whole numbers are expected."""
    assert type(given) is type(expected), (given, expected)
    if isinstance(expected, dict):
        assert set(given) == set(expected)
        for key, value in expected.items():
            assert_same_types(given[key], value)
    elif isinstance(expected, list | tuple):
        assert len(given) == len(expected)
        for one, other in zip(given, expected, strict=True):
            assert_same_types(one, other)
    else:
        assert given == expected


@pytest.mark.parametrize("name", ENTRIES)
def test_fields_of_single_transforms(name):
    ((label, _, fields),) = EXAMPLES[name]._entries()

    assert label == name
    assert_same_types(fields, ENTRIES[name])


def test_arguments_that_are_left_out():
    (affine,) = fa.RandomAffine(0)._entries()
    (crop,) = fa.RandomCrop(3)._entries()
    (resize,) = fa.Resize((3, 4))._entries()
    (jitter,) = fa.ColorJitter()._entries()
    (erasing,) = fa.RandomErasing(value="random")._entries()

    assert affine[2]["scale"] == (1.0, 1.0)
    assert affine[2]["shear_y"] == (0.0, 0.0)
    assert affine[2]["has_center"] is False
    assert crop[2]["pad_bottom"] == 0
    assert (resize[2]["height"], resize[2]["width"], resize[2]["longest"]) == (3, 4, 0)
    assert not any(jitter[2][f"has_{name}"] for name in ("brightness", "contrast", "hue"))
    assert erasing[2]["is_noise"] is True


def test_groups_stand_before_their_descendants_and_count_them():
    made = fa.RandomApply(
        [
            fa.OneOf([fa.RandomInvert(), fa.SomeOf([fa.Pad(1), fa.Pad(2)], (1, 2))]),
            fa.RandomOrder([fa.RandomEqualize()], p=0.25),
        ]
    )
    entries = made._entries()

    assert [name for name, _, _ in entries] == [
        "RandomApply",
        "OneOf",
        "RandomInvert",
        "SomeOf",
        "Pad",
        "Pad",
        "RandomOrder",
        "RandomEqualize",
    ]
    groups = [fields for _, struct, fields in entries if struct == "Group"]
    unused = {"p": 1.0, "least": 0, "most": 0, "weights": []}
    assert groups == [
        {**unused, "kind": "all", "p": 0.5, "size": 7},
        {**unused, "kind": "one_of", "weights": [1.0, 1.0], "size": 4},
        {**unused, "kind": "some_of", "least": 1, "most": 2, "size": 2},
        {**unused, "kind": "random_order", "p": 0.25, "size": 1},
    ]


def test_draws_have_as_many_names_as_a_record_has_values_at_most():
    for example in EXAMPLES.values():
        names = example._value_names
        assert len(names) == len(set(names)) <= 8
        assert "order" not in names
