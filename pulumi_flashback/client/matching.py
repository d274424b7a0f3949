"""Compares texts ignoring the case of A to Z only; with Unicode rules, too many would match."""

import string
from collections.abc import Iterable
from typing import Protocol, TypeVar

from pulumi_flashback.client.errors import FlashbackError

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class _HasEmail(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def email(self) -> str | None: ...


User = TypeVar("User", bound=_HasEmail)  # a user of the client or of a function


def without_case(text: str) -> str:
    return text.translate(_ASCII_LOWER)


def equal_without_case(one: str, other: str) -> bool:
    return without_case(one) == without_case(other)


def user_with_email(users: Iterable[User], email: str, *, complete: bool) -> User | None:
    """Return the user with an email address; None if there is none.

    White space around the address is ignored. An address that differs in case matches only if no
    other user can be meant, which requires that ``users`` is ``complete``.
    """
    wanted = email.strip()
    similar = {each.id: each for each in users if equal_without_case(each.email or "", wanted)}
    exact = [each for each in similar.values() if each.email == wanted]
    found = exact or list(similar.values())
    if len(found) > 1:
        raise FlashbackError(
            f"several users have this email address: {', '.join(sorted(each.id for each in found))}"
            ". Give the id of the user instead"
        )
    if found and not exact and not complete:
        raise FlashbackError(
            f"user {found[0].id} has this email address in another case, and the API returned only "
            "some of the users. Write the address exactly as the platform has it, or give the id "
            "of the user instead"
        )
    return next(iter(found), None)
