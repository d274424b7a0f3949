"""Workspaces for many readers: who gets which response."""

from __future__ import annotations

from unittest.mock import Mock

from pulumi_flashback.client import Workspace
from pulumi_flashback.core.context import Context
from pulumi_flashback.resources.workspace_reader import reader_of


def test_readers_share_a_response_until_something_is_written() -> None:
    client = Mock()
    client.workspaces.get.side_effect = lambda each: Workspace(id=each)
    reader = reader_of(Context(client))
    for name in ("ada", "ben"):
        assert reader.find("w", name) == Workspace(id="w")
    assert client.workspaces.get.call_count == 1
    reader.invalidate("another")
    reader.find("w", "eve")
    assert client.workspaces.get.call_count == 1
    reader.invalidate("w")
    reader.find("w", "grace")
    assert client.workspaces.get.call_count == 2
