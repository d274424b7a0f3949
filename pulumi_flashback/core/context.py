"""What the operations of all resources share for the life of a process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.client.models import Rows, RowType
from pulumi_flashback.core.ownership import Ownership

Service = TypeVar("Service")


@dataclass(frozen=True)
class Context:
    """What the operations of all resources share for the life of a process.

    Attributes:
        client: Sends the requests.
        notify: Tells the user something that is neither a warning nor an error.
        adopt_existing: New objects may adopt identical ones that exist.
        ownership: Which resource of the program holds which object.
        mark: That of the resource at hand; see :mod:`pulumi_flashback.core.ownership`.
    """

    client: FlashbackClient
    notify: Callable[[str], None] = lambda _: None
    adopt_existing: bool = False
    ownership: Ownership = field(default_factory=Ownership)
    mark: str = ""
    _services: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def service(self, kind: Callable[[FlashbackClient], Service]) -> Service:
        """Return the one instance of a class that resources of this process share.

        Args:
            kind: The class; its instances take the client.
        """
        with self._lock:
            if kind not in self._services:
                self._services[kind] = kind(self.client)
            service: Service = self._services[kind]
            return service

    def reported(self, rows: Rows[RowType]) -> Rows[RowType]:
        """Return the rows of a list, and tell the user what of it could not be read."""
        for remark in rows.remarks:
            self.notify(remark)
        return rows
