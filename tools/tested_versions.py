"""Generates the table of the tested versions from the files that determine them."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import yaml
from packaging.metadata import Metadata

from tools import go, pulumi_cli, release

WORKFLOW = Path(__file__).parent.parent / ".github" / "workflows" / "release.yml"
BY_HAND = "3.14.10 once, by hand: unit, client and command tests, and both providers with the CLI"
NEWEST = "newest release"


def tested_versions() -> str:
    """Return the table."""
    text = metadata.distribution("pulumi_flashback").read_text("METADATA") or ""
    oldest, *others = release.cases(Metadata.from_email(text))
    lowest = dict(each.split("==") for each in oldest.constraints)
    cli = go.pinned("github.com/pulumi/pulumi/sdk/v3", pulumi_cli.MODULE).removeprefix("v")
    oldest_cli = go.pinned("github.com/pulumi/pulumi/pkg/v3", pulumi_cli.OLDEST_MODULE)
    runners = yaml.safe_load(WORKFLOW.read_text())["jobs"]["plugin"]["strategy"]["matrix"]["runner"]
    first, *elsewhere = (f"`{each}`" for each in runners)
    rows = (
        ("Python", oldest.python, f"{', '.join(each.python for each in others)}; {BY_HAND}"),
        ("Pulumi CLI", oldest_cli.removeprefix("v"), cli),
        *((f"`{name}`", lowest[name], NEWEST) for name in ("pulumi", "pydantic", "httpx")),
        ("`pulumi`, with the native Python SDK", release.lowest_pulumi_of_sdk(), NEWEST),
        (
            "Platform",
            f"all tests: Linux on amd64 ({first})",
            f"build of the plugin only: {', '.join(elsewhere)}",
        ),
    )
    lines = ("| | oldest | others |", "| --- | --- | --- |")
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
