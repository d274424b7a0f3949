"""What is read about the user who is signed in."""

from __future__ import annotations

from unittest.mock import Mock

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Account, Context


def test_a_profile_that_cannot_be_read_is_requested_once() -> None:
    client = Mock(organization_id=None)  # an opaque token
    client.users.current.side_effect = FlashbackError("GET /user/profile: 503")
    account = Account(Context(client))
    assert [account.organization_if_known() for _ in range(3)] == [None] * 3
    client.users.current.assert_called_once()
