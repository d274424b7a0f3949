"""The context of a provider process: client, shared lists, signed-in user, ownership."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pulumi_flashback.client import CurrentUser, FlashbackClient, FlashbackError
from pulumi_flashback.client.models import Rows, RowType
from pulumi_flashback.core.list_cache import ListCache
from pulumi_flashback.core.ownership import Ownership

Service = TypeVar("Service")

_ADMINISTRATOR: Final = 0xFE  # the role ADMINISTRATOR of the organization; OWNER is higher


@dataclass(frozen=True)
class Context:
    client: FlashbackClient
    notify: Callable[[str], None] = lambda _: None  # reports a message that is not a warning
    adopt_existing: bool = False  # a create may adopt an identical existing object
    ownership: Ownership = field(default_factory=Ownership)
    mark: str = ""  # the mark of the current resource; see core.ownership
    lists: ListCache = field(default_factory=ListCache)
    _services: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def service(self, kind: Callable[[Context], Service]) -> Service:
        with self._lock:
            if kind not in self._services:
                self._services[kind] = kind(self)
            service: Service = self._services[kind]
            return service

    @property
    def account(self) -> Account:
        return self.service(Account)

    def reported(self, rows: Rows[RowType]) -> Rows[RowType]:
        for remark in rows.remarks:
            self.notify(remark)
        return rows

    def reported_of_workspace(self, workspace_id: str, rows: Rows[RowType]) -> Rows[RowType]:
        """Return the rows of a workspace; one that the user may not read may look empty."""
        if not self.reported(rows):
            self.client.workspaces.get(workspace_id)
        return rows


class Account:
    """The signed-in user, fetched once. Thread-safe."""

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._user: CurrentUser | None = None
        self._organization_unknown = False
        self._lock = threading.RLock()

    @property
    def user(self) -> CurrentUser:
        with self._lock:
            if self._user is None:
                self._user = self._client.users.current()
            return self._user

    @property
    def organization_id(self) -> str | None:
        return self._client.organization_id or self.user.org_id

    @property
    def administers(self) -> bool:
        """Whether the user certainly sees everything in the organization (API reference)."""
        return (self.user.org_role or 0) >= _ADMINISTRATOR

    def organization_if_known(self) -> str | None:
        with self._lock:
            if not self._organization_unknown:
                with suppress(FlashbackError):
                    return self.organization_id
                self._organization_unknown = True
            return self._client.organization_id

    def confirm_organization(self, org_id: str | None) -> None:
        """Raise an error if an object of this organization may only be hidden from this user."""
        if not org_id:
            raise FlashbackError(
                "its workspace does not exist, or belongs to another organization. Check the "
                "credentials; if the workspace was deleted, remove it from the state with `pulumi "
                "state delete URN`"
            )
        own = self.organization_id
        if own is None:
            problem = (
                "neither the token nor the profile says which organization the signed-in user "
                "belongs to. Check the credentials"
            )
        elif own != org_id:
            problem = "the user who is signed in does not. Sign in as a user of that organization"
        else:
            return
        raise FlashbackError(f"it belongs to organization {org_id}, and {problem}")
