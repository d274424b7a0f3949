"""The state of a provider process: the settings, and a context created from them on first use."""

import threading
import weakref
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Protocol

from pulumi_flashback.config import Settings
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.ownership import Ownership


class Messages(Protocol):
    """Shows messages to the user; ``urn`` is the resource that the message is about."""

    address: str  # identifies the run: the same in all of its processes; may be empty

    def info(self, text: str, urn: str = "") -> None: ...
    def warn(self, text: str, urn: str = "") -> None: ...


@dataclass
class Runtime:
    """The state of one provider process. Thread-safe. ``read`` is called once."""

    read: Callable[[], Settings] = field(repr=False)
    engine: Messages
    ownership: Ownership = field(init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _settings: Settings | None = None
    _context: Context | None = None
    _warned: set[tuple[str, str]] = field(default_factory=set)
    _replacing: set[int] = field(default_factory=set)
    _grace: float | None = None

    def __post_init__(self) -> None:
        self.ownership = Ownership(self.engine.address)  # each run has its own engine

    @property
    def settings(self) -> Settings:
        with self._lock:
            if self._settings is None:
                self._settings = self.read()
            return self._settings

    def context(self) -> Context:
        with self._lock:
            if self._context is None:
                client = self.settings.client()
                # closed when the last operation that uses it is done
                weakref.finalize(self, client.close)
                if self._grace is not None:
                    client.cancel(self._grace)
                self._context = Context(
                    client,
                    notify=self.engine.info,
                    adopt_existing=self.settings.adopt_existing,
                    ownership=self.ownership,
                )
            return self._context

    def cancel(self, grace: float) -> None:
        with self._lock:
            self._grace = grace
            if self._context is not None:
                self._context.client.cancel(grace)

    def close(self) -> None:
        with self._lock:
            if self._context is not None:
                self._context.client.close()

    def warn(self, text: str, urn: str = "") -> None:
        with self._lock:
            if (text, urn) in self._warned:
                return
            self._warned.add((text, urn))
        self.engine.warn(text, urn)

    def is_new(self, inputs: Hashable, has_old: bool) -> bool:
        """Return whether inputs, checked with or without old ones, are not for a replacement."""
        with self._lock:
            if has_old:
                self._replacing.add(hash(inputs))
            return hash(inputs) not in self._replacing
