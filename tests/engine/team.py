"""A stack whose ``FlashbackWorkspace`` is described by a file."""

from __future__ import annotations

import itertools
import json
from typing import Any

import yaml

from pulumi_flashback.emulator import Emulator
from tests.engine.stack import Stack

SECRET = "canary-secret-Zq8/+=\"'\\x"
LABELS = [*(f"k{number}" for number in range(8)), "new0", "new1"]
COMPONENT = {"is": "FlashbackWorkspace", "path": "workspace.yaml"}

Described = dict[str, Any]


def stored(label: str, region: str) -> dict[str, str]:
    """Return a key as the API stores it."""
    secret = f"{SECRET}-{label}"
    public = {"provider": "AWS", "region": region}
    return {**public, "key": f"canary-{label}", "secret": secret, "description": f"of {secret}"}


def key(label: str, region: str) -> dict[str, str]:
    """Return a key as the file describes it."""
    secret = f"${{config:secrets.{label}}}"
    credential = {"key": f"${{env:KEY_{label}}}", "secret": secret}
    return {**stored(label, region), **credential, "description": f"of {secret}"}


def describe(emulator: Emulator, *, members: int, keys: int) -> Described:
    """Return a description, and add its users to the organization."""
    emails = [f"user{number}@flashback.example" for number in range(members)]
    for email in emails:
        emulator.add_user(email)
    roles = itertools.cycle(("ADMIN", "WRITE", "READ"))
    return {
        "name": "Team",
        "members": {
            f"m{n}": {"email": email, "role": next(roles)} for n, email in enumerate(emails)
        },
        "keys": {f"k{number}": key(f"k{number}", f"region-{number}") for number in range(keys)},
    }


class Team:
    """A stack whose component is described by a file.

    Args:
        stack: The stack.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.emulator = stack.emulator
        stack.project.variables |= {f"KEY_{each}": stored(each, "")["key"] for each in LABELS}
        secrets = {each: stored(each, "")["secret"] for each in LABELS}
        stack.project.configure({"secrets": json.dumps(secrets)}, secret=True)
        stack.declare({"team": COMPONENT})

    def describe(self, described: Described) -> None:
        self.write(yaml.safe_dump(described))

    def write(self, text: str) -> None:
        (self.stack.project.directory / "workspace.yaml").write_text(text)

    def ids(self) -> dict[str, str]:
        """Return the ids of all members and keys."""
        found = self.stack.ids()
        return {name.partition("/")[2]: each for name, each in found.items() if "/" in name}

    @property
    def workspace_id(self) -> str:
        identifier: str = self.stack.project.outputs()["team"]["workspace_id"]
        return identifier

    def user_id(self, email: str) -> str:
        user = self.emulator.user(email)
        assert user is not None
        return user.id

    def assert_matches(self, described: Described, workspace_id: str) -> None:
        """The API and the state match the description, and nothing shows a secret."""
        rows = {row["id"]: row for row in self.emulator.api_keys(workspace_id)}
        ids = self.ids()
        assert sorted(rows) == sorted(ids[label] for label in described["keys"])
        for label, each in described["keys"].items():
            assert rows[ids[label]].items() >= stored(label, each["region"]).items()
        roles = {self.user_id(m["email"]): m["role"] for m in described["members"].values()}
        assert self.emulator.members(workspace_id).items() >= roles.items()
        assert ids.keys() == {*described["keys"], *described["members"]}
        (name,) = [each.name for each in self.emulator.workspaces() if each.id == workspace_id]
        assert described.get("name", name) == name
        self.stack.assert_silent()
