"""The blocks of code of a page, and what a reader does with each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import parsed

_FILE = re.compile(r"`([\w./-]+\.[a-z]+)`[^`]*:$")
_MARK = re.compile(r"<!-- (not run|part of)[: ]*(.*?) -->")
OUTPUT = {"text", ""}


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: The page.
        line: Where it begins.
        language: What stands behind the fence.
        text: What stands in it.
        file: The file that it is, where the sentence above it says so (```NAME`:``).
        mark: What the comment above it says: ``not run`` or ``part of``.
        words: Why it is not run; the file that it is a part of.
    """

    page: Path
    line: int
    language: str
    text: str
    file: str = ""
    mark: str = ""
    words: str = ""

    @property
    def is_program(self) -> bool:
        """True for a program that stands on its own."""
        code = self.language in ("python", "typescript", "go", "yaml")
        return code and not self.file and not self.mark

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Return the blocks of a page, in order."""
    tokens = parsed(page)
    for place, token in enumerate(tokens):
        if token.type != "fence":
            continue
        before = tokens[place - 1]
        mark = _MARK.fullmatch(before.content.strip()) if before.type == "html_block" else None
        language = token.info.strip()
        sentence = tokens[place - 2].content if before.type == "paragraph_close" else ""
        named = None if language == "sh" else _FILE.search(sentence)
        yield Block(
            page,
            token.map[0] + 1 if token.map else 0,
            language,
            token.content,
            file=named[1] if named else "",
            mark=mark[1] if mark else "",
            words=mark[2] if mark else "",
        )
