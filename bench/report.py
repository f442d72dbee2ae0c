"""What the run prints: the machine and versions, the table of ratios, and how the goals stand."""

import json
import math
import platform
from pathlib import Path

import numpy as np
import pytest_benchmark

import fast_augment as fa
import peers
from goals import NOISE, verdict

PEERS = [
    *["opencv-python-headless", "opencv-python", "numba", "pillow", "torch", "torchvision"],
    *["albumentationsx", "albumentations", "augrs-py", "keras", "scipy"],
]


def machine():
    """Machine, versions, threads and instruction set; no name of the host and no path."""
    info = fa.build_info()
    versions = [(name, peers.version_of(name)) for name in PEERS]
    present = [f"{name} {version}" for name, version in versions if version]
    return {
        "machine": f"{processor()}, {info['cpus_usable']} usable processors, "
        f"{platform.system()} {platform.machine()}",
        "versions": f"fast_augment {info['version']} ({info['compiler']}, {info['build_type']}), "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        f"pytest-benchmark {pytest_benchmark.__version__}",
        "peers": ", ".join(present) or "none installed",
        "instruction set": f"{info['isa_active']} of {', '.join(info['isas_supported'])}; "
        f"threads: set for every library, 1 or all ({peers.ALL_THREADS})",
    }


def machine_lines():
    return [f"{name}: {value}" for name, value in machine().items()]


def record(races):
    """Return what the table of goals is made from, as JSON can hold it; seconds."""
    return {
        "machine": machine(),
        "races": [
            {
                "workload": race[0].entry.workload.name,
                "threads": race[0].entry.threads,
                "contenders": [contender_record(result) for result in race],
            }
            for race in races
        ],
    }


def contender_record(result):
    contender = result.entry.contender
    return {
        "library": contender.library,
        "mode": contender.mode,
        "reference": contender.reference,
        "median": result.median if result.rounds else None,
        "spread": round(result.spread, 3) if result.rounds else None,
        "rounds": len(result.rounds),
        "difference": result.difference if math.isfinite(result.difference) else None,
    }


def write_results(path, races):
    """Write the record of a run.

    What an earlier run on the same machine found stays, but for the races that were run again.
    """
    found = record(races)
    if path.exists():
        earlier = json.loads(path.read_text())
        if earlier["machine"] == found["machine"]:
            again = {(race["workload"], race["threads"]) for race in found["races"]}
            kept = [r for r in earlier["races"] if (r["workload"], r["threads"]) not in again]
            found["races"] = kept + found["races"]
    path.write_text(json.dumps(found, indent=1) + "\n")
    return found


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def timed(race):
    return [result for result in race if result.rounds]


def fastest(race, library, mode):
    """Fastest contender of a mode whose library's name starts with `library`, or None.

    Ours is the one of that name, not its variants.
    """

    def fits(name):
        return name == library if library == "fast_augment" else name.startswith(library)

    chosen = [
        r for r in timed(race) if r.entry.contender.mode == mode and fits(r.entry.contender.library)
    ]
    return min(chosen, key=lambda r: r.median, default=None)


def table(races):
    """Lines of the table; the contenders of a race and mode from fast to slow."""
    lines = [
        "vs NumPy: how many times as fast as the fastest NumPy version of the same mode.",
        "fast_augment: how many times as fast fast_augment is as this contender; 0.87 to 1.15 is a "
        "tie.",
        "spread: interquartile range over median. error: largest difference from the oracle.",
    ]
    for race in races:
        entry = race[0].entry
        width = max(len(r.entry.contender.library) for r in race)
        lines += ["", f"{entry.workload.name}, {threads_text(race)}"]
        lines += [
            f"  {'mode':8} {'contender':{width}} {'median':>10} {'vs NumPy':>9} "
            f"{'fast_augment':>13} {'spread':>7} {'error':>8}"
        ]
        modes = dict.fromkeys(r.entry.contender.mode for r in race)
        for mode in modes:
            rows = [r for r in race if r.entry.contender.mode == mode]
            rows.sort(key=lambda r: r.median if r.rounds else float("inf"))
            lines += [row(r, race, width) for r in rows]
    return lines


def row(result, race, width):
    contender = result.entry.contender
    start = f"  {contender.mode:8} {contender.library:{width}}"
    if result.failure:
        return f"{start} no time: {result.failure.strip().splitlines()[-1]}"
    numpy = fastest(race, "numpy", contender.mode)
    ours = fastest(race, "fast_augment", contender.mode)
    versus_numpy = f"{numpy.median / result.median:9.2f}" if numpy else f"{'':9}"
    versus_ours = f"{result.median / ours.median:13.2f}" if ours else f"{'':13}"
    error = "" if contender.reference else f"{result.difference:8.1g}"
    return (
        f"{start} {duration(result.median):>10} {versus_numpy} {versus_ours} "
        f"{result.spread:6.0%}  {error}".rstrip()
    )


def duration(seconds):
    for unit, factor in (("ns", 1e9), ("us", 1e6), ("ms", 1e3)):
        if seconds * factor < 1000:
            return f"{seconds * factor:.4g} {unit}"
    return f"{seconds:.4g} s"


def faster_than_numpy(races):
    """Count the rows of the first goal; a lead within the noise is a tie there."""
    lines, met = [], 0
    for race in races:
        entry = race[0].entry
        for mode in dict.fromkeys(r.entry.contender.mode for r in race if entry.threads == 1):
            name = f"{entry.workload.name} {mode}"
            ratio = lead(race, "numpy", mode)
            if ratio is None:
                # A wrong result has no time, and must not vanish from the count.
                if has_contender(race, "fast_augment", mode):
                    lines += [f"    missed: {name}, no time"]
                continue
            outcome = verdict(ratio, 1.0, margin=NOISE)
            if outcome == "met":
                met += 1
            else:
                lines += [f"    {outcome}: {name}, {ratio:.2f} times"]
    return [f"  faster than NumPy at one thread: met in {met} of {met + len(lines)} rows", *lines]


def lead(race, library, mode):
    """How many times as fast fast_augment is as the fastest version of a library."""
    ours, theirs = fastest(race, "fast_augment", mode), fastest(race, library, mode)
    return theirs.median / ours.median if ours and theirs else None


def has_contender(race, library, mode):
    contenders = [r.entry.contender for r in race]
    return any(c.library == library and c.mode == mode for c in contenders)


def threads_text(race):
    threads = race[0].entry.threads
    return f"{threads} thread{'s' if threads > 1 else ''}"
