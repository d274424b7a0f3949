"""Ids of the platform: their form, and how they become part of a request path."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator

from pulumi_flashback.client.errors import InvalidIdentifierError
from pulumi_flashback.redaction import one_line

ID_FORM: Final = "1 to 256 letters, digits and . _ : ~ @ = + -, but neither . nor .."

_WORD = re.compile(r"[A-Za-z0-9._:~@=+-]{1,256}")


def is_identifier(value: object) -> bool:
    """Return whether a value is an id. Not . and ..: quoting keeps them, and HTTP resolves them."""
    return (
        isinstance(value, str) and _WORD.fullmatch(value) is not None and value not in (".", "..")
    )


def _identifier(value: str) -> str:
    if not is_identifier(value):
        raise ValueError("is not an id")
    return value


Identifier = Annotated[str, AfterValidator(_identifier)]  # an id in a response

OptionalIdentifier = Annotated[
    str | None, BeforeValidator(lambda value: value if is_identifier(value) else None)
]  # informational: None if it is absent or has another form


def checked(operation: str, *identifiers: str) -> tuple[str, ...]:
    for each in identifiers:
        if not is_identifier(each):
            shown = one_line(each) if isinstance(each, str) else ""
            raise InvalidIdentifierError(operation, shown, ID_FORM)
    return identifiers


def path_of(operation: str, *identifiers: str) -> str:
    ids = iter(checked(operation, *identifiers))  # no character of an id needs quoting
    return re.sub(r"\{\w+\}", lambda _: next(ids), operation.partition(" ")[2])
