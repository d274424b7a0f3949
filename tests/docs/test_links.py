"""Links of all pages lead somewhere, as GitHub shows them. Addresses elsewhere are not fetched."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it.token import Token
from pymdownx import slugs

from tests.docs.pages import ROOT, parsed

FILES = subprocess.check_output(["git", "ls-files", "*.md"], cwd=ROOT, text=True).splitlines()
slug = slugs.slugify(case="lower")


def inline(path: Path) -> Iterator[tuple[Token, Token]]:
    """Return each paragraph, heading or cell of a page with what opens it."""
    tokens = parsed(path)
    yield from (pair for pair in pairwise(tokens) if pair[1].type == "inline")


def anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a page; a repeated one gets a number."""
    found: list[str] = []
    for opening, content in inline(path):
        if opening.type == "heading_open":
            words = "".join(each.content for each in content.children or ())
            name = slug(words, "-")
            found.append(f"{name}-{found.count(name)}" if name in found else name)
    return set(found)


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("sdk/")])
def test_links(name: str) -> None:
    page = ROOT / name
    parts = (part for _, content in inline(page) for part in content.children or ())
    for link in filter(None, (part.attrGet("href") or part.attrGet("src") for part in parts)):
        if re.match(r"https?:|mailto:", str(link)):
            continue
        file, _, anchor = unquote(str(link)).partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{link}: there is no such file"
        assert target.is_relative_to(ROOT), f"{link}: leads out of the repository"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"
