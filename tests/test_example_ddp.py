"""The example of several processes: its two processes see and learn what one does."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "train_ddp.py"


@pytest.mark.slow
@pytest.mark.skipif(not EXAMPLE.is_file(), reason="tests run without the source tree")
def test_two_processes_are_one():
    pytest.importorskip("torch")
    pytest.importorskip("mlxtend")
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), "--epochs", "1"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    assert lines["samples of both processes"] == "0"
    assert lines["together the same epochs as one process"] == "True"
    assert int(lines["steps clipped to 0.5"]) > 0
    assert lines["same norms in both processes"] == "True"
    norm, weight = lines["largest difference to one process"].split(", ")
    assert float(norm.split()[1]) < 1e-12
    assert float(weight.split()[1]) < 1e-12
