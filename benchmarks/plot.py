"""The plot of a run, as SVG: what a user waits for, in a picture that a phone shows in full."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from benchmarks.measure import spread
from benchmarks.results import Results
from benchmarks.targets import cell, sizes

Seconds = Mapping[tuple[str, str], tuple[float, float, float]]
"""Median, least and most seconds, by contestant and phase."""

_CONTESTANTS = {
    "floor": ("Pulumi alone", "#9e9e9e"),
    "native": ("native provider", "#1f77b4"),
    "dynamic": ("dynamic provider", "#ff7f0e"),
}
_PHASES = {
    "up": "create",
    "no-op up": "no change",
    "refresh": "refresh",
    "update": "update",
    "destroy": "delete",
}


def write(results: Results, path: Path) -> None:
    """Draw the largest stack that was measured in all phases, or else the largest."""
    measured = [
        (keys, answer_ms)
        for keys, answer_ms in sizes(results)
        if cell(results, "native", keys, answer_ms, "update")
    ]
    keys, answer_ms = [(0, 0), *sizes(results), *measured][-1]
    found = {
        (name, phase): spread(seconds)
        for name in _CONTESTANTS
        for phase in _PHASES
        if (seconds := cell(results, name, keys, answer_ms, phase))
    }
    draw(found, f"{keys} key{'s' * (keys != 1)}, responses after {answer_ms} ms: seconds", path)


def draw(found: Seconds, title: str, path: Path) -> None:
    """Draw bars with their seconds; the width is that of a page on a phone."""
    matplotlib.rcParams.update(
        {"svg.hashsalt": "flashback", "svg.fonttype": "none", "font.size": 10}
    )
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot()
    shown = list(dict.fromkeys(name for name, _ in found))
    height = 0.8 / max(1, len(shown))
    for name in shown:
        label, color = _CONTESTANTS[name]
        rows = [(row, found.get((name, phase))) for row, phase in enumerate(_PHASES)]
        bars = [(row + shown.index(name) * height, each) for row, each in rows if each]
        drawn = axes.barh(
            [row for row, _ in bars],
            [middle for _, (middle, _, _) in bars],
            height,
            xerr=[[m - least for _, (m, least, _) in bars], [most - m for _, (m, _, most) in bars]],
            error_kw={"elinewidth": 0.8},
            color=color,
            label=label,
        )
        axes.bar_label(drawn, fmt="%.1f", padding=4)
    axes.set_title(title, loc="left", fontsize=10)
    middle = (len(shown) - 1) * height / 2
    axes.set_yticks([row + middle for row in range(len(_PHASES))], [*_PHASES.values()])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.spines[["top", "right"]].set_visible(False)
    entries = axes.get_legend_handles_labels()
    figure.legend(*entries, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    figure.savefig(path, metadata={"Date": None}, facecolor="white")
