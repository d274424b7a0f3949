"""The page of messages has an entry for each one that the code can print, and no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from markdown_it.token import Token

from tests.docs.pages import DOCS, parsed
from tools.messages import messages

FRAMES = {
    "…: …",
    "…. …",
    "…: … …",
    "(request id …)",
    "… …",
    "… (…) …",
    "…:…: …",
    "could not …: …",
    "at …:…",
}
"""How a line is put together; "How to read a message" says it."""

WORDS = {
    *("a string", "true or false", "a whole number", "an object of strings"),
    *("a boolean", "a number", "a fraction", "a list", "an object", "a date", "something else"),
    *("an asset", "an archive", "a resource"),
    *("call …", "check the …", "compare … …", "create the …", "read … …", "import … …"),
    *("update … …", "delete … …"),
    *("AI model(s)", "a success", "and … more", "cut off", "in …", "the file", "with id …"),
    *("pulumi config set …", "export …=..."),
}
"""What is only put into another message."""


def entries() -> Iterator[str]:
    """Return the messages of the page: its quotations, and the first cells of its tables."""
    tokens = parsed(DOCS / "troubleshooting.md")
    quoted = False
    for place, token in enumerate(tokens):
        if token.type.startswith("blockquote"):
            quoted = token.nesting == 1
        elif quoted and token.type == "inline":
            yield shape(token)
        elif token.type == "table_open" and tokens[place + 4].content == "message":
            yield from _first_cells(tokens, place)


def _first_cells(tokens: list[Token], table: int) -> Iterator[str]:
    for place in range(table, len(tokens)):
        if tokens[place].type == "table_close":
            return
        if tokens[place].type == "td_open" and tokens[place - 1].type == "tr_open":
            yield shape(tokens[place + 1])


def shape(entry: Token) -> str:
    """Return an entry with an ellipsis in the place of what is emphasised."""
    parts, inside = [], 0
    for each in entry.children or ():
        inside += each.nesting
        if each.type == "em_open":
            parts.append("…")
        elif not inside:
            code = each.type == "code_inline"
            parts.append(f"`{each.content}`" if code else each.content or " " * (not each.nesting))
    return plain("".join(parts))


def plain(text: str) -> str:
    """Return a shape without differences of spaces."""
    text = re.sub(r"`([^`]*?) ?…`", r"`\1` …", text)  # a command with what is put into it
    return re.sub(r"\s*…[\s…]*", "…", text).strip()


def bare(shapes: set[str]) -> set[str]:
    return {plain(each) for each in shapes}


def test_each_message_has_an_entry_and_each_entry_a_message() -> None:
    printed = {plain(each.shape) for each in messages()}
    parts = bare(FRAMES | WORDS)
    assert parts <= printed, "the code does not have these parts any more"
    documented = set(entries())
    assert sorted(printed - parts - documented) == [], "docs/troubleshooting.md lacks these"
    assert sorted(documented - (printed - parts)) == [], "docs/troubleshooting.md has these alone"


def test_no_message_has_two_entries() -> None:
    assert [entry for entry, times in Counter(entries()).items() if times > 1] == []
