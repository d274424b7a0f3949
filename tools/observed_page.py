"""Generates the page of the provider's assumptions and of the observations in reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pulumi_flashback.emulator.settings import EmulatorSettings, alternatives

REPORTS = Path(__file__).parent.parent / "conformance"

_PAGE = """\
---
title: What has been observed
meta_desc: What the provider assumes of the Flashback API, and what has been observed.
---

# What has been observed

The documentation of the Flashback API leaves some behaviors open. For each of them, the provider
makes an assumption: the default of a [setting of the emulator](emulator.md#choices). The provider
also works with every alternative. {status}

## Observe it

With an account, one command observes them all in a minute or two:

```sh
flashback conformance --settings settings.json --report report.json
flashback emulator --like settings.json
```

[`flashback conformance`](cli.md#flashback-conformance) shows its plan and prompts for confirmation;
`--yes` skips the prompt. It creates workspaces that contain keys, buckets, repositories, AI models
and policies with made-up credentials. It deletes them at the end, even after Ctrl-C, and changes
nothing else. If it is killed, the next run deletes what is left.

| option | effect |
| --- | --- |
| `--workspace ID` | Creates objects in this workspace only. |
| `--read-only` | Creates nothing. |
| `--second-email`, `--second-password` | Observes roles and members with a second user. |
| `--organization-users` | Creates and deletes a user of the organization. |

The [exit code](cli.md#flashback-conformance) reports whether everything is as the provider assumes.

`flashback emulator --like settings.json` starts an emulator with the observed behavior. The report
contains statuses, texts and structures, but no secrets, tokens, foreign ids or personal data.
Please [send it](https://github.com/flashback-tech/pulumi-flashback/blob/main/CONTRIBUTING.md#send-a-report-of-the-platform).

## The assumptions

This page is generated from the code and from the recorded reports: `make generate`.

| assumption | what the provider assumes | alternatives | observed | meaning |
| --- | --- | --- | --- | --- |
{rows}
"""


def observed_page(folder: Path = REPORTS) -> str:
    """Return the page."""
    reports = [
        json.loads(each.read_text(encoding="utf-8")) for each in sorted(folder.glob("*.json"))
    ]
    status = f"{len(reports)} report(s) of the platform are recorded."
    if not reports:
        status = "Nothing has been observed yet."
    rows = [_row(name, reports) for name in EmulatorSettings.model_fields]
    return _PAGE.format(status=status, rows="\n".join(rows))


def _row(name: str, reports: list[dict[str, Any]]) -> str:
    info = EmulatorSettings.model_fields[name]
    cells = (
        f"`{name}`",
        f"`{_text(info.default)}`",
        alternatives(name),
        _observed(name, reports),
        str(info.description),
    )
    return f"| {' | '.join(cells)} |"


def _observed(name: str, reports: list[dict[str, Any]]) -> str:
    """Say what the reports have observed of a setting."""
    found: dict[str, list[str]] = {}
    for report in reports:
        for finding in report["findings"]:
            if finding["behavior"] == name and "observed" in finding:
                found.setdefault(_text(finding["observed"]), []).append(str(report["date"]))
    texts = [f"`{value}` ({', '.join(dates)})" for value, dates in found.items()]
    return "; ".join(texts) or "nothing yet"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
