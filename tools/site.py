"""Builds the site into ``site/`` or into a given directory.

The pages are written for three readers: the Pulumi Registry, GitHub and this site. They have the
layout of the Registry, and the links of the repository; the generator gets a copy that it can read.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CONFIG = ROOT / "zensical.toml"
LANGUAGES = {"typescript": "TypeScript", "python": "Python", "go": "Go", "yaml": "YAML"}

_FENCE = r"```(?:{languages})\n(?:.*\n)*?```\n".format(languages="|".join(LANGUAGES))
IN_SEVERAL_LANGUAGES = re.compile(rf"^{_FENCE}(?:\n{_FENCE})+", re.MULTILINE)
_ONE_LANGUAGE = re.compile(rf"^```({'|'.join(LANGUAGES)})\n.*?^```\n", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((\.\./[^)#\s]*|_index\.md)(#[^)\s]*)?\)")


class SiteError(Exception):
    """The site cannot be built."""


def main() -> int:
    """Build the site and return the exit code."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    try:
        build(target)
    except SiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def build(target: Path) -> None:
    """Build the site into a directory, which is replaced.

    Raises:
        SiteError: A page is not in the navigation, or a link leads nowhere.
    """
    settings = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["project"]
    with tempfile.TemporaryDirectory(prefix="flashback-site-") as name:
        directory = Path(name)
        shutil.copy(CONFIG, directory)
        pages = set(_prepared(directory / "docs", settings["repo_url"]))
        if different := pages ^ set(_navigation(settings["nav"])):
            raise SiteError(
                f"zensical.toml: nav and docs/ differ in {', '.join(sorted(different))}"
            )
        command = (sys.executable, "-m", "zensical", "build", "--strict")
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
        if done.returncode:
            found = re.sub(r"\x1b\[[\d;]*m", "", done.stderr)
            raise SiteError(f"the site was not built\n{found.partition('Traceback')[0].strip()}")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(directory / "site", target)


def _prepared(target: Path, repository: str) -> Iterator[str]:
    """Copy the pages and what they show; yield the paths of the pages."""
    shutil.copytree(DOCS, target)
    (target / "_index.md").rename(target / "index.md")
    for page in target.rglob("*.md"):
        path = page.relative_to(target)
        text = with_links_of_the_site(page.read_text(encoding="utf-8"), path, repository)
        text = re.sub("^meta_desc:", "description:", text, count=1, flags=re.MULTILINE)
        page.write_text(with_tabs(text), encoding="utf-8")
        yield path.as_posix()


def _navigation(entries: object) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
    elif isinstance(entries, dict):
        for entry in entries.values():
            yield from _navigation(entry)
    elif isinstance(entries, list):
        for entry in entries:
            yield from _navigation(entry)


def with_links_of_the_site(markdown: str, page: Path, repository: str) -> str:
    """Return a page with URLs instead of paths that lead out of ``docs/``.

    Args:
        markdown: The page.
        page: Its path in ``docs/``.
        repository: The address of the repository.

    Raises:
        SiteError: There is no such file.
    """

    def address(match: re.Match[str]) -> str:
        target, anchor = (DOCS / page.parent / match[1]).resolve(), match[2] or ""
        if not target.exists():
            raise SiteError(f"{page}: a link leads to {match[1]}, which does not exist")
        if target == DOCS / "_index.md":
            return f"]({match[1].replace('_index.md', 'index.md')}{anchor})"
        if target.is_relative_to(DOCS):
            return match[0]
        kind = "tree" if target.is_dir() else "blob"
        return f"]({repository}/{kind}/main/{target.relative_to(ROOT).as_posix()}{anchor})"

    return _LINK.sub(address, markdown)


def with_tabs(markdown: str) -> str:
    """Return a page with tabs for each program that it has in several languages."""

    def tabs(match: re.Match[str]) -> str:
        return "".join(map(_tab, _ONE_LANGUAGE.finditer(match[0])))

    return IN_SEVERAL_LANGUAGES.sub(tabs, markdown)


def _tab(block: re.Match[str]) -> str:
    lines = "".join(f"    {line}" if line.strip() else line for line in block[0].splitlines(True))
    return f'=== "{LANGUAGES[block[1]]}"\n\n{lines}\n'


if __name__ == "__main__":
    sys.exit(main())
