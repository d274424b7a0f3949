"""Sends the requests of the command as one of its users, and keeps the responses."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.client.attempt import message_of
from pulumi_flashback.client.call import Call, NoResponse
from pulumi_flashback.client.identifiers import path_of
from pulumi_flashback.conformance.outcome import NotObserved
from pulumi_flashback.redaction import one_line

WORKSPACES, ADMINISTRATOR = 0x02, 0xFE  # the least roles that manage users, and workspaces
MOST_ATTEMPTS = 5  # maximum number of attempts for a request that a rate limit rejects
_GATEWAY = (502, 503, 504)  # statuses of gateways in front of the API, which say nothing about it


@dataclass(frozen=True)
class Account:
    """A signed-in user."""

    name: str  # in reports: ``first`` or ``second``
    client: FlashbackClient
    id: str
    email: str | None
    org_id: str | None
    org_role: int | None  # None if the API does not return it
    first_name: str | None = None
    last_name: str | None = None
    # the email and password that it signed in with; None for a token
    login: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def is_administrator(self) -> bool:
        """Whether the user is an ADMINISTRATOR or OWNER of the organization."""
        return (self.org_role or 0) >= ADMINISTRATOR

    @property
    def manages_users(self) -> bool | None:
        """Whether the user manages the users of the organization; None if unknown."""
        return None if self.org_role is None else self.org_role >= WORKSPACES


def sign_in(name: str, client: FlashbackClient, login: tuple[str, str] | None) -> Account:
    """Sign in and return the account; raises :class:`FlashbackError`."""
    user = client.users.current()
    return Account(
        name=name,
        client=client,
        id=user.id,
        email=user.email,
        org_id=user.org_id,
        org_role=user.org_role,
        first_name=user.name,
        last_name=user.last_name,
        login=login,
    )


@dataclass(frozen=True)
class Exchange:
    """One request and its response."""

    step: str  # the observation that sent it
    who: str  # the name of the account; ``nobody`` for none
    operation: str  # method and path template
    ids: tuple[str, ...]  # the values for the placeholders of the path
    query: Mapping[str, str]
    body: Any = field(repr=False)
    content_type: str | None  # the content type if it is not JSON
    status: int
    headers: Mapping[str, str]  # names in lower case
    content: Any = field(repr=False)  # the parsed body; None if it is empty or not JSON
    is_empty: bool
    message: str  # the API's error message in one line; empty for none

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300

    def get(self, *names: str) -> Any:
        """Return the value in the body under nested names; None if there is none."""
        value = self.content
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a list in the body."""
        found = self.get(name)
        rows = found if isinstance(found, list) else []
        return [row for row in rows if isinstance(row, dict)]

    def failure(self) -> NotObserved:
        """Return this error response as a reason for not observing."""
        text = f": {self.message}" if self.message else ""
        return NotObserved(f"{self.operation} returned {self.status}{text}")


class Wire:
    """Sends requests, once each, and keeps the responses.

    Attributes:
        exchanges: All requests and responses, in order.
        step: The current observation.
        limited: Whether a rate limit occurred.
        retry_after: The ``Retry-After`` header of its first response.
    """

    def __init__(self, first: Account, second: Account | None = None) -> None:
        self.first, self.second = first, second
        self.exchanges: list[Exchange] = []
        self.step = ""
        self._messages: dict[str, str] = {}
        self.limited = False
        self.retry_after: str | None = None

    def send(
        self,
        operation: str,
        *ids: str,
        who: Account | None,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        content_type: str | None = None,
    ) -> Exchange:
        """Send a request; None sends it without a token.

        Raises:
            NotObserved: There is no response, or a rate limit rejects all attempts.
            AuthenticationError: The API no longer accepts the credentials.
        """
        call = Call(
            operation,
            path_of(operation, *ids),
            body=body,
            parameters=query or {},
            authenticated=who is not None,
            headers={} if content_type is None else {"Content-Type": content_type},
        )
        attempts = 0
        while True:
            exchange = self._sent(call, ids, who)
            attempts += 1
            if exchange.status in _GATEWAY:
                raise exchange.failure()
            # a 429 of POST /bucket means a used-up quota
            if exchange.status != 429 or operation == "POST /bucket":
                return exchange
            if not self.limited:
                self.limited, self.retry_after = True, exchange.headers.get("retry-after")
            if attempts == MOST_ATTEMPTS:
                raise exchange.failure()

    def _sent(self, call: Call, ids: tuple[str, ...], who: Account | None) -> Exchange:
        response = (who or self.first).client.exchange(call)
        if isinstance(response, NoResponse):
            raise NotObserved(f"{call.operation}: {response.reason}")
        content = response.json()
        exchange = Exchange(
            step=self.step,
            who=who.name if who else "nobody",
            operation=call.operation,
            ids=ids,
            query={name: value for name, value in call.parameters.items() if value is not None},
            body=call.body,
            content_type=call.headers.get("Content-Type"),
            status=response.status,
            headers=response.headers,
            content=content,
            message=self._one_line(message_of(content)),
            is_empty=not response.body.strip(),
        )
        self.exchanges.append(exchange)
        return exchange

    def _one_line(self, message: str) -> str:
        """Return a message as one line without the passwords."""
        if message not in self._messages:
            logins = [each.login for each in (self.first, self.second) if each and each.login]
            passwords = [password for _, password in logins]
            self._messages[message] = one_line(message, passwords)
        return self._messages[message]


def utc(pattern: str) -> str:
    """Return the current time."""
    return time.strftime(pattern, time.gmtime())
