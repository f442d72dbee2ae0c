"""The table of docs/peers.md. `python -m helpers.peer_table` in tests/ writes it into the page."""

import re
from pathlib import Path

import numpy as np

from helpers.peer_cases import CASES
from helpers.peers import PEERS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/peers.md"
BEGIN = "<!-- The table is generated: make peers-table -->\n"
END = "<!-- End of the table -->\n"


def versions():
    """The versions that the tolerances hold for: those of the extra `peers`."""
    pinned = dict(re.findall(r'"([a-z-]+)==([0-9.]+)"', (ROOT / "pyproject.toml").read_text()))
    return {peer: pinned[distribution] for peer, (_, distribution) in PEERS.items()}


def amount(tolerance):
    """A cell: levels of integers, or a fraction of the range from black to white."""
    if tolerance is None:
        return "-"
    bound = tolerance.bound
    if bound == 0:
        text = "equal"
    elif bound >= 0.5:
        text = f"{bound:g} level{'s' * (bound > 1)}"
    else:
        text = f"{bound:g}" if bound >= 0.01 else f"{bound:.0e}".replace("e-0", "e-")
    outliers = tolerance.outliers
    return text if outliers == 0 else f"{text} but for {outliers * 100:g} % of the values"


def lines():
    yield "| operation | peer | compared on | uint8 | float32 | why not equal: the peer |"
    yield "|---|---|---|---|---|---|"
    names = {peer: f"{peer} {version}" for peer, version in versions().items()}
    for case in CASES:
        cells = (
            f"`{case.operation}`",
            names[case.peer],
            case.on,
            amount(case.tolerance(np.uint8)),
            amount(case.tolerance(np.float32)),
            case.why,
        )
        yield f"| {' | '.join(cells)} |"


def page():
    """The text of docs/peers.md with the table as the cases are now."""
    text = PAGE.read_text()
    before, after = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:before] + "\n".join(lines()) + "\n" + text[after:]


if __name__ == "__main__":
    PAGE.write_text(page())
