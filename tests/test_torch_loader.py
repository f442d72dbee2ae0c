"""Epochs of a torch DataLoader: the same in every kind of worker, and after every kind of end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")

TESTS = Path(__file__).resolve().parent
every_method = pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])


def run_checks(which, method, timeout):
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("FAST_AUGMENT_")}
    done = subprocess.run(
        [sys.executable, "-m", "helpers.loader_epochs", which, method],
        cwd=TESTS,
        env=inherited,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("done")


@every_method
def test_epochs_do_not_depend_on_the_workers(method):
    run_checks("some", method, timeout=180)


def test_errors_name_the_sample_and_a_restart_loses_nothing():
    run_checks("raising", "fork", timeout=180)


@pytest.mark.slow
@every_method
def test_every_number_of_workers_and_batch_size_and_restarts(method):
    run_checks("all", method, timeout=1800)
