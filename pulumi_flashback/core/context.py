"""What a provider process keeps for the operations of all resources."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.client.models import Rows, RowType
from pulumi_flashback.core.account import Account
from pulumi_flashback.core.list_cache import ListCache
from pulumi_flashback.core.ownership import Ownership

Service = TypeVar("Service")


@dataclass(frozen=True)
class Context:
    """What a provider process keeps for the operations of all resources. Thread-safe.

    Attributes:
        client: Sends the requests.
        notify: Shows the user a message that is neither a warning nor an error.
        adopt_existing: New objects may adopt identical ones that exist.
        ownership: Which resource of the program holds which object.
        mark: That of the resource at hand; see :mod:`pulumi_flashback.core.ownership`.
        lists: Responses that readers share.
    """

    client: FlashbackClient
    notify: Callable[[str], None] = lambda _: None
    adopt_existing: bool = False
    ownership: Ownership = field(default_factory=Ownership)
    mark: str = ""
    lists: ListCache = field(default_factory=ListCache)
    _services: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def service(self, kind: Callable[[Context], Service]) -> Service:
        """Return the one instance of a class that the resources of this process share."""
        with self._lock:
            if kind not in self._services:
                self._services[kind] = kind(self)
            service: Service = self._services[kind]
            return service

    @property
    def account(self) -> Account:
        """Who is signed in."""
        return self.service(Account)

    def reported(self, rows: Rows[RowType]) -> Rows[RowType]:
        """Return the rows of a list, and show the user which of them could not be read."""
        for remark in rows.remarks:
            self.notify(remark)
        return rows
