"""What the provider process keeps: the configuration, and one context made of it on first use."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_flashback.config import Settings, read_settings
from pulumi_flashback.options import OPTIONS
from pulumi_flashback.resources.base import Claims, Context
from pulumi_flashback.resources.listing import Listing

_LOG_TIMEOUT_SECONDS = 5.0


class Runtime:
    """The state of one provider process. Thread-safe.

    Attributes:
        claims: The ids that resources of the program have.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stack_config: dict[str, str] = {}
        self._settings: Settings | None = None
        self._context: Context | None = None
        self._warned: set[str] = set()
        self.claims = Claims()

    def configure(self, get: Callable[[str], Any]) -> None:
        """Keep the stack config. Nothing is judged yet: a preview may not need it.

        Args:
            get: Returns the value of a config key, or None.
        """
        found = {option.key: get(option.key) for option in OPTIONS}
        with self._lock:
            self._stack_config = {k: _as_text(v) for k, v in found.items() if v is not None}
            self._settings = None

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        with self._lock:
            if self._settings is None:
                self._settings = read_settings(self._stack_config)
            return self._settings

    def context(self) -> Context:
        """Return the one context of this process.

        Raises:
            ConfigurationError: Settings are wrong or missing.
        """
        settings = self.settings
        with self._lock:
            if self._context is None:
                client = settings.client()
                self._context = Context(
                    client,
                    Listing(client),
                    notify=lambda text: _log(engine_pb2.INFO, text),
                    adopt_existing=settings.adopt_existing,
                    claims=self.claims,
                )
            return self._context

    def warn(self, text: str) -> None:
        """Show a warning to the user, once per process."""
        with self._lock:
            if text in self._warned:
                return
            self._warned.add(text)
        _log(engine_pb2.WARNING, text)


def _as_text(value: object) -> str:
    """A provider resource may get numbers and booleans where a stack config has texts."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _log(severity: engine_pb2.LogSeverity.ValueType, text: str) -> None:
    """Show a text to the user, by way of the engine where there is one."""
    if not _log_to_engine(severity, text):
        print(text, file=sys.stderr, flush=True)  # noqa: T201


def _log_to_engine(severity: engine_pb2.LogSeverity.ValueType, text: str) -> bool:
    """Send a text to the engine, whose address is the last argument of the process."""
    address = sys.argv[-1] if len(sys.argv) > 1 else ""
    if not address.rpartition(":")[2].isdigit():
        return False
    try:
        with grpc.insecure_channel(address) as channel:
            engine_pb2_grpc.EngineStub(channel).Log(
                engine_pb2.LogRequest(severity=severity, message=text),
                timeout=_LOG_TIMEOUT_SECONDS,
            )
    except grpc.RpcError:
        return False
    return True


RUNTIME = Runtime()
