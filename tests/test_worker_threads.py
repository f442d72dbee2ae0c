"""Threads of worker processes: one unless asked otherwise; nobody else's settings are touched."""

import subprocess
import sys
import textwrap

import pytest

import fast_augment as fa
from fast_augment._workers import worker_of
from helpers.process import output_of


def run_script(folder, source, *arguments):
    """What a script in a file of its own prints, since spawned processes import it again."""
    script = folder / "main_script.py"
    script.write_text(textwrap.dedent(source))
    done = subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_main_process_is_no_worker():
    assert worker_of() is None
    assert fa.build_info()["worker_of"] is None


def test_build_info_tells_why():
    script = """
    import os
    import fast_augment as fa
    keys = ("threads", "threads_reason", "worker_of")
    print([fa.build_info()[key] for key in keys])
    fa.set_num_threads(3)
    print([fa.build_info()[key] for key in keys])
    info = fa.build_info()
    quota = info["cpus_quota"] or info["cpus_affinity"]
    assert info["cpus_usable"] == min(info["cpus_affinity"], quota)
    assert info["cpus_affinity"] == len(os.sched_getaffinity(0))
    """
    first, second = output_of(script, environment={"FAST_AUGMENT_NUM_THREADS": "5"}).splitlines()

    assert first == "[5, 'FAST_AUGMENT_NUM_THREADS', None]"
    assert second == "[3, 'set_num_threads', None]"


def test_without_a_word_the_processors_decide():
    script = """
    import fast_augment as fa
    info = fa.build_info()
    print(info["threads"] == info["cpus_usable"], info["threads_reason"])
    """
    assert output_of(script) in ("True affinity mask", "True quota of the cgroup")


def test_importing_decides_nothing():
    # Else what a process is told later, by the environment say, would come too late.
    script = """
    import os
    import fast_augment as fa
    os.environ["FAST_AUGMENT_NUM_THREADS"] = "7"
    print(fa.get_num_threads())
    """
    assert output_of(script) == "7"


# At the top of the module: what a spawned process does before it is told that it is a worker.
CHILDREN = """
    import multiprocessing, os, sys, warnings

    import numpy as np
    import fast_augment as fa

    images = np.zeros((8, 256, 256, 3), np.uint8)
    early = fa.get_num_threads()

    def report(_):
        before = len(os.listdir("/proc/self/task"))
        fa.hflip(images)
        info = fa.build_info()
        added = len(os.listdir("/proc/self/task")) - before
        return info["threads"], info["threads_reason"], info["worker_of"], added

    if __name__ == "__main__":
        warnings.simplefilter("ignore")
        fa.set_num_threads(4)
        fa.hflip(images)
        context = multiprocessing.get_context(sys.argv[1])
        with context.Pool(1) as pool:
            print(pool.map(report, [0])[0])
        print(fa.get_num_threads())
"""
every_method = pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
@every_method
def test_processes_of_multiprocessing_have_one_thread(method, tmp_path, monkeypatch):
    monkeypatch.delenv("FAST_AUGMENT_NUM_THREADS", raising=False)
    reason = "worker process of multiprocessing"

    assert run_script(tmp_path, CHILDREN, method).splitlines() == [
        f"(1, '{reason}', 'multiprocessing', 0)",
        "4",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
@every_method
def test_they_have_more_if_the_environment_says_so(method, tmp_path, monkeypatch):
    monkeypatch.setenv("FAST_AUGMENT_NUM_THREADS", "3")

    assert run_script(tmp_path, CHILDREN, method).splitlines() == [
        "(3, 'FAST_AUGMENT_NUM_THREADS', 'multiprocessing', 2)",
        "4",
    ]


LIBRARIES = """
    import sys, types

    def worker_with(name, **members):
        module = types.ModuleType(name)
        vars(module).update(members)
        sys.modules[name] = module
        from fast_augment._workers import worker_of
        found = worker_of()
        del sys.modules[name]
        return found

    ray = types.SimpleNamespace
    print(worker_with("torch.utils.data", get_worker_info=lambda: object()))
    print(worker_with("torch.utils.data", get_worker_info=lambda: None))
    print(worker_with("torch.utils.data"))
    print(worker_with("ray._private.worker", global_worker=ray(mode=1)))
    print(worker_with("ray._private.worker", global_worker=ray(mode=0)))
    print(worker_with("ray._private.worker"))
    print(sorted(name for name in sys.modules if name.startswith(("torch", "ray"))))
"""


def test_workers_of_torch_and_ray_are_known_without_importing_them():
    assert output_of(LIBRARIES).split("\n") == [
        "torch",
        "None",
        "None",
        "ray",
        "None",
        "None",
        "[]",
    ]


def test_no_other_library_is_told_anything():
    script = """
    import os
    before = dict(os.environ)
    import numpy as np
    import fast_augment as fa
    fa.set_num_threads(3)
    fa.hflip(np.zeros((8, 256, 256, 3), np.uint8))
    names = set(os.environ) ^ set(before)
    print(sorted(names), os.environ.get("OMP_NUM_THREADS") == before.get("OMP_NUM_THREADS"))
    """
    assert output_of(script) == "[] True"


def test_torch_keeps_its_number_of_threads():
    pytest.importorskip("torch")
    script = """
    import numpy as np, torch
    before = torch.get_num_threads(), torch.get_num_interop_threads()
    import fast_augment as fa
    fa.set_num_threads(7)
    fa.hflip(np.zeros((8, 256, 256, 3), np.uint8))
    print(before == (torch.get_num_threads(), torch.get_num_interop_threads()))
    """
    assert output_of(script) == "True"
