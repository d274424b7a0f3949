"""The results of a run: settings for the emulator, a report to publish, and a table to read."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from typing import Any

from pulumi_flashback.client import DEFAULT_BASE_URL
from pulumi_flashback.conformance.exchanges import Exchange, utc
from pulumi_flashback.conformance.outcome import Finding, NoAlternative
from pulumi_flashback.conformance.public import Publisher
from pulumi_flashback.conformance.run import Run
from pulumi_flashback.version import VERSION

FORMAT = 1
LONGEST_CELL = 60  # maximum number of characters of a value in the table
_NO_OBSERVATIONS = ("leftovers", "cleanup", "")  # the steps that a report omits


def settings_of(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the observed settings, for ``flashback emulator --like``."""
    return {
        each.behavior: each.observed
        for each in findings
        if each.is_setting and not each.reason and not isinstance(each.observed, NoAlternative)
    }


def rows_of(findings: Sequence[Finding]) -> list[tuple[str, str, str, str]]:
    """Return the rows of the table: whether it differs, behavior, expected, observed."""
    return [
        (
            "differs" if each.differs else "",
            each.behavior,
            _shown(each.expected),
            f"not observed: {each.reason}" if each.reason else _shown(each.observed),
        )
        for each in findings
    ]


def _shown(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def deviations(exchanges: Sequence[Exchange]) -> list[str] | None:
    """Return the differences between responses and the description of the API, one line each.

    The lines contain names of the description but no content of responses. None if nothing was
    compared because ``pulumi_flashback[emulator]`` is not installed.
    """
    try:
        from pulumi_flashback.api_description import validate
    except ModuleNotFoundError:
        return None
    found: dict[str, None] = {}
    for each in exchanges:
        if each.content is None and not each.is_empty:
            found[f"{each.operation}: {each.status}: the body is not JSON"] = None
            continue
        method, _, path = each.operation.partition(" ")
        found.update(dict.fromkeys(validate(method, path, each.status, each.content)))
    return [*found]


def report_of(run: Run, findings: Sequence[Finding], base_url: str) -> dict[str, Any]:
    """Return a report that can be attached to a public issue."""
    wire = run.wire
    accounts = [each for each in (wire.first, wire.second) if each]
    publisher = Publisher(accounts, run.made_up, run.made_up_secrets, run.given_workspace)
    exchanges = [each for each in wire.exchanges if each.step not in _NO_OBSERVATIONS]
    published = [publisher.publish(each) for each in exchanges]
    return {
        "format": FORMAT,
        "date": utc("%Y-%m-%d"),
        "version": VERSION,
        "python": platform.python_version(),
        "api": base_url if base_url == DEFAULT_BASE_URL else "another address",
        "options": {
            "readOnly": run.read_only,
            "workspace": run.given_workspace is not None,
            "organizationUsers": run.may_create_users,
        },
        "orgRoles": {each.name: each.org_role for each in accounts},
        "listLag": {"responses": run.lag, "seconds": round(run.lag_seconds, 2)},
        "settings": settings_of(findings),
        "findings": [_published(each, publisher) for each in findings],
        "deviations": deviations(wire.exchanges),
        "exchanges": published,
    }


def _published(finding: Finding, publisher: Publisher) -> dict[str, Any]:
    if finding.reason:
        outcome = {"notObserved": publisher.message(finding.reason)}
    elif finding.is_setting and not isinstance(finding.observed, NoAlternative):
        outcome = {"observed": finding.observed}
    else:
        outcome = {"observed": _documented(str(finding.observed), publisher)}
    known = {"behavior": finding.behavior, "expected": finding.expected}
    return {**known, **outcome, "differs": finding.differs}


def _documented(text: str, publisher: Publisher) -> str:
    status, quote, rest = text.partition(' "')
    return f"{status}{quote}{publisher.message(rest)}" if quote else publisher.message(text)
