"""Pipelines that write to `out=` keep what memory they need: calls that repeat take no more."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import fast_augment as fa
from helpers.memory import CAN_READ_PEAKS, growth_when_repeated
from helpers.process import output_of

CALLS = 50
ALLOWED = 1 << 20

MOVES = [
    fa.RandomResizedCrop(112),
    fa.RandomHorizontalFlip(),
    fa.RandomAffine(15, translate=(0.1, 0.1), shear=5),
    fa.ColorJitter(0.4, 0.4, 0.4, 0.1),
    fa.Normalize(0.5, 0.25),
]
FILTERS = [
    fa.RandomEqualize(),
    fa.GaussianBlur(5, sigma=(0.1, 2.0)),
    fa.RandomAdjustSharpness(2.0),
    fa.RandomRotation(30, border="reflect"),
    fa.RandomAutocontrast(),
    fa.RandomCrop(112, padding=4, padding_mode="symmetric"),
]
CHOICES = [
    fa.RandomOrder([fa.RandomPerspective(), fa.RandomGamma((0.5, 2.0)), fa.RandomSolarize(128)]),
    fa.OneOf([fa.RandomErasing(p=1.0), fa.GaussianNoise(0.0, 0.1)]),
    fa.Resize((112, 96)),
]
RECIPES = pytest.mark.parametrize(
    "recipe", [MOVES, FILTERS, CHOICES], ids=["moves", "filters", "choices"]
)


def repeated_calls(recipe, threads):
    """A function that calls one pipeline on one batch as often as a short epoch does."""
    augment = fa.Compose(recipe, seed=0, threads=threads)
    images = np.random.default_rng(1).integers(0, 256, (48, 128, 128, 3), np.uint8)
    out = augment(images)

    def call():
        for _ in range(CALLS):
            augment(images, out=out)

    return call, images


@RECIPES
def test_no_call_makes_an_array(recipe):
    call, images = repeated_calls(recipe, threads=2)
    tracemalloc.start()
    try:
        call()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        call()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak - before < images[0].nbytes // 2
    assert after - before < images[0].nbytes // 8


@pytest.mark.skipif(not CAN_READ_PEAKS, reason="reads the peak memory from /proc")
@RECIPES
def test_the_process_does_not_grow(recipe):
    call, images = repeated_calls(recipe, threads=2)

    assert growth_when_repeated(call) < ALLOWED < images.nbytes // 2


# In an interpreter of its own, where no other test has warmed anything up.
FIRST_CALL = """
    import numpy as np
    import fast_augment as fa
    from helpers.memory import growth_of

    augment = fa.Compose(
        [
            fa.RandomAffine(15),
            fa.GaussianBlur(5),
            fa.RandomRotation(10, border="reflect"),
            fa.RandomAutocontrast(),
            fa.RandomHorizontalFlip(p=1.0),
        ],
        seed=0,
        threads={threads},
    )
    small = np.zeros((16, 64, 64, 3), np.uint8)
    augment(small)
    images = np.ones((6, 2000, 2000, 3), np.uint8)
    out = np.ones_like(images)
    print(growth_of(lambda: augment(images, out=out)) / images[0].nbytes)
"""


@pytest.mark.skipif(not CAN_READ_PEAKS, reason="reads the peak memory from /proc")
@pytest.mark.parametrize("threads", [1, 2])
def test_large_images_need_scratch_of_one_sample(threads):
    """Passes read one scratch image and write another: two, whatever the batch."""
    tests = str(Path(__file__).parent)

    samples = float(
        output_of(FIRST_CALL.format(threads=threads), environment={"PYTHONPATH": tests})
    )

    assert 1.5 < samples < 3.0
