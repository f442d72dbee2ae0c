"""A full ImageNet recipe on real photographs of different sizes, one pass over each into one batch.

Prints how the pipeline runs, checks that a sample depends on its key alone, and writes a picture:
every photograph as it is, and as it enters the network in four epochs.

    pip install fast-augment-cpp[demo]
    python examples/imagenet_pipeline.py
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

import fast_augment as fa

EXTRAS = {"matplotlib": "matplotlib", "skimage": "scikit-image"}
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "retina")
SIZE = 224
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
EPOCHS = 4
TIMED_CALLS = 20


def recipe(seed: int) -> fa.Compose:
    """Crop, flip, warp, colour, blur, normalise, erase; uint8 in, float32 (3, 224, 224) out."""
    return fa.Compose(
        [
            fa.RandomResizedCrop(SIZE, scale=(0.3, 1.0)),
            fa.RandomHorizontalFlip(),
            fa.RandomApply([fa.RandomAffine(15, scale=(0.9, 1.1), shear=8, border="reflect")]),
            fa.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.05),
            fa.RandomGrayscale(p=0.1),
            fa.RandomApply([fa.GaussianBlur(9)], p=0.2),
            fa.Normalize(MEAN, STD),
            fa.RandomErasing(p=0.25),
        ],
        seed=seed,
    )


def load_photographs() -> list[NDArray[np.uint8]]:
    """Read the photographs that ship inside scikit-image."""
    import skimage.data

    return [np.ascontiguousarray(getattr(skimage.data, name)()) for name in PHOTOGRAPHS]


def as_pictures(batch: NDArray[np.float32]) -> NDArray[np.float64]:
    """Undo the normalisation, for the eye."""
    pictures = batch.transpose(0, 2, 3, 1) * np.array(STD) + np.array(MEAN)
    return np.clip(pictures, 0, 1)


def save_figure(
    photographs: list[NDArray[np.uint8]], epochs: list[NDArray[np.float32]], path: Path
) -> None:
    """Draw a column per photograph: the original above, the epochs below."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 2.2 * (1 + len(epochs))), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1 + len(epochs), len(photographs))
    rows = [photographs, *(as_pictures(batch) for batch in epochs)]
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            panels[y, x].imshow(picture)
            panels[y, x].set(xticks=[], yticks=[])
        panels[y, 0].set_ylabel("before" if y == 0 else f"epoch {y - 1}", fontsize=12)
    for x, (name, photograph) in enumerate(zip(PHOTOGRAPHS, photographs, strict=True)):
        height, width = photograph.shape[:2]
        panels[0, x].set_title(f"{name.replace('_', ' ')}\n{height} x {width}", fontsize=10)
    figure.savefig(path, dpi=100)


def parse_arguments() -> argparse.Namespace:
    """Read the command line; wrong values end the program with a message."""
    parser = argparse.ArgumentParser(description="An ImageNet recipe on real photographs.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("imagenet_pipeline.png"))
    arguments = parser.parse_args()
    if arguments.seed < 0:
        parser.error(f"--seed must not be negative, got {arguments.seed}")
    if not arguments.output.absolute().parent.is_dir():
        parser.error(f"--output: the folder of {arguments.output} does not exist")
    missing = [name for module, name in EXTRAS.items() if not importlib.util.find_spec(module)]
    if missing:
        parser.error(f"needs {', '.join(missing)}: pip install 'fast-augment-cpp[demo]'")
    return arguments


def main() -> None:
    """Run the recipe for a few epochs, time it, write the picture."""
    arguments = parse_arguments()
    photographs = load_photographs()
    augment = recipe(arguments.seed)
    print(augment.explain(photographs[0].shape), end="\n\n")

    index = np.arange(len(photographs))
    batch = np.empty((len(photographs), 3, SIZE, SIZE), np.float32)
    epochs = [augment(photographs, epoch=e, index=index, out=batch).copy() for e in range(EPOCHS)]

    # The key of a sample decides its pixels, whatever else is in the batch.
    alone = augment(photographs[2], epoch=1, index=2)
    print("photograph 2 of epoch 1, alone and in its batch:", end=" ")
    print("the same bits" if np.array_equal(alone, epochs[1][2]) else "different")

    begin = perf_counter()
    for epoch in range(TIMED_CALLS):
        augment(photographs, epoch=epoch, index=index, out=batch)
    seconds = (perf_counter() - begin) / (TIMED_CALLS * len(photographs))
    print(f"{1 / seconds:,.0f} photographs per second on {fa.get_num_threads()} thread(s)")

    save_figure(photographs, epochs, arguments.output)
    print(f"Picture: {arguments.output}")


if __name__ == "__main__":
    main()
