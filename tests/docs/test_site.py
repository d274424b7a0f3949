"""The site is complete, and shows nothing that comes from another host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site; a broken link or a page that is not in the navigation is an error."""
    directory = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", directory],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return directory


def test_every_page_is_there(site: Path) -> None:
    for page in DOCS.glob("*.md"):
        built = site / ("" if page.stem == "_index" else page.stem) / "index.html"
        assert "<h1" in built.read_text(encoding="utf-8"), page.name


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    loads = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(?:https?:)?//'
        r'|<link\b[^>]*\brel="(?:stylesheet|preload|preconnect|icon)"[^>]*\bhref="(?:https?:)?//'
        r"|(?:url\(|@import )[\"']?(?:https?:)?//"
    )
    for path in (each for kind in ("html", "css") for each in site.rglob(f"*.{kind}")):
        assert not loads.search(path.read_text(encoding="utf-8")), path.relative_to(site)


def test_the_same_program_in_several_languages_is_shown_in_tabs(site: Path) -> None:
    overview = (site / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<label[^>]*>(\w+)</label>", overview)[-4:] == [
        *("TypeScript", "Python", "Go", "YAML")
    ]
