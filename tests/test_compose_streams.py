"""Seeds, and the numbers of samples in threads, forked and spawned processes and loader workers."""

import copy
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import fast_augment as fa
from fast_augment.transforms.streams import Stream, _Process
from helpers.process import output_of

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


def test_whole_numbers_are_used_as_they_are():
    assert fa.Compose([], seed=0).seed == 0
    assert fa.Compose([], seed=2**64 - 1).seed == 2**64 - 1
    assert fa.Compose([], seed=np.uint64(2**64 - 1)).seed == 2**64 - 1
    assert type(fa.Compose([], seed=np.int8(3)).seed) is int


def test_sequences_and_generators_give_a_number():
    sequence = np.random.SeedSequence(5)
    expected = int(sequence.generate_state(1, np.uint64)[0])
    assert fa.Compose([], seed=sequence).seed == expected

    drawn = int(np.random.default_rng(5).integers(0, 2**64, dtype=np.uint64))
    generator = np.random.default_rng(5)
    assert fa.Compose([], seed=generator).seed == drawn
    assert fa.Compose([], seed=generator).seed != drawn


def test_without_a_seed_every_pipeline_has_another():
    seeds = {fa.Compose([]).seed for _ in range(20)}

    assert len(seeds) == 20
    assert max(seeds) > 2**58


def test_the_main_process_uses_the_seed_itself_and_counts_from_0():
    stream = Stream(7)

    assert [stream.take(3), stream.take(1), stream.take(0), stream.take(2)] == [
        (7, 0),
        (7, 3),
        (7, 4),
        (7, 4),
    ]


def test_numbers_are_given_back_only_if_none_were_taken_since():
    stream = Stream(7)
    stream.take(3)
    stream.give_back(0, 3)
    assert stream.take(3) == (7, 0)

    stream.take(4)
    stream.give_back(0, 3)
    assert stream.take(1) == (7, 7)


@pytest.mark.parametrize(
    "travel", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))]
)
def test_copies_go_on_counting_on_their_own(travel):
    made = fa.Compose([], seed=7)
    made._stream.take(5)
    again = travel(made)
    again._stream.take(2)

    assert again._stream.take(1) == (7, 7)
    assert made._stream.take(1) == (7, 5)


class SlowCount(int):
    """A number that other threads run in the middle of adding."""

    def __radd__(self, other):
        time.sleep(1e-4)
        return int(other) + int(self)


def test_threads_share_the_numbers():
    stream = Stream(7)
    taken = []

    def take():
        taken.extend(stream.take(SlowCount(2))[1] for _ in range(25))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == list(range(0, 8 * 25 * 2, 2))


def test_threads_that_fork_at_the_same_time_have_children_with_other_numbers():
    process = _Process()
    process.before_fork()
    other = threading.Thread(target=process.before_fork)
    other.start()
    other.join()
    process.after_fork_in_child()

    assert process.forks == (1,)


FORK = """
    import os, threading, warnings
    warnings.simplefilter("ignore")
    from fast_augment.transforms.streams import Stream

    def in_child(call):
        # What the call returns in a forked child, as text.
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.write(writer, repr(call()).encode())
            finally:
                os._exit(0)
        os.close(writer)
        text = os.read(reader, 65536).decode()
        os.close(reader)
        assert os.waitpid(pid, 0)[1] == 0
        return eval(text)
"""


@needs_fork
def test_forked_children_have_streams_of_their_own():
    script = """
    stream = Stream(7)
    stream.take(5)
    take = lambda: stream.take(2)
    first, second = in_child(take), in_child(take)
    third, nested = in_child(lambda: (take(), in_child(take)))
    seeds = {7, first[0], second[0], third[0], nested[0]}
    print(len(seeds), first[1], second[1], third[1], nested[1], stream.take(1))
    """
    assert output_of(FORK + script) == "5 0 0 0 0 (7, 5)"


@needs_fork
def test_streams_of_children_are_the_same_in_two_runs():
    script = """
    take = lambda: Stream(7).take(2)
    print(in_child(take), in_child(lambda: (take(), in_child(take))))
    """
    once = output_of(FORK + script)

    assert output_of(FORK + script) == once
    assert output_of(FORK.replace("7", "8") + script.replace("7", "8")) != once


@needs_fork
def test_a_child_does_not_wait_for_a_thread_of_its_parent():
    script = """
    import signal
    from fast_augment.transforms.streams import _process
    stream = Stream(7)
    held, done = threading.Event(), threading.Event()
    def hold():
        with _process.lock:
            held.set()
            done.wait(60)
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(60)
    def take():
        signal.alarm(20)
        return stream.take(1)
    try:
        print(in_child(take)[1])
    finally:
        done.set()
        holder.join()
    """
    assert output_of(FORK + script) == "0"


@needs_fork
def test_a_child_imports_nothing_in_its_first_call():
    # A thread of the parent may have been in the middle of the same import.
    script = """
    import sys
    stream = Stream(7)
    def imported():
        before = set(sys.modules)
        stream.take(1)
        return sorted(set(sys.modules) - before)
    print(in_child(imported))
    """
    assert output_of(FORK + script) == "[]"


PROCESSES = """
    import multiprocessing
    import sys
    import warnings

    from fast_augment.transforms.streams import Stream

    stream = Stream(7)

    def take(barrier):
        barrier.wait()
        return stream.take(2), stream.take(1)

    def prepare(shared):
        global barrier
        barrier = shared

    def work(_):
        return take(barrier)

    if __name__ == "__main__":
        warnings.simplefilter("ignore")
        stream.take(5)
        context = multiprocessing.get_context(sys.argv[1])
        shared = context.Barrier(3)
        with context.Pool(3, prepare, (shared,)) as pool:
            found = sorted(pool.map(work, range(3), chunksize=1))
        print(len({first[0] for first, _ in found} | {7}), [(a[1], b[1]) for a, b in found])
        print(sorted(first[0] for first, _ in found))
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_a_pool_have_streams_of_their_own(method, tmp_path):
    script = tmp_path / "streams_of_processes.py"
    script.write_text(textwrap.dedent(PROCESSES))
    command = [sys.executable, str(script), method]
    runs = [
        subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        for _ in range(2)
    ]

    assert runs[0].returncode == 0, runs[0].stderr
    assert runs[0].stdout.splitlines()[0] == "4 [(0, 2), (0, 2), (0, 2)]"
    assert runs[0].stdout == runs[1].stdout


WORKER = """
    import sys, types
    from fast_augment.transforms.streams import Stream

    data = types.ModuleType("torch.utils.data")
    data.get_worker_info = lambda: worker
    sys.modules["torch.utils.data"] = data

    def taken(seed):
        global worker
        worker = seed and types.SimpleNamespace(seed=seed)
        return Stream(7).take(1)[0]

    seeds = [taken(None), taken(1), taken(2), taken(2**63 + 1), taken(1)]
    print(len(set(seeds)), seeds[0], seeds[1] == seeds[4])
"""


def test_loader_workers_have_streams_that_follow_their_seeds():
    assert output_of(WORKER) == "4 7 True"


def test_indices_are_independent_of_the_process(monkeypatch):
    made = fa.Compose([fa.RandomInvert()], seed=7)
    seen = []
    monkeypatch.setattr(made, "_run", lambda _images, source, *_: seen.append(source))
    made._stream._own_seed, made._stream._identity = 99, None
    monkeypatch.setattr("fast_augment.transforms.streams._process.forks", (3,))

    made(np.zeros((2, 4, 4, 1), np.uint8), index=[5, 6], epoch=2)
    made(np.zeros((2, 4, 4, 1), np.uint8), epoch=2)

    assert [*seen[0][:3], seen[0][3].tolist()] == [7, 2, 0, [5, 6]]
    assert seen[1][0] != 7
    assert seen[1][1:] == (2, 0, None, None)
