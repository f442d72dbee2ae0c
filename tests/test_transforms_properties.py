"""Whatever JSON holds, a transform is made that gives itself back, or the error is a clear one."""

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fast_augment as fa
from helpers.pipelines import EXAMPLES

NUMBERS = st.one_of(
    st.integers(),
    st.integers(0, 9),
    st.sampled_from((10**400, -(10**400), 2**31, 2**63, 2**64)),
    st.floats(0, 1),
    st.floats(),
)
NAMES = st.sampled_from(
    ("bilinear", "edge", "random", "float16", "RandomInvert", "Lambda", "Compose", "")
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, NAMES, st.text(max_size=5)),
    lambda inside: st.one_of(
        st.lists(inside, max_size=4), st.dictionaries(st.text(max_size=5), inside, max_size=2)
    ),
    max_leaves=6,
)
many = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def changed_dicts(draw):
    """An example as dict, with some arguments of any kind."""
    described = EXAMPLES[draw(st.sampled_from(sorted(EXAMPLES)))].to_dict()
    for key in draw(st.lists(st.sampled_from(sorted(described)), max_size=2)):
        described[key] = draw(st.one_of(VALUES, NUMBERS, st.tuples(NUMBERS, NUMBERS).map(list)))
    if draw(st.integers(0, 9)) == 0:
        described[draw(st.text(max_size=8))] = draw(VALUES)
    return described


def numbers_in(value):
    if isinstance(value, list | tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(item)
    elif isinstance(value, int | float):
        yield value


@many
@given(changed_dicts())
def test_a_dict_gives_a_transform_or_a_type_or_value_error(described):
    try:
        made = fa.Transform.from_dict(described)
    except (TypeError, ValueError) as error:
        message = str(error)
        made = None
    if made is None:
        assert "\n" not in message
        assert len(message) < 1000
        return
    again = made.to_dict()

    assert fa.Transform.from_dict(json.loads(json.dumps(again, allow_nan=False))) == made
    assert all(math.isfinite(number) for number in numbers_in(again))
    assert eval(repr(made), {name: getattr(fa, name) for name in fa.__all__}) == made
    assert hash(made) == hash(fa.Transform.from_dict(again))


@many
@given(
    VALUES, st.sampled_from(("transforms", "seed", "layout", "out_layout", "threads", "version"))
)
def test_json_gives_a_pipeline_or_a_type_or_value_error(value, key):
    described = fa.Compose([fa.RandomInvert()], seed=3).to_dict()
    try:
        made = fa.Compose.from_json(json.dumps({**described, key: value}))
    except (TypeError, ValueError):
        return

    assert fa.Compose.from_json(made.to_json()) == made


@many
@given(st.text())
def test_other_text_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"^Compose.from_json: text is no JSON"):
        fa.Compose.from_json(text)
