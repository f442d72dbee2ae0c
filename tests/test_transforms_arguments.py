"""What the constructors of transforms take, and how they store it."""

import dataclasses
import enum

import numpy as np
import pytest

import fast_augment as fa
from helpers.pipelines import EXAMPLES

NAN = float("nan")

# Two ways to say the same.
EQUAL = [
    (fa.RandomHorizontalFlip(np.float32(0.5)), fa.RandomHorizontalFlip()),
    (fa.RandomRotation(30), fa.RandomRotation(degrees=(-30, 30))),
    (fa.RandomRotation(np.array([1, 2])), fa.RandomRotation([1.0, 2.0])),
    (fa.RandomRotation(0), fa.RandomRotation((0, 0))),
    (fa.RandomRotation(1, expand=np.True_), fa.RandomRotation(1, expand=True)),
    (fa.RandomAffine(0, shear=5), fa.RandomAffine(0, shear=(-5, 5))),
    (fa.RandomAffine(0, shear=(-5, 5)), fa.RandomAffine(0, shear=(-5, 5, 0, 0))),
    (fa.RandomAffine(0, fill=np.array([1, 2, 3])), fa.RandomAffine(0, fill=(1, 2, 3))),
    (fa.RandomAffine(0, fill=np.uint8(7)), fa.RandomAffine(0, fill=7.0)),
    (fa.RandomCrop(np.int64(3)), fa.RandomCrop((3, 3))),
    (fa.RandomCrop(3, padding=1), fa.RandomCrop(3, padding=(1, 1, 1, 1))),
    (fa.Pad((1, 2)), fa.Pad([1, 2, 1, 2])),
    (fa.Resize(np.array([4, 5])), fa.Resize((4, 5))),
    (fa.ColorJitter(0.25), fa.ColorJitter((0.75, 1.25))),
    (fa.ColorJitter(2), fa.ColorJitter((0, 3))),
    (fa.ColorJitter(), fa.ColorJitter(None, None, None, None)),
    (fa.ColorJitter(contrast=(1, 1)), fa.ColorJitter()),
    (fa.ColorJitter(hue=0.5), fa.ColorJitter(hue=(-0.5, 0.5))),
    (fa.RandomGamma((2, 2)), fa.RandomGamma(2)),
    (fa.GaussianBlur(3, 1), fa.GaussianBlur((3, 3), sigma=(1, 1))),
    (fa.Normalize([0.5], np.float64(2)), fa.Normalize((0.5,), 2)),
    (fa.Normalize(0, 1, np.float16), fa.Normalize(0, 1, "float16")),
    (fa.ToFloat(np.dtype("float32")), fa.ToFloat()),
    (fa.SomeOf([fa.Pad(1)], (1, 1)), fa.SomeOf([fa.Pad(1)], 1)),
    (fa.RandomApply((fa.Pad(1),)), fa.RandomApply([fa.Pad((1, 1))])),
]


@pytest.mark.parametrize("number", range(len(EQUAL)))
def test_two_ways_to_say_the_same_are_stored_alike(number):
    one, other = EQUAL[number]

    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)


def test_other_arguments_and_other_classes_differ():
    assert fa.Resize(5) != fa.Resize((5, 5))
    assert fa.RandomInvert(0.5) != fa.RandomEqualize(0.5)
    assert fa.RandomAffine(15) != fa.RandomAffine(15, border="edge")


def test_enums_of_names_are_taken_as_names():
    class Mode(enum.Enum):
        BILINEAR = "bilinear"

    assert fa.Resize(5, Mode.BILINEAR).interpolation == "bilinear"


def plain_types(value):
    if isinstance(value, tuple):
        return all(map(plain_types, value))
    return value is None or type(value) in (bool, int, float, str) or value.__class__ in KNOWN


KNOWN = {type(example) for example in EXAMPLES.values()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_arguments_are_stored_as_plain_python_values(name):
    example = EXAMPLES[name]
    stored = [getattr(example, field.name) for field in dataclasses.fields(example)]

    assert all(map(plain_types, stored)), stored


def test_numpy_numbers_are_stored_as_python_numbers():
    made = fa.RandomAffine(
        np.float32(0.5),
        translate=np.array([0.5, 0.25], np.float16),
        fill=np.arange(3, dtype=np.uint8),
    )

    assert plain_types((made.degrees, made.translate, made.fill))


def with_nan(value):
    """The argument with a NaN in each place where a number stands."""
    if isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from ((*value[:i], changed, *value[i + 1 :]) for changed in with_nan(item))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield NAN


@pytest.mark.parametrize("bad", [NAN, float("inf"), -float("inf"), 10**400])
@pytest.mark.parametrize("name", EXAMPLES)
def test_nan_and_infinity_are_refused_everywhere(name, bad):
    example = EXAMPLES[name]
    arguments = {f.name: getattr(example, f.name) for f in dataclasses.fields(example)}
    tried = 0
    for argument, value in arguments.items():
        for changed in with_nan(value):
            items = changed if isinstance(changed, tuple) else (changed,)
            wrong = tuple(bad if item != item else item for item in items)
            wrong = wrong if isinstance(changed, tuple) else wrong[0]
            with pytest.raises((TypeError, ValueError), match=f"^{name}: {argument} is "):
                type(example)(**{**arguments, argument: wrong})
            tried += 1
    assert tried > 0 or name in ("ToFloat", "AlternatingFlip")


@pytest.mark.parametrize("bad", [None, "x", b"x", {}, object(), True, 1j, [[1, 2], [3, 4]]])
@pytest.mark.parametrize("name", EXAMPLES)
def test_arguments_of_a_wrong_kind_are_refused_by_name(name, bad):
    example = EXAMPLES[name]
    arguments = {f.name: getattr(example, f.name) for f in dataclasses.fields(example)}
    optional = {"center", "translate", "scale", "shear", "max_size", "weights", "padding"}
    optional |= {"brightness", "contrast", "saturation", "hue", "sampler_options"}
    if name == "RandAugment":
        optional |= {"num_magnitude_bins", "interpolation", "fill"}
    for argument, value in arguments.items():
        if (bad is None and argument in optional) or (bad is True and isinstance(value, bool)):
            continue
        with pytest.raises((TypeError, ValueError), match=f"^{name}: {argument}"):
            type(example)(**{**arguments, argument: bad})


@pytest.mark.parametrize("name", EXAMPLES)
def test_transforms_are_frozen(name):
    example = EXAMPLES[name]
    field = dataclasses.fields(example)[0].name

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(example, field, getattr(example, field))


def test_a_list_that_was_given_may_change_later():
    children = [fa.Pad(1)]
    made = fa.RandomApply(children)
    children.append(fa.Pad(2))

    assert made == fa.RandomApply([fa.Pad(1)])


def nested(depth):
    made = fa.Pad(1)
    for _ in range(depth):
        made = fa.RandomApply([made])
    return made


def test_combinators_nest_up_to_a_depth():
    assert len(nested(32)._entries()) == 33
    with pytest.raises(ValueError, match="nested too deep") as caught:
        nested(33)
    assert str(caught.value) == (
        "RandomApply: transforms are nested too deep, expected 32 levels at most"
    )
