"""Sends the requests of a recorded report to an emulator, and compares the responses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from difflib import unified_diff
from typing import Any

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.conformance.exchanges import Account, Wire, sign_in
from pulumi_flashback.conformance.public import OTHERS, Publisher
from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.store import User

_NAMES = {"name": "first_name", "last_name": "last_name"}  # by the attribute of the user
_PLACEHOLDER = re.compile(r"<[a-z_.]+(-\d+)?>")


class Replay:
    """The requests of a report, sent to an emulator that has the observed settings."""

    def __init__(self, report: dict[str, Any], wire: Wire, publisher: Publisher) -> None:
        self._exchanges: list[dict[str, Any]] = report["exchanges"]
        self._wire, self._publisher = wire, publisher

    def differences(self) -> Iterator[str]:
        """Return every line in which a response is another one than was recorded."""
        for number, recorded in enumerate(self._exchanges, 1):
            title = f"{number}: {recorded['step']}, {recorded['request']['operation']}"
            now = self._send(recorded)
            before, after = (_lines(each["response"]) for each in (recorded, now))
            yield from unified_diff(before, after, f"{title} (recorded)", "emulator", lineterm="")

    def _send(self, recorded: dict[str, Any]) -> dict[str, Any]:
        request, accounts = recorded["request"], (self._wire.first, self._wire.second)
        self._wire.step = recorded["step"]
        exchange = self._wire.send(
            request["operation"],
            *self._real(request.get("ids", [])),
            who=next((each for each in accounts if each and each.name == recorded["as"]), None),
            body=self._real(request.get("body")),
            query=self._real(request.get("query", {})),
            content_type=request.get("contentType"),
        )
        return self._publisher.publish(exchange)

    def _real(self, value: Any) -> Any:
        """Return a value with what its placeholders stand for here."""
        if isinstance(value, dict):
            return {name: self._real(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._real(each) for each in value]
        if isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
            return self._publisher.raw.get(value, value.strip("<>"))
        if isinstance(value, str):
            self._publisher.show(value)
        return value


def replayed(report: dict[str, Any], settings: EmulatorSettings | None = None) -> list[str]:
    """Replay a report; under the observed settings unless others are given."""
    settings, text = settings or EmulatorSettings(**report["settings"]), json.dumps(report)
    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator(settings))
        other = emulator.add_user("second@flashback.example")
        roles, users = report["orgRoles"], {"first": emulator.user(emulator.email), "second": other}
        accounts: list[Account] = []
        for name, role in roles.items():
            user = users[name]
            assert user is not None
            emulator.set_org_role(user, role)
            # whoever made the report may have had no last name
            shown = {n: f"<{name}.{key}>" for n, key in _NAMES.items()}
            names = {n: each.strip("<>") if each in text else "" for n, each in shown.items()}
            emulator.store.change(User, names, id=user.id)
            login = (user.email, emulator.password)
            client = FlashbackClient(emulator.base_url, email=login[0], password=login[1])
            accounts.append(sign_in(name, stack.enter_context(client), login))
        workspace = emulator.workspace_id if report["options"]["workspace"] else None
        publisher = Publisher(accounts, workspace=workspace)
        return [*Replay(report, Wire(*accounts), publisher).differences()]


def _lines(response: dict[str, Any]) -> list[str]:
    return json.dumps(_without_others(response), indent=1).splitlines()


def _without_others(value: Any) -> Any:
    """Leave out the rows of others: an emulator has none, or other ones."""
    if isinstance(value, dict):
        return {name: _without_others(each) for name, each in value.items()}
    if isinstance(value, list):
        kept = [each for each in value if not (isinstance(each, dict) and each.keys() == {OTHERS})]
        return [_without_others(each) for each in kept]
    return value
