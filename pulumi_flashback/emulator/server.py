"""The emulator in a thread of this process, with what tests want to do behind a program's back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from typing_extensions import Self

from pulumi_flashback.emulator.app import OPERATIONS, Answered, make_app
from pulumi_flashback.emulator.backend import Backend
from pulumi_flashback.emulator.faults import FaultScript
from pulumi_flashback.emulator.settings import EmulatorSettings
from pulumi_flashback.emulator.store import OPTIONAL_FIELDS, OWNER, USER, Store, User, Workspace

DEMO_ORGANIZATION = "demo-organization"
DEMO_EMAIL = "demo@flashback.example"
DEMO_PASSWORD = "demo-password"  # noqa: S105 - of the demo user
DEMO_WORKSPACE = "workspace-uuid"
"""The id in the examples of the API reference, so that these work as they are printed there."""

SECOND_WORKSPACE = "workspace-uuid-2"

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0


class Emulator:
    """A Flashback backend in this process, on a real socket of this machine.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`. It has a demo user, who
    owns the organization, and two workspaces.

    Attributes:
        base_url: Its address, once it is started.
        email: Email address of the demo user.
        password: The password of the demo user.
        user_id: Id of the demo user.
        workspace_id: The first workspace.
        second_workspace_id: The second workspace.
        requests: Method, path template and status of each request, in order of arrival; a status
            of 0 stands for no answer.
        settings: Its settings.

    Args:
        settings: Choices where the platform's documentation is silent.
        data: A database file, or None for a database in memory.
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.
        log: Prints a line for each request.
        faults: Takes faults to make, from :meth:`script_faults` and over ``/_faults``.
    """

    def __init__(
        self,
        settings: EmulatorSettings | None = None,
        *,
        data: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        log: bool = False,
        faults: bool = False,
    ) -> None:
        self.settings = settings or EmulatorSettings()
        self.email = DEMO_EMAIL
        self.password = DEMO_PASSWORD
        self.workspace_id = DEMO_WORKSPACE
        self.second_workspace_id = SECOND_WORKSPACE
        self.requests: list[tuple[str, str, int]] = []
        self._running: Counter[str] = Counter()
        self._print = log
        self._faults = FaultScript(OPERATIONS)
        self._socket = _listen(host, port)
        try:
            self._store = Store(data)
            try:
                self._demo_user = self._prepare()
            except BaseException:
                self._store.close()
                raise
        except BaseException:
            self._socket.close()
            raise
        self.user_id = self._demo_user.id
        self._backend = Backend(self.settings, self._store)
        bound_host, bound_port = self._socket.getsockname()[:2]
        shown_host = f"[{bound_host}]" if ":" in bound_host else bound_host
        self.base_url = f"http://{shown_host}:{bound_port}"
        self._server = _Server(
            uvicorn.Config(
                make_app(self._backend, self._note, self._faults if faults else None),
                lifespan="off",
                http="h11",
                log_config=None,
                log_level=logging.CRITICAL,  # what it says of broken connections is wanted here
                access_log=False,
                timeout_graceful_shutdown=0,  # what still waits is a request that is not sent
                server_header=False,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def _prepare(self) -> User:
        """Create the demo data where the database is new."""
        known = self._store.user_by_email(DEMO_EMAIL)
        if known:
            return known
        with self._store.transaction():
            self._store.add_workspace("Demo", DEMO_ORGANIZATION, DEMO_WORKSPACE)
            self._store.add_workspace("Second", DEMO_ORGANIZATION, SECOND_WORKSPACE)
            user = self._store.add_user(
                DEMO_EMAIL, DEMO_PASSWORD, org_id=DEMO_ORGANIZATION, org_role=OWNER
            )
            self._store.set_member(DEMO_WORKSPACE, user.id, "ADMIN")
            self._store.set_member(SECOND_WORKSPACE, user.id, "ADMIN")
            return user

    def start(self) -> Self:
        """Serve requests.

        Raises:
            RuntimeError: The server does not start.
        """
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the emulator's server does not start")
            time.sleep(0.002)
        return self

    def stop(self) -> None:
        """Stop serving and close the database. May be called twice."""
        if self._thread.is_alive():
            self._server.end()
            self._thread.join(_STOP_SECONDS)
        self._socket.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def token(self) -> str:
        """A new access token of the demo user."""
        return self.issue_token(self._demo_user)

    def issue_token(self, user: User | None = None, seconds: float | None = None) -> str:
        """Return a new access token.

        Args:
            user: Whose token it is; None for the demo user.
            seconds: Its life; None for the life that the settings say.
        """
        return self._backend.issue_token(user or self._demo_user, seconds)

    def expire_tokens(self, *, refresh_tokens: bool = False) -> None:
        """Make all access tokens invalid that were issued so far; refresh tokens if wanted."""
        self._store.expire_tokens(refresh_tokens=refresh_tokens)

    def add_user(
        self,
        email: str,
        password: str = DEMO_PASSWORD,
        *,
        org_id: str = DEMO_ORGANIZATION,
        org_role: int = USER,
        validated: bool = True,
        name: str = "",
        last_name: str = "",
    ) -> User:
        """Add a user of an organization; without a role in any workspace."""
        return self._store.add_user(
            email,
            password,
            org_id=org_id,
            org_role=org_role,
            validated=validated,
            name=name,
            last_name=last_name,
        )

    def user(self, email: str) -> User | None:
        """Return a user by email address."""
        return self._store.user_by_email(email)

    def set_org_role(self, user: User, org_role: int) -> None:
        """Give a user another role in the organization."""
        self._store.update_user(user.id, {"org_role": org_role})

    def delete_user(self, user: User) -> None:
        """Delete a user of the organization, whose tokens are of no use any more."""
        self._store.delete_user(user.id)

    def workspaces(self, *, org_id: str = DEMO_ORGANIZATION) -> list[Workspace]:
        """Return the workspaces of an organization that are not deleted."""
        return self._store.workspaces(org_id)

    def add_workspace(self, name: str, *, org_id: str = DEMO_ORGANIZATION) -> Workspace:
        """Add a workspace; without members."""
        return self._store.add_workspace(name, org_id)

    def rename_workspace(self, workspace_id: str, name: str) -> None:
        """Rename a workspace behind a program's back."""
        self._store.rename_workspace(workspace_id, name)

    def delete_workspace(self, workspace_id: str) -> None:
        """Delete a workspace behind a program's back."""
        self._store.delete_workspace(workspace_id)

    def mark_workspace_in_use(
        self, workspace_id: str, *, buckets: int = 0, repositories: int = 0
    ) -> None:
        """Say how many buckets and repositories are in a workspace, which bar its deletion."""
        self._store.mark_workspace_in_use(workspace_id, buckets, repositories)

    def members(self, workspace_id: str) -> dict[str, str]:
        """Return the roles of the members of a workspace by the ids of the users."""
        return {user.id: role for user, role in self._store.members(workspace_id)}

    def set_member(self, workspace_id: str, user: User | str, role: str) -> None:
        """Make a user (or the one of an id) a member, or give a member another role."""
        self._store.set_member(workspace_id, _id(user), role)

    def remove_member(self, workspace_id: str, user: User | str) -> bool:
        """Remove a member of a workspace; False where the user is none."""
        return self._store.remove_member(workspace_id, _id(user))

    def api_keys(self, workspace_id: str | None = None) -> list[dict[str, Any]]:
        """Return the keys of a workspace (the demo workspace for None), with their secrets."""
        vault = self._store.vault
        return [
            {
                "id": row["id"],
                "key": vault.open(row["key_box"]),
                "secret": vault.open(row["secret_box"]),
                "provider": row["provider"],
                **{name: row[name] for name in OPTIONAL_FIELDS},
                "createdAt": row["created_at"],
            }
            for row in self._store.api_keys(workspace_id or self.workspace_id)
        ]

    def add_api_key(self, workspace_id: str | None = None, **fields: str) -> str:
        """Add a key behind a program's back and return its id. Takes the API's field names."""
        given = {
            "workspaceId": workspace_id or self.workspace_id,
            "key": "OUTSIDE",
            "secret": "outside-secret",
            "provider": "AWS",
            **fields,
        }
        return self._store.add_api_key(given)

    def update_api_key(self, identifier: str, changes: Mapping[str, str | None]) -> None:
        """Change a key behind a program's back, by the API's field names."""
        self._store.update_api_key(identifier, changes)

    def delete_api_key(self, identifier: str) -> bool:
        """Delete a key behind a program's back; False where there is none."""
        return self._store.delete_api_key(identifier)

    def mark_in_use(self, identifier: str, *, buckets: int = 0, models: int = 0) -> None:
        """Say how many buckets and AI models use a key."""
        self._store.update_api_key(identifier, {"bucket_count": buckets, "aillm_count": models})

    def count(self, method: str, path: str = "") -> int:
        """Return how many requests of a method (and path template) were answered."""
        return sum(m == method and path in ("", p) for m, p, _ in self.requests)

    def in_flight(self, operation: str) -> int:
        """Return how many requests of an operation, such as ``POST /apikeys``, wait at present."""
        return self._running[operation]

    def script_faults(self, script: Mapping[str, list[Any]]) -> None:
        """Say what is to go wrong, as ``POST /_faults`` takes it.

        Raises:
            ValueError: An operation or a fault does not exist.
        """
        self._faults.add(script)

    def faults_left(self) -> dict[str, list[Any]]:
        """Return what was said and has not gone wrong as yet."""
        return self._faults.left()

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        self._faults.clear()

    @property
    def running(self) -> bool:
        """Whether it serves requests."""
        return self._thread.is_alive()

    def _note(self, method: str, path: str) -> Answered:
        index = len(self.requests)
        self.requests.append((method, path, 0))
        self._running[f"{method} {path}"] += 1

        def answered(status: int, milliseconds: float) -> None:
            self._running[f"{method} {path}"] -= 1
            if index < len(self.requests):  # a test may have cleared them
                self.requests[index] = (method, path, status)
            if self._print:
                line = f"{method} {path} {status} {milliseconds:.1f} ms"
                print(line, file=sys.stderr, flush=True)  # noqa: T201

        return answered


class _Server(uvicorn.Server):
    """Ends at once when it is told to, instead of looking ten times a second: tests start many."""

    _LOOK_SECONDS = 0.1
    _CLOSE_TRIES = 50

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Make the server end; for other threads."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        """Wait for the end."""
        self._loop = asyncio.get_running_loop()
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000  # a day; what on_tick counts is tenths of a second
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._ended.wait(), self._LOOK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all connections; wait only for those that are busy."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(self._CLOSE_TRIES):
            if not self.server_state.connections and not self.server_state.tasks:
                return
            await asyncio.sleep(0.001)
        await super().shutdown(sockets)


def _id(user: User | str) -> str:
    return user if isinstance(user, str) else user.id


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with its protocol by name: only then does asyncio send small answers without delay
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except BaseException:
        listener.close()
        raise
    return listener
