"""The site is complete, and loads nothing from another host."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.docs.pages import DOCS, ROOT
from tests.sdk.conftest import Run
from tests.sdk.conftest import run as run


def test_the_site(run: Run, tmp_path: Path) -> None:
    """A broken link, or a page that is not in the navigation, is an error of the build."""
    build = (sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict")
    run(*build, "--site-dir", tmp_path, cwd=ROOT, NO_MKDOCS_2_WARNING="1")
    for page in DOCS.glob("*.md"):
        built = tmp_path / ("" if page.stem == "_index" else page.stem) / "index.html"
        assert "<h1" in built.read_text(encoding="utf-8"), page.name
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
