"""What is not an id never gets into a path: ``..`` would be another object."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pulumi_flashback.client import FlashbackClient, InvalidIdentifierError
from pulumi_flashback.client.identifiers import is_identifier, path_of
from tests.client.scripted_server import ScriptedServer

NOT_IDS = [
    "", " ", ".", "..", "%2e%2e", "%2E", ".%2e", "a/b", "../w", "/", "\\", "a\\..\\b", "a?b", "a#b",
    "a b", " a", "a\n", "\n", "a\x00", "\x1b[31m", "ä", "\ud800", "a;b", "a,b", "x" * 257,
]  # fmt: skip
IDS = ["a", "a1b2c3d4-0000-4000-8000-000000000000", "...", "..a", "a..b", "a.b_c:d~e@f=g+h-", "0"]

CALLS: list[Callable[[FlashbackClient, str], object]] = [
    lambda c, i: c.api_keys.update(i, {"secret": "s"}),
    lambda c, i: c.api_keys.delete(i),
    lambda c, i: c.api_keys.list(workspace_id=i),
    lambda c, i: c.api_keys.create(workspace_id=i, key="k", secret="s", provider="AWS"),
    lambda c, i: c.api_keys.get("a", workspace_id=i),
    lambda c, i: c.api_keys.get(i),
    lambda c, i: c.workspaces.get(i),
    lambda c, i: c.workspaces.update(i, name="n"),
    lambda c, i: c.workspaces.delete(i),
    lambda c, i: c.workspaces.add_member(i, user_id="u", role="READ"),
    lambda c, i: c.workspaces.add_member("w", user_id=i, role="READ"),
    lambda c, i: c.workspaces.update_member(i, "u", role="READ"),
    lambda c, i: c.workspaces.update_member("w", i, role="READ"),
    lambda c, i: c.workspaces.remove_member(i, "u"),
    lambda c, i: c.workspaces.remove_member("w", i),
    lambda c, i: c.buckets.list(workspace_id=i),
    lambda c, i: c.repositories.list(workspace_id=i),
]


def test_what_is_not_an_id_is_refused_before_anything_is_sent(server: ScriptedServer) -> None:
    client = server.client()
    for call in CALLS:
        for value in NOT_IDS:
            with pytest.raises(InvalidIdentifierError, match="was not sent") as failure:
                call(client, value)
            assert failure.value.not_processed
            assert not failure.value.may_have_taken_effect
            assert str(failure.value).encode("utf-8", "replace").decode().isprintable()
    assert server.connections == 0


@pytest.mark.parametrize("value", IDS)
def test_an_id_stands_in_a_path_as_it_is(value: str) -> None:
    assert is_identifier(value)
    path = path_of("DELETE /workspace/{id}/users/{userId}", "w", value)
    assert path == f"/workspace/w/users/{value}"


@pytest.mark.parametrize("value", [*NOT_IDS, None, 7, 10**400, ["a"], {"id": "a"}, b"a", True])
def test_what_is_not_an_id(value: object) -> None:
    assert not is_identifier(value)
