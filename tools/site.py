"""What the site needs beyond the generator's settings; called by it (mkdocs.yml).

The pages are written for three readers: the Pulumi Registry, GitHub and this site. They have the
layout of the Registry, and the links of the repository.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
LANGUAGES = {"typescript": "TypeScript", "python": "Python", "go": "Go", "yaml": "YAML"}

_OUTSIDE = re.compile(r"\]\(\.\./([^)#\s]*)(#[^)\s]*)?\)")
_FENCE = r"```(?:{languages})\n(?:.*\n)*?```\n".format(languages="|".join(LANGUAGES))
_IN_SEVERAL_LANGUAGES = re.compile(rf"^{_FENCE}(?:\n{_FENCE})+", re.MULTILINE)
_ONE_LANGUAGE = re.compile(rf"^```({'|'.join(LANGUAGES)})\n.*?^```\n", re.MULTILINE | re.DOTALL)


def on_files(files: Files, **_: object) -> Files:
    """Make the Registry's overview, ``_index.md``, the first page."""
    overview = files.get_file_from_path("_index.md")
    if overview is not None:
        overview.dest_uri, overview.url = "index.html", "./"
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Point links to files of the repository at it, and show one language at a time."""
    if "meta_desc" in page.meta:
        page.meta["description"] = page.meta["meta_desc"]
    return with_tabs(with_links_to_the_repository(markdown, str(config.repo_url)))


def with_links_to_the_repository(markdown: str, base: str) -> str:
    """Return a page with URLs instead of paths that lead out of ``docs/``.

    Args:
        markdown: The page.
        base: The address of the repository.

    Raises:
        PluginError: There is no such file.
    """

    def address(match: re.Match[str]) -> str:
        path, anchor = match[1], match[2] or ""
        if not (ROOT / path).exists():
            raise PluginError(f"a link leads to ../{path}, which does not exist")
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"]({base}/{kind}/main/{path}{anchor})"

    return _OUTSIDE.sub(address, markdown)


def with_tabs(markdown: str) -> str:
    """Return a page with tabs for each program that it has in several languages."""

    def tabs(match: re.Match[str]) -> str:
        return "".join(map(_tab, _ONE_LANGUAGE.finditer(match[0])))

    return _IN_SEVERAL_LANGUAGES.sub(tabs, markdown)


def _tab(block: re.Match[str]) -> str:
    lines = "".join(f"    {line}" if line.strip() else line for line in block[0].splitlines(True))
    return f'=== "{LANGUAGES[block[1]]}"\n\n{lines}\n'
