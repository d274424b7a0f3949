"""Links of all pages lead somewhere, as GitHub shows them. Addresses elsewhere are not fetched."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from pymdownx import slugs

from tests.docs.pages import ROOT, inline, parsed, text_of, tracked

PAGES = [path for path in tracked("*.md") if "sdk" not in path.relative_to(ROOT).parts]
slug = slugs.slugify(case="lower")


def anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a page; a repeated one gets a number."""
    tokens, found = parsed(path), list[str]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            name = slug(text_of(tokens[place + 1]), "-")
            found.append(f"{name}-{found.count(name)}" if name in found else name)
    return set(found)


def links(path: Path) -> list[str]:
    found = [each.attrGet("href") or each.attrGet("src") for each in inline(parsed(path))]
    return [str(each) for each in found if each]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links(page: Path) -> None:
    for link in links(page):
        if re.match(r"https?:|mailto:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link}: there is no such file"
        assert target.is_relative_to(ROOT), f"{link}: leads out of the repository"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"
