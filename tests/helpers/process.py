"""Scripts in an interpreter of their own, since some facts can only be set before the import."""

import os
import subprocess
import sys
import textwrap


def run_python(source, *, timeout=120, environment=None):
    """Runs a script; the settings of this library come from `environment` alone."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("FAST_AUGMENT_")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(source)],
        env={**inherited, **(environment or {})},
        timeout=timeout,
        capture_output=True,
        text=True,
        check=False,
    )


def output_of(source, *, timeout=120, environment=None):
    """What a script that must succeed prints."""
    done = run_python(source, timeout=timeout, environment=environment)
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()
