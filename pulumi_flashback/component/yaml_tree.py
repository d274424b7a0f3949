"""YAML as plain values, with the line of each. Nothing is ever built but texts, lists and dicts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from pulumi_flashback.component.problems import Place, Problem
from pulumi_flashback.core.values import Unsupported
from pulumi_flashback.redaction import one_line

MOST_BYTES: Final = 1024 * 1024
"""A thousand keys are a fifth of this."""

DEEPEST: Final = 20

_WORDS: Final = {
    "found character '\\t'": "a tab stands where YAML takes spaces only",
    "found character": "a text that begins with this character needs quotes",
    "found unexpected end of stream": "the quotes that begin here are never closed",
    "found unknown escape character": "a \\ in \"...\" begins no escape sequence; use '...'",
    "mapping values are not allowed": (
        "a ':' is not allowed here: a text with ': ' in it needs quotes, and entries of one level "
        "begin in one column"
    ),
    "could not find expected ':'": "a ':' is missing after a name",
    "expected alphabetic": "a text that begins with & or * needs quotes",
    "expected a comment or a line break": "a text that begins with | or > needs quotes",
    "expected chomping": "a text that begins with | or > needs quotes",
    "expected URI": "a text that begins with ! needs quotes",
    "expected the node content": "a value is missing, or a text needs quotes",
    "expected '<document start>'": "the line does not continue what is above it",
    "expected <block end>": "the line does not continue what is above it; look at its indentation",
    "expected ',' or": (
        "a ',' or a closing bracket is missing; between brackets, ${...} needs quotes"
    ),
    "but found another document": "a second document begins; a file describes one workspace",
}
"""What is wrong, by the beginning of the parser's words. Those may repeat the file, ours do not."""


_HIDDEN_CATEGORIES: Final = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_LOOKS_EMPTY: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)
"""Letters, marks and signs that have no shape, or only change that of another."""

_EMOJI: Final = re.compile(
    "(?:[\u2190-\u27ff\u2900-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]\ufe0f?\u200d?)+"
)
"""Pictures, which are composed with characters that are hidden anywhere else."""


@dataclass
class Tree:
    """What a file says.

    Attributes:
        values: Mappings, lists, texts and booleans; ``Unsupported`` for what no field takes.
        lines: The line of each name in a mapping.
        problems: What is wrong with the file as such.
        quotes: Places of values that would be a text if they stood in quotes.
    """

    values: Any = field(default=None, repr=False)
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    quotes: set[Place] = field(default_factory=set)


def parse(content: bytes) -> Tree:
    """Return what a file says, or what is wrong with it."""
    tree = Tree()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        tree.problems.append(Problem((), "this is no UTF-8 text; save the file as UTF-8", line))
        return tree
    node = _composed(text, tree)
    if node is not None:
        tree.values = _value(node, (), tree)
    return tree


def _composed(text: str, tree: Tree) -> yaml.Node | None:
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        tree.problems.append(Problem((), "a character stands here that no text may have", line))
        return None
    hidden = list(_hidden_characters(text))
    if hidden:
        tree.problems += hidden
        return None
    try:
        return loader.get_single_node()
    except _RefusedError as error:
        problem = Problem((), str(error), error.line)
    except yaml.MarkedYAMLError as error:
        problem = _syntax_problem(error)
    except (ValueError, OverflowError):  # out of the parser itself
        problem = Problem((), "not valid YAML: no character has this number", loader.line + 1)
    tree.problems.append(problem)
    return None


def _hidden_characters(text: str) -> Iterator[Problem]:
    """Find what an editor does not show, or shows as something else than YAML reads.

    A line break of YAML that is none of an editor ends a comment unseen, and controls for the
    direction of writing change the order of what is read.
    """
    for number, line in enumerate(re.split("\r?\n", text), start=1):
        if line.isascii() and line.isprintable():
            continue
        for letter in dict.fromkeys(_EMOJI.sub("", line)):
            if _is_hidden(letter):
                name = unicodedata.name(letter, "a control character")
                yield Problem(
                    (),
                    f"U+{ord(letter):04X} ({name}) is not visible in an editor, or changes how "
                    "the line reads; remove it, or write it as an escape sequence in double quotes",
                    number,
                )


def _is_hidden(letter: str) -> bool:
    if letter in " \t":
        return False
    return unicodedata.category(letter) in _HIDDEN_CATEGORIES or bool(_LOOKS_EMPTY.match(letter))


def _syntax_problem(error: yaml.MarkedYAMLError) -> Problem:
    said = error.problem or ""
    words = next((text for start, text in _WORDS.items() if said.startswith(start)), "")
    unclosed = said.startswith("found unexpected end of stream")
    mark = error.context_mark if unclosed else error.problem_mark
    return Problem((), f"not valid YAML: {words or 'this cannot be read'}", _line(mark))


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1


class _RefusedError(Exception):
    """Valid YAML that a description has no use for."""

    def __init__(self, text: str, event: yaml.Event) -> None:
        super().__init__(text)
        self.line = _line(event.start_mark)


class _Loader(yaml.SafeLoader):
    """Refuses what can make a small file large or a value something else than it looks."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _RefusedError(
                "anchors and aliases (& and *) are not used in this file; write the value itself, "
                "and put a text that begins with & or * in quotes",
                event,
            )
        if getattr(event, "tag", None):
            raise _RefusedError(
                "tags (!) are not used in this file; put a text that begins with ! in quotes",
                event,
            )
        if self._depth == DEEPEST:
            raise _RefusedError("this is nested too deeply", event)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _value(node: yaml.Node, place: Place, tree: Tree) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, tree)
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, place, tree) for each in node.value]
    return _scalar(node, place, tree)


def _mapping(node: yaml.MappingNode, place: Place, tree: Tree) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name_node, value_node in node.value:
        line = _line(name_node.start_mark)
        if name_node.tag != _TEXT:
            where = f" in {'.'.join(place)}" if place else ""
            text = f"a name{where} is not a text; put it in quotes"
            if name_node.tag == _MERGE:
                text = "merging (<<) is not used in this file; write the values themselves"
            tree.problems.append(Problem(place, text, line))
            continue
        name = one_line(name_node.value).encode(errors="replace").decode()
        child = (*place, name)
        if name in values:
            text = f"{'.'.join(child)} stands here again; the first is in line {tree.lines[child]}"
            tree.problems.append(Problem(child, text, line))
            continue
        tree.lines[child] = line
        values[name] = _value(value_node, child, tree)
    return values


_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_BOOLEAN = "tag:yaml.org,2002:bool"
_NUMBERS = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
_NOTHING = "tag:yaml.org,2002:null"
_OTHERS = {"tag:yaml.org,2002:timestamp": "a date"}


def _scalar(node: yaml.Node, place: Place, tree: Tree) -> Any:
    text: str = node.value
    if node.tag == _TEXT:
        return text
    if node.tag == _NOTHING:
        return None
    tree.quotes.add(place)
    if node.tag == _BOOLEAN:
        return yaml.SafeLoader.bool_values[text.lower()]
    return 0 if node.tag in _NUMBERS else Unsupported(_OTHERS.get(node.tag, "something else"))
