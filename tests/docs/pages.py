"""The pages as Markdown has them, and the blocks of code in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXAMPLES = ROOT / "examples"

IN_OTHER_TESTS = {"go", "typescript"}
"""Examples whose commands install compilers; tests/sdk runs their programs."""

PAGES = [
    ROOT / "README.md",
    *sorted(DOCS.rglob("*.md")),
    *sorted(
        page for page in EXAMPLES.glob("*/README.md") if page.parent.name not in IN_OTHER_TESTS
    ),
]
"""The pages whose blocks are run."""

REFERENCE = sorted(DOCS.glob("reference/*.md"))
"""Generated, with a program in each language and an import on most."""

_FILE = re.compile(r"`([\w./-]+\.[a-z]+)`[^`]*:$")
_MARK = re.compile(r"<!-- (not run|part of)[: ]*(.*?) -->")
_CODE = {"python", "typescript", "go", "yaml"}


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        file: The file that it is, if the sentence above it names one (```NAME`:``).
        mark: ``not run`` or ``part of``, from the comment above it.
        note: Why it is not run, or the file that it is a part of.
    """

    page: Path
    line: int
    language: str
    text: str
    file: str = ""
    mark: str = ""
    note: str = ""

    @property
    def is_program(self) -> bool:
        """True for a complete program."""
        return self.language in _CODE and not self.file and not self.mark

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Return the blocks of a page, in order."""
    tokens = parsed(page)
    for index, token in enumerate(tokens):
        if token.type != "fence":
            continue
        before = tokens[index - 1]
        mark = _MARK.fullmatch(before.content.strip()) if before.type == "html_block" else None
        language = token.info.strip()
        sentence = tokens[index - 2].content if before.type == "paragraph_close" else ""
        named = None if language == "sh" else _FILE.search(sentence)
        yield Block(
            page,
            token.map[0] + 1 if token.map else 0,
            language,
            token.content,
            file=named[1] if named else "",
            mark=mark[1] if mark else "",
            note=mark[2] if mark else "",
        )


def programs(language: str) -> list[Block]:
    """Return the complete programs of all pages in a language, each once."""
    found = (block for page in PAGES for block in blocks(page))
    wanted = (block for block in found if block.is_program and block.language == language)
    return list({block.text: block for block in wanted}.values())


def parsed(path: Path) -> list[Token]:
    """Return the tokens of a page, without its front matter."""
    text = path.read_text(encoding="utf-8")
    # empty lines in its place keep the line numbers
    text = re.sub(r"\A---\n.*?\n---\n", lambda it: "\n" * it[0].count("\n"), text, flags=re.DOTALL)
    return MarkdownIt("commonmark").enable("table").parse(text)
