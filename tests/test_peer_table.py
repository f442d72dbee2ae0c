"""Every operation gives what its peers give, within the table of docs/peers.md."""

from dataclasses import replace

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import functional
from fast_augment.transforms.base import REGISTRY
from helpers.images import dtype_name
from helpers.peer_cases import CASES, WITHOUT_PEER
from helpers.peer_measure import Case, Mostly, worst_difference
from helpers.peer_table import PAGE, amount, page, versions
from helpers.peers import PEERS, peer_module

DTYPES = (np.uint8, np.float32)
MEASURED = [
    pytest.param(case, dtype, id=f"{case.name}-{dtype_name(dtype)}")
    for case in CASES
    for dtype in DTYPES
    if case.tolerance(dtype) is not None
]


@pytest.mark.parametrize(("case", "dtype"), MEASURED)
def test_the_peer_agrees(case, dtype):
    peer_module(case.peer)
    worst = worst_difference(case, dtype)

    assert worst <= case.tolerance(dtype).bound, f"differs by {worst}"


@pytest.mark.skipif(not PAGE.is_file(), reason="tests run without the source tree")
def test_the_page_has_the_table():
    assert PAGE.read_text() == page(), "docs/peers.md is not up to date: make peers-table"


def test_every_operation_has_a_peer():
    compared = {case.operation for case in CASES}
    # Its matrices are compared in test_peers.py.
    expected = {*functional.__all__, *REGISTRY, "Compose"} - {"affine_matrix"}

    assert compared | set(WITHOUT_PEER) == expected
    assert not compared & set(WITHOUT_PEER)


def test_a_case_has_a_name_of_its_own_and_says_why_it_is_not_equal():
    assert len({case.name for case in CASES}) == len(CASES)
    for case in CASES:
        found = [case.tolerance(dtype) for dtype in DTYPES]
        is_equal = all(bound is None or bound == Mostly(0, 0.0) for bound in found)
        assert is_equal == (case.why == ""), case.name


def test_versions_are_pinned():
    assert versions().keys() == PEERS.keys()


def negated(image, _):
    return image, fa.invert(image)


def spoilt(image, _):
    """One value of the picture is off by two levels."""
    theirs = image.copy()
    theirs[3, 4, 1] ^= 2
    return image, theirs


def test_a_difference_is_found():
    case = Case("invert", "OpenCV", "", negated)

    assert worst_difference(case, np.uint8) == 255
    assert worst_difference(case, np.float32) > 0.99


def test_a_single_value_is_found_unless_it_may_be_an_outlier():
    case = Case("invert", "OpenCV", "", spoilt)

    assert worst_difference(case, np.uint8) == 2
    assert worst_difference(replace(case, uint8=Mostly(0, 1e-3)), np.uint8) == 0


def test_another_shape_is_refused():
    case = Case("invert", "OpenCV", "", lambda image, _: (image, image[1:]))

    with pytest.raises(AssertionError, match="expected"):
        worst_difference(case, np.uint8)


def test_cells_of_the_table():
    assert amount(None) == "-"
    assert amount(Mostly(0, 0.0)) == "equal"
    assert amount(Mostly(1, 0.0)) == "1 level"
    assert amount(Mostly(8, 0.0)) == "8 levels"
    assert amount(Mostly(1e-5, 0.0)) == "1e-5"
    assert amount(Mostly(0.02, 0.0)) == "0.02"
    assert amount(Mostly(0, 1e-3)) == "equal but for 0.1 % of the values"
