"""Which goals there are. Names of workloads and libraries are those of the `test_*.py` files."""

from collections.abc import Iterator

from goals import (
    BEST_PEER,
    FRESH,
    IN_PLACE,
    OURS,
    OUT,
    Above,
    Difference,
    Faster,
    Goal,
    Longer,
    Side,
)

BOTH = (1, 2)
COPY = "np.copyto"

SMALL = "clip_grad_norm_ 2000x256"
STEPS = {"adamw": "clip and AdamW", "sgd": "clip and SGD"}
KERAS_FLOW = "keras flow, batch {} uint8 1024x28x28x1"
MODELS = {"resnet": "ResNet-18", "gpt2": "GPT-2"}


def faster(
    key: str,
    workload: str,
    peer: str,
    goal: float,
    *,
    threads: tuple[int, ...] = (1,),
    ours: str = OURS,
    mode: str = OUT,
    what: str = "",
) -> Iterator[Goal]:
    """One row per number of threads: this many times as fast as a peer."""
    named = "the best peer" if peer == BEST_PEER else peer
    for count in threads:
        sides = Side(workload, ours, count, mode), Side(workload, peer, count, mode)
        row = f"{workload}{what}, {count}T, against {named}"
        yield Goal(key if count == 1 else f"{key}-{count}t", row, goal, Faster(*sides))


def clips(
    key: str, model: str, variant: str, peer: str, goals: tuple[float, float]
) -> Iterator[Goal]:
    """Clip the gradients of a model, with a goal for one and for two threads."""
    workload = f"clip_grad_norm_ {model} {variant}"
    for count, goal in zip(BOTH, goals, strict=True):
        yield from faster(key, workload, peer, goal, threads=(count,), mode=IN_PLACE)


def norms() -> Iterator[Goal]:
    workload = "get_total_norm 100M"
    yield from faster("norm-100m", workload, "read", 0.95, threads=BOTH, mode=IN_PLACE)
    side = Side(workload, OURS, 1, IN_PLACE)
    yield Goal("norm-100m-error", f"{workload}, relative error", 1e-12, Difference(side, side))


def clipping() -> Iterator[Goal]:
    yield from clips("noop-100m-torch", "100M", "noop", "torch", (2.2, 2.2))
    yield from clips("noop-resnet-torch", "ResNet-18", "noop", "torch", (2.5, 2.5))
    for key, model in {"100m": "100M", "small": "2000x256", **MODELS}.items():
        yield from clips(f"noop-{key}", model, "noop", BEST_PEER, (1.0, 1.0))
    yield from clips("scale-100m", "100M", "scale", BEST_PEER, (0.97, 0.97))
    yield from clips("scale-gpt2", "GPT-2", "scale", BEST_PEER, (0.97, 0.97))
    yield from clips("scale-resnet-torch", "ResNet-18", "scale", "torch", (1.25, 1.5))


def small_tensors() -> Iterator[Goal]:
    ways = {
        "list": (OURS, "", 40.0),
        "registered": (f"{OURS} registered", ", registered", 50.0),
        "tensors": (f"{OURS} registered torch tensors", ", registered torch tensors", 50.0),
    }
    for variant in ("scale", "noop"):
        workload = f"{SMALL} {variant}"
        for way, (ours, what, goal) in ways.items():
            key = f"small-{way}-{variant}"
            yield from faster(key, workload, "torch", goal, ours=ours, mode=IN_PLACE, what=what)
        key = f"small-peer-{variant}"
        yield from faster(key, workload, BEST_PEER, 5.0, mode=IN_PLACE)


def steps() -> Iterator[Goal]:
    for optimizer, work in STEPS.items():
        for model, name in MODELS.items():
            workload, key = f"{work} {name}", f"{optimizer}-{model}"
            fused = {"threads": BOTH, "mode": IN_PLACE}
            yield from faster(key, workload, "torch fused", 1.3, **fused)
            known = {"ours": f"{OURS} norm known", "what": ", norm known", **fused}
            yield from faster(f"{key}-known", workload, "torch fused", 1.4, **known)


def gradient_calls() -> Iterator[Goal]:
    """Take 1/33 of a registered call with 2,046 tensors as the kernel of 62 of them."""
    kernel = Side("clip_grad_norm_ 2046 tensors of 1", f"{OURS} registered", 1, IN_PLACE)
    for key, library, goal in (("list", OURS, 1.5), ("registered", f"{OURS} registered", 0.5)):
        call = Side("clip_grad_norm_ 62 tensors of 1", library, 1, IN_PLACE)
        row = f"clip_grad_norm_ of 62 arrays, {key}, 1T, above its kernel"
        yield Goal(f"call-{key}", row, goal, Above(call, kernel, share=62 / 2046))


def copies() -> Iterator[Goal]:
    """Flips, crops and turns against a plain copy of as many bytes."""
    batch = "256x224x224x"
    for channels in (1, 3, 4):
        yield from faster(f"hflip-{channels}", f"hflip uint8 {batch}{channels}", COPY, 0.95)
    yield from faster("hflip-3-opencv", f"hflip uint8 {batch}3", "opencv", 3.4)
    yield from faster("hflip-2", f"hflip uint8 {batch}2", COPY, 0.8)
    for dtype in ("uint16", "float32"):
        yield from faster(f"hflip-{dtype}", f"hflip {dtype} 64x224x224x3", COPY, 0.8)
    yield from faster("vflip", f"vflip uint8 {batch}3", COPY, 0.9)
    yield from faster("crop", "crop to 224 uint8 256x256x256x3", COPY, 0.9)
    yield from faster("rot180", f"rot90 twice uint8 {batch}3", COPY, 0.9)
    yield from faster("rot90", f"rot90 uint8 {batch}3", COPY, 0.5)
    yield from faster("transpose", f"transpose uint8 {batch}3", COPY, 0.5)


def warps() -> Iterator[Goal]:
    cold, warm = "64x224x224x", "8x224x224x"
    w3a = f"affine uint8 {cold}3"
    yield from faster("w3a-opencv", w3a, "opencv", 6.0, threads=BOTH)
    yield from faster("w3a", w3a, BEST_PEER, 4.0, threads=BOTH)
    yield from faster("w3b-cold", f"affine float32 {cold}3", "opencv", 4.5)
    yield from faster("w3b-warm", f"affine float32 {warm}3", "opencv", 2.3)
    yield from faster("w3c", "affine uint8 1024x28x28x1", BEST_PEER, 5.0, threads=BOTH)
    yield from faster("w3d", "affine uint8 1024x32x32x3", BEST_PEER, 5.0, threads=BOTH)
    yield from faster("w3e", "affine uint8 8x1024x1024x3", BEST_PEER, 5.0)
    yield from faster("affine-1-warm", f"affine uint8 {warm}1", "opencv", 2.0)
    yield from faster("affine-4-warm", f"affine uint8 {warm}4", "opencv", 2.0)
    yield from faster("affine-4-cold", f"affine uint8 {cold}4", "opencv", 4.0)
    yield from faster("affine-uint16", f"affine uint16 {warm}3", "opencv", 2.0)
    yield from faster("affine-nearest", f"affine nearest uint8 {warm}3", "opencv", 2.0)
    yield from faster("affine-bicubic", f"affine bicubic uint8 {warm}3", "opencv", 2.0)


def pipelines() -> Iterator[Goal]:
    photographs = "uint8 64x384x512x3"
    crop = f"resized crop, flip, normalize {photographs}"
    jitter = f"resized crop, flip, jitter, normalize {photographs}"
    affine = f"resized crop, flip, affine, jitter, normalize {photographs}"
    antialiased = f"{crop} antialiased"
    yield from faster("w4a", crop, BEST_PEER, 2.2)
    yield Goal(
        "w4a-antialias",
        f"{antialiased}, 1T, time against without",
        2.3,
        Longer(Side(antialiased), Side(crop)),
    )
    yield from faster("w4a-pillow", antialiased, "alone: pillow resize", 5.0)
    yield from faster("w4a-torchvision", antialiased, "torchvision", 5.0)
    yield from faster("w4b", jitter, BEST_PEER, 2.7)
    yield from faster("w4c", affine, BEST_PEER, 5.0)
    digits = "digits: affine with edges float32 1024x28x28x1"
    yield from faster("w5", digits, BEST_PEER, 4.0)
    flow = Side(KERAS_FLOW.format(1024), "keras", 1, FRESH)
    row = f"{digits}, 1T, against Keras' flow, its draws included"
    yield Goal("w5-keras", row, 80.0, Faster(Side(digits), flow))
    cifar = "padded crop, flip, normalize uint8 1024x32x32x3"
    yield from faster("w6", cifar, BEST_PEER, 2.5)
    yield from faster("w6-numpy", cifar, "numpy", 7.0)


def image_calls() -> Iterator[Goal]:
    """Take its share of a batch as the kernel of one small image."""
    call, batch = Side("hflip, one uint8 32x32x3 image"), Side("hflip uint8 4096x32x32x3")
    row = "hflip of one 32x32x3 image, above its kernel"
    yield Goal("w9", row, 1.5, Above(call, batch, share=1 / 4096))
    four = Side("padded crop, flip, jitter, normalize, one uint8 32x32x3 image")
    row = "Compose of four on one 32x32x3 image"
    yield Goal("w9-compose", row, 5.0, Above(four, four))


def machines() -> Iterator[Goal]:
    """Two threads against one, and AVX2 against AVX-512."""
    for key, workload in (
        ("affine", "affine uint8 64x224x224x3"),
        ("photographs", "resized crop, flip, jitter, normalize uint8 64x384x512x3"),
    ):
        two, one = Side(workload, OURS, 2), Side(workload, OURS, 1)
        yield Goal(f"threads-{key}", f"{workload}, 2T against 1T", 1.9, Faster(two, one))
        avx2 = Side(workload, f"{OURS} avx2", 1)
        row = f"{workload}, AVX2 against AVX-512"
        yield Goal(f"avx2-{key}", row, 0.85, Faster(avx2, one))


def loaders() -> Iterator[Goal]:
    """Judge what stands around a pipeline: Keras' generator, torch's loader, batches made ahead."""
    for count, goal in ((32, 50.0), (1024, 80.0)):
        workload = KERAS_FLOW.format(count)
        yield from faster(f"keras-{count}", workload, "keras", goal, mode=FRESH)
    recipe = "resized crop, flip, normalize uint8 64x384x512x3"
    for key, place, ours, theirs, goal in (
        ("collate", "Collate", f"{OURS} collate", f"{OURS} pipeline", 0.95),
        ("loader", "DataLoader, 2 workers", OURS, "opencv", 2.0),
        ("ahead", "BatchLoader and a step as long", f"{OURS} ahead", f"{OURS} serial", 1.8),
    ):
        yield from faster(key, f"{place}: {recipe}", theirs, goal, ours=ours, mode=FRESH)


IMAGES = (*copies(), *warps(), *pipelines(), *image_calls(), *machines())
GRADIENTS = (*norms(), *clipping(), *small_tensors(), *steps(), *gradient_calls())
GOALS = (*IMAGES, *loaders(), *GRADIENTS)
BY_KEY = {goal.key: goal for goal in GOALS}
# Work that a run must do for the table even where it is left out otherwise.
RACES = frozenset(race for goal in GOALS for race in goal.races)
assert len(BY_KEY) == len(GOALS)
