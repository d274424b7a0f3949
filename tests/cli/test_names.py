"""Names of resources: legal, unique, the same in every run, readable."""

from __future__ import annotations

import keyword
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pulumi_flashback.cli.importing.names import RESERVED, Subject, config_name, unique_names

WORDS = ["", "backups", "Backups!", "backups key", "class", "on", "id", "pulumi", "key", "2024"]
KINDS = ["AWS", "my cloud", "key", "Бэкап", "class", "3SCALE", "0", "3scale_"]
subjects = some.lists(
    some.builds(
        Subject,
        some.text("aAbB1-_", min_size=1, max_size=4),
        some.sampled_from(KINDS),
        some.one_of(some.sampled_from(WORDS), some.text(max_size=60)),
    ),
    max_size=12,
    unique_by=lambda each: each.identifier,
)


@given(some.data())
@settings(max_examples=50)
def test_names_are_legal_and_unique_and_do_not_depend_on_the_order(data: some.DataObject) -> None:
    first = data.draw(subjects)
    names = unique_names(first)
    everything = [*names, *(config_name(n, half) for n in names for half in ("key", "secret"))]
    assert len(set(everything)) == len(everything) == 3 * len(first)
    for name in everything:
        assert name.isidentifier()
        assert name.isascii()
        assert name == name.lower()
        assert not keyword.iskeyword(name)
        assert name not in RESERVED
        assert len(name) < 150
    second = data.draw(some.permutations(first))
    named = dict(zip(second, unique_names(second), strict=True))
    assert names == [named[each] for each in first]


UUID = "9a2dafe7-4f27-4abe"


@pytest.mark.parametrize(
    ("given_subjects", "names"),
    [
        ([("1", "AWS", "Nightly backups")], ["nightly_backups"]),
        ([("1", "AWS", "  Größe: Ärger & Co.  ")], ["grosse_arger_co"]),
        ([("1", "AWS", "the shop's keys")], ["the_shops_keys"]),
        ([("1", "AWS", "Backup API key")], ["backup"]),
        ([("1", "AWS", "key")], ["key"]),
        ([(UUID, "AWS", "")], ["aws_9a2dafe7"]),
        ([(UUID.upper(), "AWS", "Бэкапы")], ["aws_9a2dafe7"]),
        ([(UUID, "", "")], ["resource_9a2dafe7"]),
        ([(UUID, "AWS", "2024 backups")], ["aws_2024_backups"]),
        ([(UUID, "3SCALE", "")], ["resource_3scale_9a2dafe7"]),
        ([(UUID, "3SCALE", "2024 backups")], ["resource_3scale_2024_backups"]),
        ([(UUID, "AWS", "import")], ["import_9a2dafe7"]),
        ([(UUID, "AWS", "flashback")], ["flashback_9a2dafe7"]),
        ([("1", "AWS", "a word " * 20)], ["a_word_a_word_a_word_a_word_a"]),
        ([("1", "AWS", "x" * 50)], ["x" * 32]),
        ([("--", "AWS", "")], ["aws_"]),
        # all of one name get a part of their id, or all of it if they begin alike
        (
            [("11111111-x", "", "backups"), ("22222222-x", "", "Backups"), ("3", "", "archive")],
            ["backups_11111111", "backups_22222222", "archive"],
        ),
        (
            [("12345678-0", "AWS", "backups"), ("12345678-1", "AWS", "backups")],
            ["backups_123456780", "backups_123456781"],
        ),
        # ids that differ in signs only are numbered
        ([("a-b", "AWS"), ("ab", "AWS"), ("A_B", "AWS")], ["aws_ab_3", "aws_ab", "aws_ab_2"]),
        # a name does not take the config key of another
        ([("11", "AWS", "archive"), ("key", "archive")], ["archive_11", "archive_key"]),
    ],
)
def test_names(given_subjects: list[tuple[str, str, str]], names: list[str]) -> None:
    assert unique_names([Subject(*each) for each in given_subjects]) == names


def test_many_are_named_at_once() -> None:
    """A comparison of each pair of names would not come to an end."""
    signs = [Subject("".join(each), "AWS") for each in product("-_.:~@", repeat=5)]
    wanted = {"aws_", *(f"aws__{n}" for n in range(2, len(signs) + 1))}
    assert set(unique_names(signs)) == wanted
    alike = [Subject(f"{n:08}", "AWS", "backups") for n in range(5000)]
    assert unique_names(alike) == [f"backups_{n:08}" for n in range(5000)]
