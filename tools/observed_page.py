"""The page of what the provider assumes, and of what reports have observed of it."""

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

The documentation of the Flashback API leaves things open. For each, the provider makes an
assumption, which is the default of a [setting of the emulator](emulator.md#choices); it works under
every alternative, too. {status}

## Observe it

One command, with an account, finds all of it out in a minute or two:

```sh
flashback conformance --settings settings.json --report report.json
flashback emulator --like settings.json
```

[`flashback conformance`](cli.md#flashback-conformance) says what it will do, and asks. It creates
workspaces, and in them keys, buckets, repositories, AI models and policies with made-up
credentials. It deletes them again, whatever ends it, and changes nothing else. `--workspace ID`
keeps it in one workspace, `--read-only` creates nothing. A second user (`--second-email`,
`--second-password`) shows what roles and members do, and `--organization-users` what happens to
users. The exit code is 1 if something differs from what the provider assumes, or a response from
the [description of the API](operations.md).

`flashback emulator --like settings.json` behaves like what was observed. The report has statuses,
texts and shapes, and no secret, token, foreign id or personal data: please
[send it](https://github.com/flashback-tech/pulumi-flashback/blob/main/CONTRIBUTING.md#send-a-report-of-the-platform).

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
        status = "Nothing has been observed yet: run it."
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
    return "; ".join(texts) or "nothing yet; run `flashback conformance`"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
