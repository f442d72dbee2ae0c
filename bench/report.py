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

from harness import FRESH, IN_PLACE, OUT

# Ratios within this factor of each other are a tie.
NOISE = 1.15
FLIP_OF_THE_GOAL = "hflip uint8 256x224x224x3"
CLIP_OF_THE_GOAL = "clip_grad_norm_ ResNet-18"
# How many times as fast as the fastest peer.
PHOTOGRAPHS = "uint8 64x384x512x3"
PIPELINES_OF_THE_GOAL = {
    f"resized crop, flip, normalize {PHOTOGRAPHS}": 1.0,
    f"resized crop, flip, jitter, normalize {PHOTOGRAPHS}": 1.0,
    f"resized crop, flip, affine, jitter, normalize {PHOTOGRAPHS}": 1.5,
    f"resized crop, flip, normalize {PHOTOGRAPHS} antialiased": 2.0,
    f"resized crop, flip, jitter, normalize {PHOTOGRAPHS} antialiased": 2.0,
    f"resized crop, flip, affine, jitter, normalize {PHOTOGRAPHS} antialiased": 2.0,
    "digits: affine with edges float32 1024x28x28x1": 1.0,
    "padded crop, flip, normalize uint8 1024x32x32x3": 1.0,
}
CALL_OF_THE_GOAL = "padded crop, flip, jitter, normalize, one uint8 32x32x3 image"
CALL_SECONDS = 10e-6
STEP_OF_THE_GOAL = "clip and "
SMALL_OF_THE_GOAL = "clip_grad_norm_ 2000x256"
# How many times as fast as torch each way to pass many small tensors is to be.
SMALL_GOALS = {
    "fast_augment": 40,
    "fast_augment registered": 50,
    "fast_augment registered torch tensors": 50,
}
# Two contenders, and how many times as fast as the other the first is to be.
LOADERS_OF_THE_GOAL = {
    "Collate": (
        *("fast_augment collate", "fast_augment pipeline"),
        *("0.95 times the call of the pipeline or more", 0.95),
    ),
    "DataLoader": ("fast_augment", "opencv", "2 times OpenCV in the same loader", 2.0),
    "BatchLoader": (
        *("fast_augment ahead", "fast_augment serial"),
        *("1.8 times the serial loop", 1.8),
    ),
}
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


def verdict(ratio, goal, margin=1.0):
    """Met from `goal` times `margin` on, a tie as long as noise may explain the rest."""
    if ratio >= goal * margin:
        return "met"
    return "tie" if ratio * NOISE >= goal else "missed"


def goals(races):
    """Lines that say how the goals stand in this run."""
    return [
        "goals (a tie: less than 15 % away, which is within the noise)",
        *faster_than_numpy(races),
        *flip_against_copy(races),
        *clip_against_dot(races),
        *pipelines_against_peers(races),
        *seconds_of_a_call(races),
        *step_against_torch(races),
        *small_tensors_against_torch(races),
        *loaders_against_others(races),
    ]


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


def small_tensors_against_torch(races):
    lines = []
    found = [find(races, f"{SMALL_OF_THE_GOAL} {variant}", {1}) for variant in ("scale", "noop")]
    for race in [race for of_variant in found for race in of_variant]:
        peer = fastest(race, "torch", IN_PLACE)
        for result in timed(race) if peer else []:
            library = result.entry.contender.library
            if library in SMALL_GOALS:
                goal, ratio = SMALL_GOALS[library], peer.median / result.median
                lines += [
                    f"  {race[0].entry.workload.name} at one thread, {library}, {goal} times torch "
                    f"or more: {verdict(ratio, goal)}, {ratio:.0f} times"
                ]
    return lines


def loaders_against_others(races):
    """Judge pairs of contenders in the races of loaders."""
    lines = []
    for race in races:
        name = race[0].entry.workload.name
        for start, (library, other, text, goal) in LOADERS_OF_THE_GOAL.items():
            ours, theirs = fastest(race, library, FRESH), fastest(race, other, FRESH)
            if name.startswith(start) and ours and theirs:
                ratio = theirs.median / ours.median
                lines += [f"  {name}, {text}: {verdict(ratio, goal)}, {ratio:.2f} times"]
    return lines


def flip_against_copy(races):
    ratios = [lead(race, "np.copyto", OUT) for race in find(races, FLIP_OF_THE_GOAL, {1})]
    return [
        f"  {FLIP_OF_THE_GOAL} into out= at one thread, 80 % of np.copyto or more: "
        f"{verdict(ratio, 0.8)}, {ratio:.0%}"
        for ratio in ratios
        if ratio is not None
    ]


def clip_against_dot(races):
    lines = []
    for variant in ("scale", "noop"):
        name = f"{CLIP_OF_THE_GOAL} {variant}"
        for race in find(races, name, {race[0].entry.threads for race in races}):
            ratio = lead(race, "numpy dot", IN_PLACE)
            if ratio is None:
                continue
            error = fastest(race, "fast_augment", IN_PLACE).difference
            outcome = verdict(ratio, 1.2) if error <= 1e-12 else "missed"
            lines += [
                f"  {name}, {threads_text(race)}, 1.2 times NumPy's dot with an error up to "
                f"1e-12: {outcome}, "
                f"{ratio:.2f} times, error {error:.1g}"
            ]
    return lines


def pipelines_against_peers(races):
    lines = []
    for name, goal in PIPELINES_OF_THE_GOAL.items():
        for race in find(races, name, {1}):
            ours, peer = fastest(race, "fast_augment", OUT), fastest_peer(race)
            if ours is None or peer is None:
                continue
            ratio = peer.median / ours.median
            lines += [
                f"  {name} at one thread, {goal:g} times the best peer: {verdict(ratio, goal)}, "
                f"{ratio:.2f} times {peer.entry.contender.library}"
            ]
    return lines


def fastest_peer(race):
    """Fastest checked contender of another library, NumPy included."""
    others = [
        r
        for r in timed(race)
        if r.entry.contender.library != "fast_augment" and not r.entry.contender.reference
    ]
    return min(others, key=lambda r: r.median, default=None)


def seconds_of_a_call(races):
    """Judge the only goal in absolute time, which depends on the machine as well."""
    results = [fastest(race, "fast_augment", OUT) for race in find(races, CALL_OF_THE_GOAL, {1})]
    return [
        f"  {CALL_OF_THE_GOAL}, {duration(CALL_SECONDS)} or less: "
        f"{verdict(CALL_SECONDS / result.median, 1.0)}, {duration(result.median)}"
        for result in results
        if result is not None
    ]


def step_against_torch(races):
    """Clipping inside the step against torch's clip_grad_norm_ and its fused step."""
    lines = []
    for race in races:
        entry = race[0].entry
        if not entry.workload.name.startswith(STEP_OF_THE_GOAL):
            continue
        ratio = lead(race, "torch fused", IN_PLACE)
        if ratio is not None:
            lines += [
                f"  {entry.workload.name}, {threads_text(race)}, 1.3 times torch's clipping and "
                f"fused step: {verdict(ratio, 1.3)}, {ratio:.2f} times"
            ]
    return lines


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
