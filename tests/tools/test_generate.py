"""What is generated from the code is what the repository holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.generate import ROOT, wanted_texts
from tools.python_text import formatted, in_python

WANTED = wanted_texts()


@pytest.mark.parametrize("path", WANTED, ids=lambda path: path.name)
def test_it_is_up_to_date(path: Path) -> None:
    name = path.relative_to(ROOT)
    assert path.read_text() == WANTED[path], f"{name}: run `make generate`"


def test_only_names_are_translated() -> None:
    text = in_python(
        "`apiKeyId`, `deletedWith`, `readOnly`, `true`, ``done``, :class:`ApiKey`", {"apiKeyId"}
    )
    assert (
        text
        == "``api_key_id``, ``deleted_with``, ``readOnly``, ``True``, ``done``, :class:`ApiKey`"
    )


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(ValueError, match="ruff refuses what was generated"):
        formatted("class :")
