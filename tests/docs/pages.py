"""The pages as Markdown has them, for the tests of this directory."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def tracked(pattern: str) -> list[Path]:
    """Return files of the repository; where it is none (an unpacked archive), all that match."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        found = ((path, path.relative_to(ROOT).parts) for path in ROOT.rglob(pattern))
        return sorted(path for path, parts in found if not _made_here(parts))
    return [path for path in (ROOT / name for name in listed.stdout.splitlines()) if path.exists()]


def _made_here(parts: tuple[str, ...]) -> bool:
    return "node_modules" in parts or any(each.startswith(".") for each in parts)


def parsed(path: Path) -> list[Token]:
    """Return the tokens of a page, without its front matter."""
    text = re.sub(r"\A---\n.*?\n---\n", _blank, path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return MarkdownIt("commonmark").enable("table").parse(text)


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")  # so that the numbers of the lines stay


def inline(tokens: list[Token]) -> Iterator[Token]:
    """Return what stands inside of paragraphs, headings and cells."""
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()


def text_of(token: Token) -> str:
    """Return the words of a paragraph, heading or cell."""
    kinds = {"text", "code_inline"}
    return "".join(
        " " if each.type == "softbreak" else each.content
        for each in token.children or ()
        if each.type in kinds | {"softbreak"}
    )
