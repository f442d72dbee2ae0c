"""BatchLoader: errors in the background, how loops end, forks, and messages word by word."""

import threading

import numpy as np
import pytest

import fast_augment as fa
from helpers.batches import assert_same_batches, copied
from helpers.checks import check_message, each_case
from helpers.process import output_of

COUNT = 23
AUGMENT = fa.Compose([fa.RandomCrop(6), fa.ColorJitter(brightness=0.3), fa.ToFloat()], seed=5)
every_prefetch = pytest.mark.parametrize("prefetch", [0, 1, 3])


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (COUNT, 9, 8, 3), dtype=np.uint8)


@pytest.fixture
def numbers():
    return np.arange(COUNT)


def threads_of_loaders():
    return [t for t in threading.enumerate() if t.name == "fast_augment"]


class Breaking:
    def __init__(self, images, broken):
        self.images, self.broken = images, broken

    def __len__(self):
        return len(self.images)

    def __getitem__(self, number):
        if number == self.broken:
            raise OSError("cannot be read")
        return self.images[number]


@every_prefetch
def test_an_error_reaches_the_loop_and_names_the_sample(prefetch, images, numbers):
    whole = fa.BatchLoader((images, numbers), 4, AUGMENT, prefetch=prefetch)
    expected = copied(whole)
    broken = int(expected[2][1][1])
    loader = fa.BatchLoader((Breaking(images, broken), numbers), 4, AUGMENT, prefetch=prefetch)
    found, batches = [], iter(loader)
    with pytest.raises(OSError, match="cannot be read") as caught:
        found += ((batch.copy(), index) for batch, index in batches)

    notes = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert f"BatchLoader: while reading sample {broken}" in notes
    assert_same_batches(found, expected[:2])
    assert next(batches, None) is None
    whole.load_state_dict(loader.state_dict())
    assert_same_batches(copied(whole), expected[2:])


def test_an_error_of_the_pipeline_names_the_samples(images):
    wrong = [*images[:-1], images[-1][..., :1].copy()]
    loader = fa.BatchLoader(wrong, COUNT, AUGMENT, shuffle=False)
    with pytest.raises(ValueError, match=r"Compose: images\[22\] has 1 channels") as caught:
        next(iter(loader))
    notes = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert "BatchLoader: images are the samples [0, 1, 2" in notes


def wait_for_no_threads():
    for thread in threads_of_loaders():
        thread.join(30)
    assert threads_of_loaders() == []


def test_threads_end_with_the_loop_the_loader_or_a_break(images):
    loader = fa.BatchLoader(images, 4, AUGMENT)
    list(loader)
    wait_for_no_threads()
    for _ in loader:
        break
    wait_for_no_threads()
    with loader:
        batches = iter(loader)
        next(batches)
        assert len(threads_of_loaders()) == 1
    wait_for_no_threads()
    loader.close()


def test_closing_does_not_wait_for_a_sample_that_never_comes(images):
    gate = threading.Event()

    class Waiting(Breaking):
        def __getitem__(self, number):
            gate.wait(60)
            return self.images[number]

    loader = fa.BatchLoader(Waiting(images, None), 4, AUGMENT)
    batches = iter(loader)
    loader.close()
    assert threads_of_loaders() != []
    gate.set()
    with pytest.raises(RuntimeError, match="this loop cannot go on, since it was closed"):
        next(batches)
    wait_for_no_threads()


def test_only_the_last_loop_goes_on(images):
    loader = fa.BatchLoader(images, 4, AUGMENT)
    first = iter(loader)
    second = iter(loader)
    assert next(second).shape == (4, 3, 6, 6)
    with pytest.raises(RuntimeError, match="since another one has begun"):
        next(first)


def test_a_program_may_end_in_the_middle_of_a_loop():
    script = """
    import numpy as np
    import fast_augment as fa
    images = np.zeros((500, 64, 64, 3), np.uint8)
    loader = fa.BatchLoader(images, 8, fa.Compose([fa.RandomResizedCrop(64), fa.ToFloat()], seed=0))
    batches = iter(loader)
    print(next(batches).shape)
    """
    assert output_of(script, timeout=60) == "(8, 3, 64, 64)"


FORK = """
    import os, signal, warnings
    warnings.simplefilter("ignore")
    import numpy as np
    import fast_augment as fa
    images = np.random.default_rng(0).integers(0, 256, (40, 64, 64, 3)).astype(np.uint8)
    loader = fa.BatchLoader(images, 4, fa.Compose([fa.RandomCrop(32)], seed=0), prefetch=3)
    expected = [batch.copy() for batch in loader]
    loader.set_epoch(0)
    batches = iter(loader)
    found = [next(batches).copy() for _ in range(2)]
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            signal.alarm(60)
            try:
                next(batches)
            except RuntimeError as error:
                assert "begun before a fork" in str(error)
                loader.set_epoch(0)
                here = [batch.copy() for batch in loader]
                status = 0 if np.array_equal(np.concatenate(here), np.concatenate(expected)) else 2
        finally:
            os._exit(status)
    status = os.waitpid(pid, 0)[1]
    found += [batch.copy() for batch in batches]
    print(status, np.array_equal(np.concatenate(found), np.concatenate(expected)))
"""


def test_a_fork_in_the_middle_of_a_loop():
    assert output_of(FORK) == "0 True"


def made(*arguments, **options):
    return lambda: fa.BatchLoader(*arguments, **options)


ARRAY = np.zeros((4, 5, 5, 1), np.uint8)
CASES = [
    (TypeError, "BatchLoader: arrays has type int, expected an array or a sequence", made(3, 2)),
    (
        TypeError,
        "BatchLoader: arrays[1] has type dict, expected an array or a sequence",
        made((ARRAY, {}), 2),
    ),
    (ValueError, "BatchLoader: arrays is an empty tuple, expected images", made((), 2)),
    (
        ValueError,
        "BatchLoader: arrays[0] has shape (4, 5, 5), expected (N, H, W, C); pass "
        "arrays[0][..., np.newaxis]",
        made((ARRAY[..., 0], [1] * 4), 2),
    ),
    (ValueError, "BatchLoader: arrays has no samples, expected at least 1", made(ARRAY[:0], 2)),
    (
        ValueError,
        "BatchLoader: arrays[1] has 3 samples, expected 4 as arrays[0]",
        made((ARRAY, [1] * 3), 2),
    ),
    (
        ValueError,
        "BatchLoader: batch_size is 0, expected a whole number of at least 1",
        made(ARRAY, 0),
    ),
    (
        TypeError,
        "BatchLoader: batch_size is 2.5, expected a whole number of at least 1",
        made(ARRAY, 2.5),
    ),
    (
        TypeError,
        "BatchLoader: augment is 'flip', expected None or a Compose",
        made(ARRAY, 2, "flip"),
    ),
    (
        ValueError,
        "BatchLoader: prefetch is -1, expected a whole number from 0 to 1000",
        made(ARRAY, 2, prefetch=-1),
    ),
    (
        ValueError,
        "BatchLoader: rank is 2, expected less than world_size, 2",
        made(ARRAY, 2, AUGMENT, rank=2, world_size=2),
    ),
    (
        ValueError,
        "BatchLoader: seed is None, expected one that all ranks have in common",
        made(ARRAY, 2, fa.Compose([]), world_size=2),
    ),
    (TypeError, "BatchLoader: shuffle is 1, expected a bool", made(ARRAY, 2, shuffle=1)),
    (
        TypeError,
        "load_state_dict: state is {}, expected a dict from state_dict",
        lambda: fa.BatchLoader(ARRAY, 2).load_state_dict({}),
    ),
    (
        ValueError,
        "load_state_dict: state is of a loader with batch_size=3, expected 2 as this one",
        lambda: fa.BatchLoader(ARRAY, 2, AUGMENT).load_state_dict(
            fa.BatchLoader(ARRAY, 3, AUGMENT).state_dict()
        ),
    ),
    (
        ValueError,
        "load_state_dict: state is of a loader with augment=0, expected 5 as this one",
        lambda: fa.BatchLoader(ARRAY, 2, AUGMENT, seed=1).load_state_dict(
            fa.BatchLoader(ARRAY, 2, fa.Compose([], seed=0), seed=1).state_dict()
        ),
    ),
    (
        ValueError,
        "load_state_dict: batch is 2, expected less than 2",
        lambda: fa.BatchLoader(ARRAY, 2, AUGMENT).load_state_dict(
            {**fa.BatchLoader(ARRAY, 2, AUGMENT).state_dict(), "batch": 2}
        ),
    ),
    (
        ValueError,
        "set_epoch: epoch is -1, expected a whole number from 0 to 2**32 - 1",
        lambda: fa.BatchLoader(ARRAY, 2).set_epoch(-1),
    ),
]


@each_case(CASES)
def test_messages(number):
    check_message(CASES, number)


def test_a_closed_loader_says_so():
    loader = fa.BatchLoader(ARRAY, 2)
    loader.close()
    with pytest.raises(ValueError, match="BatchLoader: it was closed, expected an open one"):
        iter(loader)
