"""Transforms print what can be pasted back, and travel as pickles and copies."""

import copy
import pickle
import subprocess
import sys
import textwrap

import pytest

import fast_augment as fa
from helpers.pipelines import EXAMPLES

NAMES = {name: getattr(fa, name) for name in fa.__all__}
PRINTED = [
    (fa.RandomHorizontalFlip(), "RandomHorizontalFlip()"),
    (fa.RandomHorizontalFlip(0.5), "RandomHorizontalFlip()"),
    (fa.CenterCrop(5), "CenterCrop(size=(5, 5))"),
    (
        fa.RandomRotation(5, border="edge"),
        "RandomRotation(degrees=(-5.0, 5.0), border='edge')",
    ),
    (
        fa.RandomApply([fa.RandomInvert(p=1)]),
        "RandomApply(transforms=[RandomInvert(p=1.0)])",
    ),
    (
        fa.ColorJitter(saturation=0.5),
        "ColorJitter(saturation=(0.5, 1.5))",
    ),
]
PIPELINES = [
    fa.Compose([], seed=0),
    fa.Compose(list(EXAMPLES.values())[:5], seed=2**64 - 1, threads=2),
    fa.Compose([fa.RandomInvert(), fa.ToFloat()], seed=1, layout="CHW", out_layout="HWC"),
    fa.Compose([fa.RandomInvert()], seed=1, out_layout="CHW"),
    fa.Compose([fa.Normalize(0, 1)]),
]
every_example = pytest.mark.parametrize("name", EXAMPLES)
every_pipeline = pytest.mark.parametrize("number", range(len(PIPELINES)))


def test_there_is_an_example_of_every_transform():
    transforms = {
        name
        for name, value in NAMES.items()
        if isinstance(value, type) and issubclass(value, fa.Transform)
    }

    assert set(EXAMPLES) == transforms - {"Transform", "Lambda"}


@pytest.mark.parametrize("number", range(len(PRINTED)))
def test_only_what_differs_from_the_defaults_is_printed(number):
    made, expected = PRINTED[number]

    assert repr(made) == expected


@every_example
def test_what_is_printed_can_be_pasted_back(name):
    example = EXAMPLES[name]

    assert eval(repr(example), dict(NAMES)) == example


@every_example
def test_pickles_and_copies_are_equal(name):
    example = EXAMPLES[name]
    copies = [copy.copy(example), copy.deepcopy(example)]
    copies += [pickle.loads(pickle.dumps(example, protocol)) for protocol in (0, 2, 5)]

    assert copies == [example] * 5
    assert len({*copies, example}) == 1


def test_a_pipeline_prints_one_transform_per_line():
    made = fa.Compose([fa.RandomInvert(), fa.ToFloat()], seed=7, out_layout="HWC", threads=3)

    assert repr(made) == textwrap.dedent("""\
        Compose(
            [
                RandomInvert(),
                ToFloat(),
            ],
            seed=7,
            out_layout='HWC',
            threads=3,
        )""")


@every_pipeline
def test_a_printed_pipeline_can_be_pasted_back(number):
    made = PIPELINES[number]

    assert eval(repr(made), dict(NAMES)) == made


@every_pipeline
def test_pickles_and_copies_of_pipelines_are_equal(number):
    made = PIPELINES[number]
    copies = [copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))]

    assert copies == [made] * 3
    assert len({*copies, made}) == 1
    assert [one.seed for one in copies] == [made.seed] * 3


def test_pipelines_differ_by_each_argument():
    invert, crop = fa.RandomInvert(), fa.CenterCrop(3)
    made = [
        fa.Compose([invert, crop], seed=0),
        fa.Compose([crop, invert], seed=0),
        fa.Compose([invert, crop], seed=1),
        fa.Compose([invert, crop], seed=0, threads=1),
        fa.Compose([invert, crop], seed=0, layout="CHW"),
        fa.Compose([invert, crop], seed=0, out_layout="CHW"),
    ]

    assert len(set(made)) == len(made)
    assert made[0] != "pipeline"


def test_a_lambda_prints_the_name_of_its_function():
    assert repr(fa.Lambda(textwrap.dedent)) == "Lambda(function=dedent)"
    assert pickle.loads(pickle.dumps(fa.Lambda(textwrap.dedent))) == fa.Lambda(textwrap.dedent)


def test_hashes_of_pickles_agree_in_another_process():
    made = fa.Compose([fa.RandomAffine(15)], seed=3)
    script = "import sys, pickle; one = pickle.load(sys.stdin.buffer); print(repr(one))"

    done = subprocess.run(
        [sys.executable, "-c", script], input=pickle.dumps(made), capture_output=True, check=True
    )

    assert done.stdout.decode().strip() == repr(made)
