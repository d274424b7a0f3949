"""What is asked about the user who is signed in."""

from __future__ import annotations

from typing import Any, cast

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Account, Context


class OpaqueToken:
    """A client whose token names no organization, and whose profile cannot be read."""

    organization_id = None

    def __init__(self) -> None:
        self.users = self
        self.asked = 0

    def current(self) -> Any:
        self.asked += 1
        raise FlashbackError("GET /user/profile: 503")


def test_a_profile_that_cannot_be_read_is_asked_for_once() -> None:
    client = OpaqueToken()
    workspaces = Account(Context(cast(Any, client)))
    assert [workspaces.organization_if_known() for _ in range(3)] == [None] * 3
    assert client.asked == 1
