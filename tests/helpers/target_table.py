"""The table of docs/targets.md, found by trying. `python -m helpers.target_table` in tests/ writes
it into the page."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np

import fast_augment as fa
from helpers.images import DTYPES, LAYOUTS, to_layout
from helpers.pipelines import EXAMPLES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/targets.md"
BEGIN = "<!-- The table is generated: make targets-table -->\n"
END = "<!-- End of the table -->\n"
COMBINATORS = ("RandomApply", "OneOf", "SomeOf", "RandomOrder")
MASK_DTYPES = (
    *("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    *("float32", "float16", "float64"),
)
SIZE = (24, 30)
SAMPLES = 6
BOXES = [[[4.0, 5, 17, 16]]] * SAMPLES
POINTS = [[[11.0, 9]]] * SAMPLES


def examples():
    """Every transform that is none of others, applied for sure."""
    for name, example in EXAMPLES.items():
        if name in COMBINATORS:
            continue
        names = {field.name for field in fields(example)}
        # Values that every dtype has; bfloat16 needs a package that knows it.
        usual = {"p": 1.0, "fill": 0, "dtype": "float32"}
        changes = {argument: value for argument, value in usual.items() if argument in names}
        yield name, replace(example, **changes)


def images(dtype, layout):
    ramp = np.arange(SAMPLES * SIZE[0] * SIZE[1] * 3, dtype=np.float64)
    levels = ramp.reshape(SAMPLES, *SIZE, 3) % 251
    values = levels / 255 if dtype == np.float32 else levels
    return list(to_layout(values.astype(dtype), layout))


def masks(dtype, layout, has_channels):
    shape = (SAMPLES, *SIZE, 2) if has_channels else (SAMPLES, *SIZE)
    values = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    return list(to_layout(values, layout) if has_channels else values)


def is_same(found, given):
    return all(np.array_equal(one, other) for one, other in zip(found, given, strict=True))


def outcome(augment, dtype, layout, **targets):
    """What becomes of the only target: "moved", "unchanged", or None for what is refused."""
    given = {"boxes": BOXES, **targets}  # some transforms look at boxes
    try:
        batch = augment(images(dtype, layout), index=np.arange(SAMPLES), **given)
    except (TypeError, ValueError):
        return None
    ((name, given),) = targets.items()
    return "unchanged" if is_same(getattr(batch, name), given) else "moved"


def is_taken_alone(augment, dtype, layout):
    try:
        augment(images(dtype, layout))
    except (TypeError, ValueError):
        return False
    return True


def one(outcomes):
    """The only outcome of all that were not refused."""
    found = set(outcomes) - {None}
    assert len(found) == 1, found
    return found.pop()


def row(name, transform):
    pipelines = {layout: fa.Compose([transform], seed=0, layout=layout) for layout in LAYOUTS}
    taken, by_target = [], {"masks": [], "boxes": [], "keypoints": []}
    mask_dtypes = {dtype: [] for dtype in MASK_DTYPES}
    for dtype in DTYPES:
        for layout, augment in pipelines.items():
            found = {
                "boxes": outcome(augment, dtype, layout, boxes=BOXES),
                "keypoints": outcome(augment, dtype, layout, keypoints=POINTS),
            }
            is_refused = found["boxes"] is None
            if not is_refused or is_taken_alone(augment, dtype, layout):
                taken.append((np.dtype(dtype).name, layout))
            if is_refused:
                continue
            for target, result in found.items():
                by_target[target].append(result)
            for mask_dtype in MASK_DTYPES:
                for has_channels in (False, True):
                    given = masks(mask_dtype, layout, has_channels)
                    result = outcome(augment, dtype, layout, masks=given)
                    mask_dtypes[mask_dtype].append(result)
                    by_target["masks"].append(result)
    if not by_target["boxes"]:
        return f"| `{name}` | {image_cell(taken)} | refused | refused | refused | none |"
    allowed = [dtype for dtype, results in mask_dtypes.items() if None not in results]
    cells = [image_cell(taken), *(one(results) for results in by_target.values())]
    return f"| `{name}` | {' | '.join(cells)} | {mask_cell(allowed)} |"


def image_cell(taken):
    names = [np.dtype(dtype).name for dtype in DTYPES]
    both = [name for name in names if all((name, layout) in taken for layout in LAYOUTS)]
    assert len(both) * len(LAYOUTS) == len(taken), taken
    return "all" if both == names else ", ".join(both)


def mask_cell(allowed):
    refused = [dtype for dtype in MASK_DTYPES if dtype not in allowed]
    assert refused == ["float16", "float64"], refused
    return "all"


def lines():
    yield "| transform | images | masks | boxes | keypoints | dtypes of masks |"
    yield "|---|---|---|---|---|---|"
    for name, transform in examples():
        yield row(name, transform)


def page():
    """The text of docs/targets.md with the table as it is found now."""
    text = PAGE.read_text()
    before, after = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:before] + "\n".join(lines()) + "\n" + text[after:]


if __name__ == "__main__":
    PAGE.write_text(page())
