"""The plot of a run, as SVG."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from benchmarks.contestants.base import PHASES
from benchmarks.measure import spread
from benchmarks.results import Results
from benchmarks.targets import cell, sizes

_COLORS: dict[str, str] = {
    "floor": "#9e9e9e",
    "native": "#1f77b4",
    "dynamic": "#ff7f0e",
    "script-16": "#2ca02c",
    "terraform": "#7b4bb3",
    "native-skip": "#7fb6dd",
    "dynamic-skip": "#ffc48a",
}
"""Of the contestants that are shown, in this order."""


def write(results: Results, path: Path) -> None:
    """Draw the median seconds of every phase, with the spread, for each number of keys."""
    matplotlib.rcParams.update(
        {"svg.hashsalt": "flashback", "svg.fonttype": "none", "font.size": 9}
    )
    measured = sizes(results)
    rows, columns = (sorted(set(each)) or [0] for each in zip(*measured or [(0, 0)], strict=True))
    size = (7 * len(columns), 2.6 * len(rows))
    figure = Figure(figsize=size, layout="constrained")
    for keys, answer_ms in measured:
        place = rows.index(keys) * len(columns) + columns.index(answer_ms) + 1
        axes = figure.add_subplot(len(rows), len(columns), place)
        found = {
            (name, column): spread(seconds)
            for name in _COLORS
            for column, phase in enumerate(PHASES)
            if (seconds := cell(results, name, keys, answer_ms, phase))
        }
        shown = list(dict.fromkeys(name for name, _ in found))
        width = 0.8 / max(1, len(shown))
        for (name, column), (middle, least, most) in found.items():
            axes.bar(
                column + (shown.index(name) - (len(shown) - 1) / 2) * width,
                middle,
                width,
                yerr=[[middle - least], [most - middle]],
                error_kw={"elinewidth": 0.8},
                color=_COLORS[name],
                label=name if column == PHASES.index("up") else None,
            )
        axes.set_title(f"{keys} key{'s' * (keys != 1)}, responses after {answer_ms} ms", loc="left")
        axes.set_xticks(range(len(PHASES)), PHASES)
        axes.set_ylabel("seconds")
        axes.spines[["top", "right"]].set_visible(False)
    handles = {
        label: handle
        for axes in figure.axes
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        handles.values(), handles, loc="outside upper right", ncols=len(_COLORS), frameon=False
    )
    figure.savefig(path, metadata={"Date": None})
