"""What docs/targets.md says of every transform is what happens."""

import pytest

import fast_augment as fa
from fast_augment.transforms.base import REGISTRY
from helpers.target_table import COMBINATORS, PAGE, examples, lines, page, row


@pytest.mark.skipif(not PAGE.is_file(), reason="tests run without the source tree")
def test_the_page_has_the_table():
    assert PAGE.read_text() == page(), "docs/targets.md is not up to date: make targets-table"


def test_every_transform_has_a_row():
    assert {name for name, _ in examples()} == {*REGISTRY} - {*COMBINATORS, "Lambda"}
    assert len(list(lines())) == 2 + len(list(examples()))


def test_rows_tell_transforms_apart():
    assert row("a", fa.Pad(1)) == "| `a` | all | moved | moved | moved | all |"
    assert row("a", fa.Pad(0)) == "| `a` | all | unchanged | unchanged | unchanged | all |"
    assert row("a", fa.RandomEqualize(1)).startswith("| `a` | uint8 | unchanged |")
