"""How the tests of the emulator ask it: in this process, without a socket."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import httpx

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import User

BODY = {
    "workspaceId": "workspace-uuid",
    "key": "YOUR_ACCESS_KEY",
    "secret": "YOUR_SECRET_KEY",
    "provider": "AWS",
    "endpoint": "s3.us-east-1.amazonaws.com",
    "region": "us-east-1",
}
"""The request of the API reference, to the letter."""

WORKSPACE = "/workspace/workspace-uuid"
MEMBERS = f"{WORKSPACE}/users"
USERS = "/organization/users"
NEW_USER = {"email": "New@x.example", "password": "p", "firstName": "New", "lastName": "User"}

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients: to load the system's certificates takes longer than most tests."""

Ask = Callable[..., httpx.Response]
"""Takes method, path, body as JSON, and what else ``httpx`` takes."""


def asking(emulator: Emulator, who: User | str | None = "", *, socket: bool = False) -> Ask:
    """Return a function that sends requests as a user, with a token, or (None) with none.

    Args:
        emulator: The emulator.
        who: Empty for the demo user.
        socket: Whether requests go over the network.
    """
    app = None if socket else httpx.ASGITransport(emulator.app, raise_app_exceptions=False)
    url = emulator.base_url if socket else "http://localhost"

    def ask(method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        token = emulator.issue_token(who) if isinstance(who, User) else who
        token = emulator.token if token == "" else token
        headers = {**({"Authorization": f"Bearer {token}"} if token else {})}
        headers.update(more.pop("headers", {}))
        if body is not None:
            more["json"] = body

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=app, base_url=url, verify=NO_TLS) as client:
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(send())

    return ask


def refused(response: httpx.Response, status: int, message: str, **more: Any) -> None:
    """Assert that a response is a refusal, to the letter."""
    expected = {"success": False, "message": message, **more}
    assert (response.status_code, response.json()) == (status, expected)


def said(response: httpx.Response) -> tuple[int, str | None]:
    """Return status and message."""
    return response.status_code, response.json().get("message")


def keys(ask: Ask, query: str = "") -> list[dict[str, Any]]:
    """Return the keys that a list shows."""
    rows: list[dict[str, Any]] = ask("GET", f"/apikeys{query}").json().get("apiKeys", [])
    return rows


def members(ask: Ask, path: str = WORKSPACE) -> list[dict[str, Any]]:
    """Return the members that a workspace shows."""
    rows: list[dict[str, Any]] = ask("GET", path).json()["workspace"]["users"]
    return rows


def session(emulator: Emulator) -> dict[str, Any]:
    """Sign in as the demo user."""
    credentials = {"email": emulator.email, "password": emulator.password}
    answer: dict[str, Any] = asking(emulator, None)("POST", "/user/login", credentials).json()
    return answer
