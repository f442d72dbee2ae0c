"""Threads: how many, who starts them, and several Python threads at once."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import noise
from helpers.operations import OPERATION_IDS, OPERATIONS
from helpers.process import output_of, run_python

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and the affinity mask")

# Counts the threads that a script adds to those NumPy brings.
COUNTING = """
    import os
    import numpy as np
    np.ones((300, 300)) @ np.ones((300, 300))
    before = len(os.listdir("/proc/self/task"))
    def added():
        return len(os.listdir("/proc/self/task")) - before
    import fast_augment as fa
    images = np.zeros((8, 256, 256, 3), np.uint8)
"""


@pytest.fixture
def _restored_threads():
    before = fa.get_num_threads()
    yield
    fa.set_num_threads(before)


@pytest.mark.usefixtures("_restored_threads")
def test_set_is_what_get_returns():
    for count in (1, 2, 7):
        assert fa.set_num_threads(count) is None
        assert fa.get_num_threads() == count
        assert fa.build_info()["threads"] == count


@pytest.mark.usefixtures("_restored_threads")
def test_setting_takes_whole_numbers_and_says_no_clearly():
    fa.set_num_threads(3)
    for wrong in (0, -1, 10**9):
        with pytest.raises(ValueError, match="set_num_threads: threads is"):
            fa.set_num_threads(wrong)
    for wrong in (None, 2.0, "2", True):
        with pytest.raises(TypeError, match=r"threads has type .*, expected a whole number"):
            fa.set_num_threads(wrong)
    assert fa.get_num_threads() == 3
    fa.set_num_threads(np.int64(2))
    assert fa.get_num_threads() == 2


@linux_only
def test_importing_starts_no_thread():
    assert output_of(COUNTING + "    print(added())") == "0"


@linux_only
def test_one_thread_starts_none():
    script = """
    fa.hflip(images, threads=1)
    fa.affine(images, [[1, 0.1, 0], [0, 1, 0]], threads=1)
    print(added())
    """
    assert output_of(COUNTING + script) == "0"


@linux_only
def test_the_caller_is_one_of_the_threads_and_the_others_stay():
    script = """
    for _ in range(20):
        fa.vflip(images, threads=4)
        fa.get_total_norm(np.ones(1_000_000), threads=3)
    first = added()
    fa.vflip(images, threads=6)
    print(first, added())
    """
    assert output_of(COUNTING + script) == "3 5"


@linux_only
def test_small_work_stays_on_the_caller():
    script = """
    fa.hflip(np.zeros((1, 1, 3), np.uint8), threads=8)
    fa.get_total_norm(np.ones(10), threads=8)
    print(added())
    """
    assert output_of(COUNTING + script) == "0"


@linux_only
def test_default_follows_the_affinity_mask():
    script = """
    import os
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import fast_augment as fa
    print(fa.get_num_threads())
    """
    assert output_of(script) == "1"


def test_environment_sets_the_number():
    script = "import fast_augment as fa; print(fa.get_num_threads())"

    assert output_of(script, environment={"FAST_AUGMENT_NUM_THREADS": "3"}) == "3"


def test_an_empty_environment_variable_counts_as_unset():
    script = "import fast_augment as fa; print(fa.get_num_threads())"

    assert output_of(script, environment={"FAST_AUGMENT_NUM_THREADS": ""}) == output_of(script)


@pytest.mark.parametrize("text", ["0", "-2", "two", "1.5", "4 ", "99999999999"])
def test_a_wrong_environment_is_an_error_that_names_it(text):
    script = "import fast_augment as fa; fa.get_num_threads()"
    done = run_python(script, environment={"FAST_AUGMENT_NUM_THREADS": text})

    assert done.returncode != 0
    assert f"FAST_AUGMENT_NUM_THREADS is '{text}', expected a whole number" in done.stderr


def test_eight_python_threads_at_once(rng):
    inputs = [noise(rng, (4, 60 + 7 * i, 91, 3), np.uint8) for i in range(8)]
    tasks = [(operation, images) for operation in OPERATIONS for images in inputs] * 2
    expected = [operation.call(images, threads=1) for operation, images in tasks]

    with ThreadPoolExecutor(8) as executor:
        results = list(executor.map(lambda task: task[0].call(task[1], threads=4), tasks))

    for result, want, (operation, _) in zip(results, expected, tasks, strict=True):
        assert_same_bits(result, want, operation.name)


def test_python_threads_clip_gradients_of_their_own(rng):
    tensors = [rng.normal(size=(300, 301 + i)).astype(np.float32) for i in range(8)]
    expected = [tensor.copy() for tensor in tensors]
    norms = [fa.clip_grad_norm_(tensor, 1.0, threads=1) for tensor in expected]

    with ThreadPoolExecutor(8) as executor:
        results = list(executor.map(lambda t: fa.clip_grad_norm_(t, 1.0, threads=4), tensors))

    assert results == norms
    for tensor, want in zip(tensors, expected, strict=True):
        assert_same_bits(tensor, want)


def test_a_call_may_run_while_another_collects_its_arguments(rng):
    # The generator is consumed inside the outer call and makes calls of its own.
    images = noise(rng, (4, 200, 200, 3), np.float32)

    def gradients():
        for threads in (1, 2, 4):
            yield fa.affine(images, [[1, 0.2, 0], [0, 1, 0]], threads=threads)

    single = fa.get_total_norm([fa.affine(images, [[1, 0.2, 0], [0, 1, 0]])] * 1)

    assert fa.get_total_norm(gradients(), threads=4) == pytest.approx(single * 3**0.5, rel=1e-12)


@pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
def test_more_threads_than_rows_or_samples(operation, rng):
    image = noise(rng, (2, 13, 3), np.uint8)

    assert_same_bits(operation.call(image, threads=64), operation.call(image, threads=1))
