"""Names of resources: legal, unique, the same in every run, readable."""

from __future__ import annotations

import keyword
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pulumi_flashback.cli.importing.names import (
    RESERVED,
    Subject,
    config_name,
    unique_names,
)

words = some.one_of(
    some.sampled_from(
        ["", "backups", "Backups!", "backups key", "class", "on", "id", "pulumi", "key", "2024"]
    ),
    some.text(max_size=60),
)
subjects = some.lists(
    some.builds(
        Subject,
        some.text("aAbB1-_", min_size=1, max_size=4),
        some.sampled_from(["AWS", "my cloud", "key", "Бэкап", "class", "3SCALE", "0", "3scale_"]),
        words,
    ),
    max_size=12,
    unique_by=lambda each: each.identifier,
)


@given(subjects)
def test_names_are_legal_and_unique(given_subjects: list[Subject]) -> None:
    names = unique_names(given_subjects)
    assert len(names) == len(given_subjects)
    everything = [*names, *(config_name(n, half) for n in names for half in ("key", "secret"))]
    assert len(set(everything)) == len(everything)
    for name in everything:
        assert name.isidentifier()
        assert name.isascii()
        assert name == name.lower()
        assert not keyword.iskeyword(name)
        assert name not in RESERVED
        assert len(name) < 150


@given(some.data())
def test_names_do_not_depend_on_the_order(data: some.DataObject) -> None:
    first = data.draw(subjects)
    second = data.draw(some.permutations(first))
    named = dict(zip(second, unique_names(second), strict=True))
    assert unique_names(first) == [named[each] for each in first]


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (Subject("1", "AWS", "Nightly backups"), "nightly_backups"),
        (Subject("1", "AWS", "  Größe: Ärger & Co.  "), "grosse_arger_co"),
        (Subject("1", "AWS", "the shop's keys"), "the_shops_keys"),
        (Subject("1", "AWS", "Backup API key"), "backup"),
        (Subject("1", "AWS", "key"), "key"),
        (Subject("9a2dafe7-4f27-4abe", "AWS", ""), "aws_9a2dafe7"),
        (Subject("9A2D-afe7-4f27-4abe", "AWS", "Бэкапы"), "aws_9a2dafe7"),
        (Subject("9a2dafe7-4f27-4abe", "", ""), "resource_9a2dafe7"),
        (Subject("9a2dafe7-4f27-4abe", "AWS", "2024 backups"), "aws_2024_backups"),
        (Subject("9a2dafe7-4f27-4abe", "3SCALE", ""), "resource_3scale_9a2dafe7"),
        (Subject("9a2dafe7-4f27-4abe", "3SCALE", "2024 backups"), "resource_3scale_2024_backups"),
        (Subject("9a2dafe7-4f27-4abe", "AWS", "import"), "import_9a2dafe7"),
        (Subject("9a2dafe7-4f27-4abe", "AWS", "flashback"), "flashback_9a2dafe7"),
        (Subject("1", "AWS", "a word " * 20), "a_word_a_word_a_word_a_word_a"),
        (Subject("1", "AWS", "x" * 50), "x" * 32),
        (Subject("--", "AWS", ""), "aws_"),
    ],
)
def test_one_name(subject: Subject, name: str) -> None:
    assert unique_names([subject]) == [name]


def test_those_of_one_name_all_get_a_part_of_their_id() -> None:
    found = unique_names(
        [
            Subject("11111111-x", "AWS", "backups"),
            Subject("22222222-x", "AWS", "Backups"),
            Subject("33333333-x", "AWS", "archive"),
        ]
    )
    assert found == ["backups_11111111", "backups_22222222", "archive"]


def test_ids_that_begin_alike_are_told_apart_by_all_of_them() -> None:
    alike = [Subject(f"12345678-{n}", "AWS", "backups") for n in range(2)]
    assert unique_names(alike) == ["backups_123456780", "backups_123456781"]


def test_ids_that_differ_in_signs_only_are_numbered() -> None:
    alike = [Subject(each, "AWS") for each in ("a-b", "ab", "A_B")]
    assert unique_names(alike) == ["aws_ab_3", "aws_ab", "aws_ab_2"]


def test_a_name_does_not_take_the_config_key_of_another() -> None:
    found = unique_names([Subject("11", "AWS", "archive"), Subject("key", "archive")])
    assert found == ["archive_11", "archive_key"]


def test_many_ids_that_differ_in_signs_only_are_numbered_at_once() -> None:
    """A comparison of each pair of names would not come to an end."""
    many = [Subject("".join(signs), "AWS") for signs in product("-_.:~@", repeat=5)]
    wanted = {"aws_", *(f"aws__{n}" for n in range(2, len(many) + 1))}
    assert set(unique_names(many)) == wanted


def test_many_of_one_name_are_named_at_once() -> None:
    """A request for each pair of names would not come to an end."""
    many = [Subject(f"{n:08}", "AWS", "backups") for n in range(5000)]
    assert unique_names(many) == [f"backups_{n:08}" for n in range(5000)]
