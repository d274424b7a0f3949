"""What is generated from the code is what the repository holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.generate import ROOT, wanted_texts


@pytest.mark.parametrize("path", wanted_texts(), ids=lambda path: path.name)
def test_it_is_up_to_date(path: Path) -> None:
    name = path.relative_to(ROOT)
    assert path.read_text() == wanted_texts()[path], f"{name}: run `make generate`"
