"""The passes of a pipeline as a table, with the time that moving their bytes takes at least."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["copy_speed", "table"]

COPIED_BYTES = 32 * 2**20
HEADERS = ("pass", "steps", "begins because", "reads MB", "writes MB", "into")


def copy_speed(seconds: float = 0.03) -> float:
    """Bytes read and written per second by `np.copyto`, one thread, beyond the caches."""
    source = np.ones(COPIED_BYTES, np.uint8)
    target = np.ones(COPIED_BYTES, np.uint8)
    best = float("inf")
    end = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        np.copyto(target, source)
        now = time.perf_counter()
        best = min(best, now - start)
        if now >= end:
            return 2 * COPIED_BYTES / best


def table(passes: Sequence[dict[str, Any]], speed: float) -> str:
    """One line per pass, then the sum."""
    rows = [HEADERS]
    for number, one in enumerate(passes, 1):
        megabytes = (f"{one[key] / 1e6:.2f}" for key in ("reads", "writes"))
        steps = ", ".join(one["steps"]) or "copy"
        rows.append((str(number), steps, one["reason"] or "-", *megabytes, one["where"]))
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADERS))]
    lines = []
    for row in rows:
        # Numbers stand right.
        cells = [
            cell.rjust(width) if i in (0, 3, 4) else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    total = sum(one["reads"] + one["writes"] for one in passes)
    lines.append(
        f"total {total / 1e6:.2f} MB: at least {total / speed * 1e3:.3f} ms at {speed / 1e9:.1f} "
        "GB/s, the speed of np.copyto on one thread, measured here and now"
    )
    return "\n".join(lines)
