"""Injects faults of networks and backends on demand, scripted over HTTP.

``POST /_faults`` takes a list for each operation; every request consumes the first entry::

    {"POST /apikeys": ["commit-then-reset", {"fault": "rate-limit", "retryAfter": "2"}]}

``GET /_faults`` returns the remaining entries; ``DELETE /_faults`` removes them.
"""

import dataclasses
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from pydantic.alias_generators import to_camel

FOREVER: Final = "forever"
MOST_TIMES: Final = 10_000
MOST_LEFT: Final = 100_000  # maximum number of waiting entries of all operations

_MOST_SECONDS = 24 * 3600.0


def _is_seconds(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and 0 <= value <= _MOST_SECONDS


@dataclass(frozen=True)
class _Kind:
    words: str
    accepts: Callable[[Any], bool]


_FLAG = _Kind("true or false", lambda value: isinstance(value, bool))
_SECONDS = _Kind(f"a number of seconds from 0 to {_MOST_SECONDS:.0f}", _is_seconds)
# a response with a status below 200 is provisional: another one follows it
_STATUS = _Kind("a number from 200 to 599", lambda v: isinstance(v, int) and 200 <= v <= 599)
_TEXT = _Kind("a text", lambda v: isinstance(v, str) and not re.search("[\ud800-\udfff]", v))
_HEADER = _Kind(  # a line break in it would begin another header
    "a printable text without space at its ends",
    lambda v: isinstance(v, str) and v.isprintable() and v == v.strip(),
)


def _scripted(default: Any, kind: _Kind) -> Any:
    return dataclasses.field(default=default, metadata={"kind": kind})


@dataclass(frozen=True)
class Fault:
    """A fault of one request. Scripts use the camelCase names of the fields."""

    stall_before: float = _scripted(0.0, _SECONDS)  # a delay before the request is executed
    stall_after: float = _scripted(0.0, _SECONDS)  # a delay before the response
    drip_seconds: float | None = _scripted(None, _SECONDS)  # a pause after each byte of the body
    read: bool = _scripted(True, _FLAG)
    commit: bool = _scripted(False, _FLAG)
    reset: bool = _scripted(False, _FLAG)  # the connection is reset instead of a response
    cut: bool = _scripted(False, _FLAG)  # the connection ends in the middle of the body
    # of the response; None for the real one
    status: int | None = _scripted(None, _STATUS)
    body: str | None = _scripted(None, _TEXT)
    content_type: str | None = _scripted(None, _HEADER)  # of the response; None for the real one
    retry_after: str | None = _scripted(None, _HEADER)  # the header; None for no header
    location: str | None = _scripted(None, _HEADER)  # the header; None for no header
    internal_error: bool = False  # without a body here, the body of an unexpected error


FIELDS: Final = {to_camel(each.name): each for each in dataclasses.fields(Fault) if each.metadata}

_HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_ERRORS = (500, 502, 503, 504)

NAMED: Final[Mapping[str, Fault]] = {
    "none": Fault(commit=True),
    "refuse": Fault(read=False, reset=True),
    "reset-before-effect": Fault(reset=True),
    "commit-then-reset": Fault(commit=True, reset=True),
    **{f"{status}": Fault(status=status, internal_error=True) for status in _ERRORS},
    **{
        f"commit-then-{status}": Fault(commit=True, status=status, internal_error=True)
        for status in _ERRORS
    },
    "stall-before-commit": Fault(commit=True, stall_before=3600),
    "stall-after-commit": Fault(commit=True, stall_after=3600),
    "rate-limit": Fault(
        status=429, body='{"success": false, "message": "Too many requests"}', retry_after="1"
    ),
    "html-502": Fault(status=502, body=_HTML, content_type="text/html"),
    "truncated-json": Fault(commit=True, body='{"success": true, "apiKeyId": "'),
    "cut-off": Fault(commit=True, cut=True),
    "wrong-shape": Fault(commit=True, body='["unexpected"]'),
    "without-id": Fault(commit=True, body='{"success": true}'),
    "empty-body": Fault(commit=True, body=""),
    "slow-drip": Fault(commit=True, drip_seconds=1),
    "wrong-content-type": Fault(commit=True, content_type="text/html"),
    "redirect": Fault(status=307, body="", location="https://elsewhere.example/apikeys"),
}  # a script can override each field besides the name


@dataclass
class _Entry:
    given: Any
    fault: Fault
    times: int  # the number of requests that it still applies to; 0 for all


class FaultScript:
    """The remaining faults of the known operations. Thread-safe."""

    def __init__(self, operations: Iterable[str]) -> None:
        self._operations = frozenset(operations)
        self._left: dict[str, deque[_Entry]] = {}
        self._lock = threading.Lock()

    def add(self, script: Mapping[str, Iterable[Any]]) -> None:
        """Append entries by operation, in the format of ``POST /_faults``."""
        parsed = {}
        for operation, entries in script.items():
            if operation not in self._operations:
                raise ValueError(f"there is no operation {operation!r}")
            if not isinstance(entries, list):
                raise ValueError(f"the faults of {operation} must be a list")  # noqa: TRY004
            parsed[operation] = [_parse(each) for each in entries]
        with self._lock:
            waiting = chain(*self._left.values(), *parsed.values())
            if sum(each.times or 1 for each in waiting) > MOST_LEFT:
                raise ValueError(f"no more than {MOST_LEFT} faults can wait at once")
            for operation, faults in parsed.items():
                self._left.setdefault(operation, deque()).extend(faults)

    def next(self, operation: str) -> Fault | None:
        """Take the next fault of an operation."""
        with self._lock:
            entries = self._left.get(operation)
            if not entries:
                return None
            first = entries[0]
            if first.times == 1:
                entries.popleft()
            first.times = max(0, first.times - 1)
            return first.fault

    def left(self) -> dict[str, list[Any]]:
        """Return the unused entries, except those that last forever."""
        with self._lock:
            found = {
                operation: [each.given for each in entries for _ in range(each.times)]
                for operation, entries in self._left.items()
            }
        return {operation: left for operation, left in found.items() if left}

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._left.clear()


def _parse(entry: Any) -> _Entry:
    given = dict(entry) if isinstance(entry, dict) else {"fault": entry}
    name = given.pop("fault", "none")
    if not isinstance(name, str) or name not in NAMED:
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(NAMED)}")
    times = given.pop("times", 1)
    whole = isinstance(times, int) and not isinstance(times, bool)
    if times != FOREVER and not (whole and 1 <= times <= MOST_TIMES):
        raise ValueError(f"times must be a number from 1 to {MOST_TIMES}, or {FOREVER!r}")
    changes = {}
    for key, value in given.items():
        if key not in FIELDS:
            raise ValueError(f"{key!r} is not a field of a fault")
        kind: _Kind = FIELDS[key].metadata["kind"]
        if not kind.accepts(value):
            raise ValueError(f"{key!r} must be {kind.words}")
        changes[FIELDS[key].name] = value
    fault = dataclasses.replace(NAMED[name], **changes)
    single = {**entry, "times": 1} if isinstance(entry, dict) else entry
    return _Entry(single, fault, 0 if times == FOREVER else times)
