"""After fork, and under spawn and forkserver, calls work and use all their threads."""

import os
import subprocess
import sys
import textwrap

import pytest

from helpers.process import output_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")

# Python 3.12 warns of every fork of a process with threads, which is what is tested here.
PREAMBLE = """
    import os, signal, sys, threading, warnings
    warnings.simplefilter("ignore")
    import numpy as np
    import fast_augment as fa

    images = np.random.default_rng(0).integers(0, 256, (8, 256, 256, 3)).astype(np.uint8)
    matrix = [[0.9, 0.2, 3.0], [-0.1, 1.1, 4.0]]
    vector = np.linspace(-1, 1, 1_000_000)

    def work():
        warped = fa.affine(images, matrix, threads=4)
        return warped.tobytes() + fa.hflip(images, threads=4).tobytes(), \\
            fa.get_total_norm(vector, threads=4)

    def in_child(check):
        # A child that hangs is ended by its alarm, which shows in its status.
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                signal.alarm(60)
                status = 0 if check() else 2
            finally:
                os._exit(status)
        return pid

    def succeeded(pid):
        return os.waitpid(pid, 0)[1] == 0

    def threads_here():
        return len(os.listdir("/proc/self/task"))
"""


def test_a_child_forked_before_any_call():
    script = """
    child = in_child(lambda: work()[1] > 0)
    print(succeeded(child))
    """
    assert output_of(PREAMBLE + script) == "True"


def test_a_child_forked_after_use_agrees_and_the_parent_goes_on():
    script = """
    expected = work()
    children = [in_child(lambda: work() == expected) for _ in range(4)]
    assert work() == expected
    print(all(map(succeeded, children)), work() == expected)
    """
    assert output_of(PREAMBLE + script) == "True True"


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_a_child_runs_on_all_its_threads():
    script = """
    expected = work()
    def check():
        alone = threads_here()
        same = work() == expected
        return alone == 1 and same and threads_here() == 4
    print(succeeded(in_child(check)))
    """
    assert output_of(PREAMBLE + script) == "True"


def test_a_grandchild_works_too():
    script = """
    expected = work()
    def check():
        return work() == expected and succeeded(in_child(lambda: work() == expected))
    print(succeeded(in_child(check)))
    """
    assert output_of(PREAMBLE + script) == "True"


def test_forks_while_another_thread_is_inside_a_call():
    script = """
    expected = work()
    stop = threading.Event()
    wrong = []
    def keep_busy():
        while not stop.is_set():
            if work() != expected:
                wrong.append(True)
    busy = [threading.Thread(target=keep_busy) for _ in range(2)]
    for thread in busy:
        thread.start()
    outcomes = [succeeded(in_child(lambda: work() == expected)) for _ in range(12)]
    stop.set()
    for thread in busy:
        thread.join()
    print(all(outcomes), len(wrong))
    """
    assert output_of(PREAMBLE + script) == "True 0"


def test_a_number_set_before_the_fork_holds_in_the_child():
    script = """
    fa.set_num_threads(3)
    print(succeeded(in_child(lambda: fa.get_num_threads() == 3)))
    """
    assert output_of(PREAMBLE + script) == "True"


POOL_SCRIPT = """
    import multiprocessing
    import sys
    import warnings

    import numpy as np

    import fast_augment as fa

    def flipped(number):
        images = np.full((4, 128, 128, 3), number, np.uint8)
        images[:, 0, 0] = 0
        result = fa.hflip(images, threads=3)
        return bool(result[0, 0, -1, 0] == 0 and result.sum() == images.sum())

    if __name__ == "__main__":
        warnings.simplefilter("ignore")
        flipped(1)
        context = multiprocessing.get_context(sys.argv[1])
        with context.Pool(2) as pool:
            assert all(pool.map(flipped, range(1, 9)))
        print("done")
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools_of_processes(method, tmp_path):
    script = tmp_path / "pool_of_processes.py"
    script.write_text(textwrap.dedent(POOL_SCRIPT))

    done = subprocess.run(
        [sys.executable, str(script), method],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "done"
