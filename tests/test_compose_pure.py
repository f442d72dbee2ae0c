"""A sample's pixels depend on seed, epoch, index and pipeline alone: the same bits however made."""

import hashlib
import json

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import _core
from helpers.checks import assert_same_bits
from helpers.images import BORDERS, DTYPES, noise
from helpers.process import output_of
from helpers.random_pipelines import RngPick, random_pipeline, random_values

PIPELINES = 30
SAMPLES = 257
EPOCH = 5
every_pipeline = pytest.mark.parametrize("number", range(PIPELINES))


def case(number):
    """Transforms and images, the same in every process: every second image has the same size."""
    rng = np.random.default_rng(number)
    pick = RngPick(rng)
    dtype, channels = DTYPES[number % 3], (3, 1, 3, 4)[number % 4]
    transforms = random_pipeline(pick, dtype, channels)
    images = []
    for i in range(SAMPLES):
        sides = (9, 14) if i % 2 else (pick.whole(1, 24), pick.whole(1, 24))
        images.append(noise(rng, (*sides, channels), dtype))
    return transforms, images


def augmented(number, *, threads=None, batch_size=SAMPLES, order=None, through_json=False):
    """All samples, in the order of their indices."""
    transforms, images = case(number)
    augment = fa.Compose(transforms, seed=number, threads=threads)
    if through_json:
        augment = fa.Compose.from_json(augment.to_json())
    indices = np.arange(SAMPLES) if order is None else order
    results = [None] * SAMPLES
    for begin in range(0, SAMPLES, batch_size):
        taken = indices[begin : begin + batch_size]
        made = augment([images[i] for i in taken], epoch=EPOCH, index=1000 + taken)
        for i, result in zip(taken, made, strict=True):
            results[i] = result
    return results


def assert_all_same(results, expected, where):
    for i, (result, wanted) in enumerate(zip(results, expected, strict=True)):
        assert_same_bits(np.asarray(result), np.asarray(wanted), f"sample {i}: {where}")


def digest(results):
    total = hashlib.sha256()
    for result in results:
        total.update(f"{result.shape} {result.dtype}".encode())
        total.update(np.ascontiguousarray(result).tobytes())
    return total.hexdigest()


def test_the_pipelines_differ_and_so_do_their_samples():
    results = [augmented(number) for number in range(4)]

    assert len({digest(result) for result in results}) == 4
    distinct = {np.ascontiguousarray(sample).tobytes() for sample in results[0]}
    assert len(distinct) > SAMPLES / 2


@every_pipeline
def test_threads_batches_order_and_json(number):
    expected = augmented(number, threads=1)

    for threads in (2, 7):
        assert_all_same(augmented(number, threads=threads), expected, f"{threads} threads")
    for batch_size in (1, 16):
        assert_all_same(augmented(number, batch_size=batch_size), expected, batch_size)
    reverse = np.arange(SAMPLES)[::-1].copy()
    assert_all_same(augmented(number, order=reverse, batch_size=100), expected, "reversed")
    assert_all_same(augmented(number, through_json=True), expected, "after JSON")


@pytest.mark.parametrize("number", range(12))
def test_bands_of_large_images(number):
    """A few large images are shared out by rows, not one by one."""
    rng = np.random.default_rng(number)
    dtype, channels = DTYPES[number % 3], (3, 1)[number % 2]
    # No size changes, so that every pass is large.
    transforms = [
        fa.RandomAffine(20, scale=(0.9, 1.1), border=BORDERS[number % 5]),
        *random_values(RngPick(rng), dtype, channels),
        fa.RandomHorizontalFlip(),
        fa.RandomRotation(10, "nearest"),
        fa.ColorJitter(0.3, 0.3, 0.3, 0.1),
        fa.GaussianBlur(3),
        fa.GaussianNoise(0, 0.1),
    ]
    images = noise(rng, (2, 260, 333, channels), dtype)
    augment = fa.Compose(transforms, seed=number, threads=1)
    records = augment(images, index=[0, 1], return_params=True)
    for threads in (2, 3, 7):
        other = fa.Compose(transforms, seed=number, threads=threads)
        assert_same_bits(other(images, index=[0, 1]), records.images, f"{threads} threads")
    assert_same_bits(augment(images[1], index=1), records.images[1])


@every_pipeline
def test_a_dense_batch_is_its_images(number):
    transforms, images = case(number)
    augment = fa.Compose(transforms, seed=number)
    same = [image for image in images if image.shape[:2] == (9, 14)]
    expected = augment(same, epoch=1, index=np.arange(len(same)))
    if len({result.shape for result in expected}) > 1:
        # An array has no place for them.
        with pytest.raises(ValueError, match="expected one size; end with a crop or Resize"):
            augment(np.stack(same), epoch=1, index=np.arange(len(same)))
        return

    together = augment(np.stack(same), epoch=1, index=np.arange(len(same)))
    assert_all_same(together, expected, "dense")


PRINT_DIGESTS = """
    import json, sys
    sys.path.insert(0, {folder!r})
    from test_compose_pure import PIPELINES, augmented, digest
    print(json.dumps([digest(augmented(number)) for number in range(PIPELINES)]))
"""


@pytest.fixture(scope="module")
def digests_here():
    return [digest(augmented(number)) for number in range(PIPELINES)]


@pytest.mark.parametrize("name", _core.supported_isas())
def test_other_processes_and_instruction_sets(name, digests_here, request):
    folder = str(request.path.parent)
    environment = {"FAST_AUGMENT_ISA": name}
    printed = output_of(PRINT_DIGESTS.format(folder=folder), environment=environment)

    assert json.loads(printed.splitlines()[-1]) == digests_here
