"""A request and its response, as the endpoints and the transport exchange them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from pulumi_flashback.client.bounded_json import parsed
from pulumi_flashback.client.models import Record, Row, Rows

# the values of these fields of a body must not appear in any text
SECRET_FIELDS = ("key", "secret", "password", "refresh_token", "refreshToken")
MAX_ERROR_BYTES = 4 * 1024 * 1024  # of an error response: only its message is used


class ShapeError(ValueError):
    """A body that does not match the API documentation; the message has only field names."""


@dataclass(frozen=True)
class Shape:
    model: type[Record]
    at: str = ""  # the field of the body; empty for the whole body
    many: bool = False  # it is a list of rows of this model

    def read(self, content: Any, operation: str) -> Any:
        if self.at and not isinstance(content, dict):
            raise ShapeError
        value = content.get(self.at) if self.at else content
        if self.many and issubclass(self.model, Row):
            if not isinstance(value, list):
                raise ShapeError(self.at)
            return Rows.read(self.model, value, operation)
        try:
            return self.model.model_validate(value)
        except ValidationError as error:  # its text quotes the body, so it is not passed on
            locations = [each["loc"] for each in error.errors(include_input=False)]
        paths = [".".join(map(str, (*filter(None, (self.at,)), *each))) for each in locations]
        raise ShapeError(", ".join(path for path in paths[:3] if path))


@dataclass(frozen=True)
class Call:
    operation: str  # method and path template for messages, such as "DELETE /apikeys/{id}"
    path: str
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    parameters: Mapping[str, str | None] = field(default_factory=dict)  # None is omitted
    shape: Shape | None = None  # the expected body; None if it only reports success
    repeatable: bool = True  # sending it twice has the same effect as sending it once
    authenticated: bool = True
    partial: bool = False  # the caller checks `incomplete`; otherwise a partial list is an error
    reports_errors: bool = False  # `error` and `status` are data, not about the request
    max_retries: int | None = None  # fewer than those of the client, as is
    timeout: float | None = None  # in seconds
    headers: Mapping[str, str] = field(default_factory=dict)  # override the default ones

    @property
    def method(self) -> str:
        return self.operation.partition(" ")[0]

    @property
    def secrets(self) -> tuple[str, ...]:
        values = [(self.body or {}).get(name) for name in SECRET_FIELDS]
        return tuple(value for value in values if isinstance(value, str) and value)


@dataclass(frozen=True)
class Response:
    """A response of the backend: the status, and the body within its limits."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # names in lower case
    sent_at: float = 0.0  # on the monotonic clock

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        try:
            return parsed(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class NoResponse:
    reason: str
    sent: bool  # False if the request provably never arrived
    hopeless: bool = False  # the same request would fail in the same way
    hint: str = ""  # what to do, if the reason determines it
