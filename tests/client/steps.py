"""Credentials, calls and responses that many tests of the client use."""

from __future__ import annotations

from pulumi_flashback.client import FlashbackClient
from tests.client.scripted_server import Step, reply

EMPTY = reply({"success": True, "apiKeys": []})
CREATED = reply({"success": True, "apiKeyId": "an-id"}, 201)
GZIP = {"Content-Encoding": "gzip"}
LOGIN = {"email": "e", "password": "pass-word"}


def tokens(access: str, refresh: str | None = None) -> Step:
    return reply({"success": True, "accessToken": access, "refreshToken": refresh})


def create(client: FlashbackClient) -> str:
    return client.api_keys.create(workspace_id="w", key="k", secret="s", provider="AWS").api_key_id


def update(client: FlashbackClient) -> None:
    client.api_keys.update("an-id", {"secret": "s"})


def delete(client: FlashbackClient) -> None:
    client.api_keys.delete("an-id")
