"""Whatever the file of a workspace contains, it is read or refused, and no literal of it is shown."""

from __future__ import annotations

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_flashback.component.file import read_description
from pulumi_flashback.component.yaml_document import parse

CANARY = "canary-secret"
VALID = f"""\
name: Team
members:
  ada: {{email: ada@example.com, role: ADMIN}}
keys:
  a:
    provider: AWS
    key: {CANARY}
    secret: "{CANARY}"
    renamedFrom: [x, 'y']
"""
SIGNS = st.sampled_from(
    [*"{}[]:,-?&*!|>'\"%@`#\\ \t\n\r$~=<.", "\\U00110000", "\\ud800", "${", "---"]
)
DAMAGE = st.tuples(st.integers(0, len(VALID)), SIGNS, st.integers(0, 5))


@given(damage=st.lists(DAMAGE, min_size=1, max_size=4))
def test_no_damage_raises_another_error_or_shows_a_literal(
    damage: list[tuple[int, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = VALID
    for position, sign, removed in damage:
        text = text[:position] + sign + text[position + removed :]
    path = tmp_path_factory.mktemp("damage") / "workspace.yaml"
    path.write_bytes(text.encode())
    with pytest.raises(pulumi.RunError) as error:
        read_description(path)
    assert CANARY not in str(error.value)
    assert str(error.value).encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    document = parse(content)
    assert all(each.reason and each.line >= 0 for each in document.errors)


@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))
def test_a_comment_hides_no_yaml(comment: str) -> None:
    document = parse(f"name: x\n#{comment}\nkeys:\n".encode())
    assert document.errors or document.values == {"name": "x", "keys": None}
