"""Which user an email address stands for: never another person's."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.matching import equal_without_case, user_with_email


class User(NamedTuple):
    id: str
    email: str | None


def found(email: str, *addresses: str | None, complete: bool = True) -> str | None:
    users = [User(f"u{n}", address) for n, address in enumerate(addresses)]
    user = user_with_email(users, email, complete=complete)
    return user.email if user else None


@pytest.mark.parametrize(
    "address",
    ["ada@example.com", "ADA@Example.COM", " ada@example.com\n", "\tada@example.com "],
)
def test_case_of_ascii_letters_and_white_space_around_do_not_count(address: str) -> None:
    assert found(address, None, "bob@example.com", "Ada@example.com") == "Ada@example.com"


NFC, NFD = (unicodedata.normalize(form, "zoë@example.com") for form in ("NFC", "NFD"))
OTHERS = [
    ("kate@example.com", "\u212aate@example.com"),  # the Kelvin sign
    ("STRASSE@example.com", "straße@example.com"),
    ("sam@example.com", "\u017fam@example.com"),
    ("ivan@example.com", "İvan@example.com"),
    ("ivan@example.com", "\u0131van@example.com"),
    ("ada@example.com", "\u0430da@example.com"),  # a Cyrillic letter
    ("ZOË@example.com", NFC),
    (NFC, NFD),
    ("ada@example.com", "ada@example.com\u200b"),
    ("ada@example.com", "\uff41da@example.com"),
]


@pytest.mark.parametrize(("wanted", "existing"), OTHERS)
def test_look_alikes_are_other_people(wanted: str, existing: str) -> None:
    assert found(wanted, existing) is None
    assert found(existing, wanted) is None
    assert not equal_without_case(wanted, existing)


@given(some.text(), some.text())
def test_equal_texts_differ_in_ascii_letters_only(one: str, other: str) -> None:
    def ascii_lower(text: str) -> str:
        return "".join(each.lower() if each.isascii() else each for each in text)

    assert equal_without_case(one, other) is (ascii_lower(one) == ascii_lower(other))


def test_the_exact_address_wins() -> None:
    addresses = ("ADA@example.com", "ada@example.com", "Ada@example.com")
    assert found("ada@example.com", *addresses) == "ada@example.com"


@pytest.mark.parametrize(
    "addresses",
    [("Ada@example.com", "ADA@example.com"), ("ada@example.com", "ada@example.com")],
)
def test_an_address_of_several_users_is_refused(addresses: tuple[str, ...]) -> None:
    with pytest.raises(FlashbackError, match="several users have this email address: u0, u1"):
        found("ada@example.com", *addresses)


def test_a_user_that_is_listed_twice_is_one() -> None:
    twice = [User("u", "ada@example.com")] * 2
    assert user_with_email(twice, "ada@example.com", complete=True) == twice[0]


def test_only_a_part_of_the_users_is_searched() -> None:
    assert found("ada@example.com", "ada@example.com", complete=False) == "ada@example.com"
    with pytest.raises(FlashbackError, match="user u0 has this email address in another case"):
        found("ada@example.com", "Ada@example.com", complete=False)
