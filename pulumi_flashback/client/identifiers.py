"""Ids of the platform: what one looks like, and how it gets into the path of a request."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from pulumi_flashback.client.errors import InvalidIdentifierError
from pulumi_flashback.redaction import one_line

MAX_ID_LENGTH: Final = 256
ID_FORM: Final = "1 to 256 letters, digits and . _ : ~ @ = + -, but neither . nor .."
"""What an id consists of, in words."""

_PATTERN: Final = r"^[A-Za-z0-9._:~@=+-]+$"
_WORD = re.compile(_PATTERN.removesuffix("$") + r"\Z")
_STEPS = frozenset({".", ".."})
"""Steps of a path: quoting leaves them as they are, and HTTP resolves them to another object."""


def is_identifier(value: object) -> bool:
    """Say whether a value is an id of the platform: an opaque word that is safe in a path."""
    return (
        isinstance(value, str)
        and len(value) <= MAX_ID_LENGTH
        and _WORD.match(value) is not None
        and value not in _STEPS
    )


def _no_step(value: str) -> str:
    if value in _STEPS:
        raise ValueError("is not an id")
    return value


Identifier = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_ID_LENGTH, pattern=_PATTERN),
    AfterValidator(_no_step),
]
"""An id in a response."""


def _identifier_or_none(value: Any) -> Any:
    return value if is_identifier(value) else None


OptionalIdentifier = Annotated[str | None, BeforeValidator(_identifier_or_none)]
"""An id that a response only mentions; one that is absent or has another form is None."""


def checked(operation: str, *identifiers: str) -> tuple[str, ...]:
    """Return ids that are about to be sent.

    Args:
        operation: Method and path template, for the message.
        identifiers: Ids from a program, a state, a command line or a response.

    Raises:
        InvalidIdentifierError: One of them is not an id, so nothing is sent.
    """
    for each in identifiers:
        if not is_identifier(each):
            shown = one_line(each) if isinstance(each, str) else ""
            raise InvalidIdentifierError(operation, shown, ID_FORM)
    return identifiers


def path_of(operation: str, *identifiers: str) -> str:
    """Return the path of an operation.

    Args:
        operation: Method and path template, such as ``"DELETE /apikeys/{id}"``.
        identifiers: One id for each placeholder, in order. No character of an id needs quoting.

    Raises:
        InvalidIdentifierError: One of them is not an id, so nothing is sent.
    """
    ids = iter(checked(operation, *identifiers))
    return re.sub(r"\{\w+\}", lambda _: next(ids), operation.partition(" ")[2])
