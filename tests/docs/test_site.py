"""The site is complete, and loads nothing from another host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS
from tools import site


def test_the_site(tmp_path: Path) -> None:
    """A broken link, or a page that is not in the navigation, is an error of the build."""
    site.build(tmp_path)
    for page in DOCS.rglob("*.md"):
        name = page.relative_to(DOCS).with_suffix("")
        assert re.match(r"---\ntitle: .+\nmeta_desc: .+\n", page.read_text(encoding="utf-8")), name
        built = tmp_path / ("" if name == Path("_index") else name) / "index.html"
        assert "<h1" in built.read_text(encoding="utf-8"), name
    loads = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(?:https?:)?//'
        r'|<link\b[^>]*\brel="(?:stylesheet|preload|preconnect|icon)"[^>]*\bhref="(?:https?:)?//'
        r"|(?:url\(|@import )[\"']?(?:https?:)?//"
    )
    for path in (each for kind in ("html", "css") for each in tmp_path.rglob(f"*.{kind}")):
        assert not loads.search(path.read_text(encoding="utf-8")), path.relative_to(tmp_path)
    overview = (tmp_path / "index.html").read_text(encoding="utf-8")
    tabs = re.findall(r"<label[^>]*>(\w+)</label>", overview)[-4:]
    assert tabs == ["TypeScript", "Python", "Go", "YAML"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[x](nowhere.md)", "page does not exist"),
        ("[x](_index.md#nowhere)", "anchor does not exist"),
        ("[x](../nowhere)", "page.md: a link leads to ../nowhere, which does not exist"),
        ("not in the navigation", "differ in page.md"),
    ],
)
def test_a_page_with_an_error(
    text: str, complaint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pages = tmp_path / "docs"
    pages.mkdir()
    (pages / "_index.md").write_text("# Overview\n")
    (pages / "page.md").write_text(f"# Page\n\n{text}\n")
    config = tmp_path / "zensical.toml"
    nav = '["index.md"]' if "navigation" in text else '["index.md", "page.md"]'
    config.write_text(f'[project]\nsite_name = "x"\nrepo_url = ""\nnav = {nav}\n')
    monkeypatch.setattr(site, "DOCS", pages)
    monkeypatch.setattr(site, "CONFIG", config)
    with pytest.raises(site.SiteError, match=re.escape(complaint)):
        site.build(tmp_path / "site")
