"""Reads YAML into strings, booleans, lists and dicts, with the line of each value."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from pulumi_flashback.component.diagnostics import Diagnostic, PropertyPath
from pulumi_flashback.core.values import Unsupported
from pulumi_flashback.redaction import one_line, printable

MAX_BYTES: Final = 1024 * 1024  # a file with a thousand keys has a fifth of this

MAX_DEPTH: Final = 20

_SYNTAX_ERRORS: Final = {
    r"found character '\\t'": "a tab, but YAML is indented with spaces only",
    "found character|expected (alphabetic|a comment|chomping|URI)": (
        "a text that begins with this character needs quotes"
    ),
    "found unexpected end of stream": "the quotes that begin here are never closed",
    "found unknown escape": "a \\ in \"...\" does not begin an escape sequence; use '...'",
    "mapping values are not allowed": (
        "a ':' is not allowed here: a text with ': ' in it needs quotes, and entries of one level "
        "begin in one column"
    ),
    "could not find expected ':'": "a ':' is missing after a name",
    "expected the node content": "a value is missing, or a text needs quotes",
    "expected (<block end>|'<document start>')": (
        "the line does not continue what is above it; check its indentation"
    ),
    "expected ',' or": "a ',' or a bracket is missing; between brackets, ${...} needs quotes",
    "but found another document": "a second document begins; a file describes one workspace",
}
"""Our messages by the beginning of the parser's message, which may quote the file."""

# characters that are invisible except within emoji
_EMOJI: Final = re.compile(
    "(?:[\u2190-\u27ff\u2900-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]\ufe0f?\u200d?)+"
)


@dataclass
class Document:
    values: Any = field(default=None, repr=False)
    lines: dict[PropertyPath, int] = field(default_factory=dict)  # of each name and item
    errors: list[Diagnostic] = field(default_factory=list)

    def report(self, path: PropertyPath, reason: str, line: int = 0) -> None:
        self.errors.append(Diagnostic(path, reason, line))


def parse(content: bytes) -> Document:
    """Return the content of a file; without values if the file is invalid."""
    document = Document()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        document.report((), "is not UTF-8 text; save it as UTF-8", line)
        return document
    document.errors.extend(_hidden_characters(text))
    if document.errors:
        return document
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        document.report((), *_parser_error(error))
    except (ValueError, OverflowError):  # the parser itself raises them
        document.report((), "is not valid YAML: no character has this number", loader.line + 1)
    else:
        document.values = root and _value(root, (), document)
    return document


def _hidden_characters(text: str) -> Iterator[Diagnostic]:
    """Find characters that an editor hides, or shows differently from how YAML reads them."""
    # editors do not show some of YAML's line breaks, so they end a comment unseen; controls of the
    # writing direction change the order of the visible text
    for number, line in enumerate(re.split("\r?\n", text), start=1):
        plain = line.isascii() and line.isprintable()
        for character in dict.fromkeys("" if plain else _EMOJI.sub("", line)):
            if character not in " \t" and character != printable(character):
                name = unicodedata.name(character, "a control character")
                reason = (
                    f"has U+{ord(character):04X} ({name}), which is not visible in an editor or "
                    "changes how the line reads; remove it, or write it as an escape sequence in "
                    "double quotes"
                )
                yield Diagnostic((), reason, number)


class _RefusedError(yaml.MarkedYAMLError):
    """Valid YAML that is not allowed in the file."""


class _Loader(yaml.SafeLoader):
    """Rejects YAML that expands a small file, or makes a value differ from how it looks."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        reason = "is nested too deeply" if self._depth == MAX_DEPTH else ""
        if event.anchor:  # an alias has one as well
            reason = (
                "must not have anchors and aliases (& and *); write the value itself, and put a "
                "text that begins with & or * in quotes"
            )
        elif event.tag:
            reason = "must not have tags (!); put a text that begins with ! in quotes"
        if reason:
            raise _RefusedError(problem=reason, problem_mark=event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _parser_error(error: yaml.MarkedYAMLError) -> tuple[str, int]:
    problem = error.problem or ""
    known = [text for start, text in _SYNTAX_ERRORS.items() if re.match(start, problem)]
    unclosed = problem.startswith("found unexpected end of stream")
    mark = error.context_mark if unclosed else error.problem_mark
    syntax = f"is not valid YAML: {known[0] if known else 'this cannot be read'}"
    return problem if isinstance(error, _RefusedError) else syntax, mark.line + 1 if mark else 1


def _value(node: yaml.Node, path: PropertyPath, document: Document) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        items = [((*path, str(number)), each) for number, each in enumerate(node.value)]
        document.lines |= {item: each.start_mark.line + 1 for item, each in items}
        return [_value(each, item, document) for item, each in items]
    kind = _kind(node)
    if kind in ("str", "null"):
        return node.value if kind == "str" else None
    if kind == "bool":
        return yaml.SafeLoader.bool_values[node.value.lower()]
    if kind in ("int", "float"):
        return 0  # no field accepts a number, so the value does not matter
    return Unsupported("a date" if kind == "timestamp" else "something else")


def _kind(node: yaml.Node) -> str:
    return node.tag.rpartition(":")[2]


def _mapping(node: yaml.MappingNode, path: PropertyPath, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name_node, value_node in node.value:
        line = name_node.start_mark.line + 1
        if _kind(name_node) == "merge":
            document.report(path, "must not merge (<<); write the values themselves", line)
        elif _kind(name_node) != "str":
            document.report(path, "has a name that is not a string; put it in quotes", line)
        else:
            name = one_line(name_node.value).encode(errors="replace").decode()
            child = (*path, name)
            if name in values:
                first = document.lines[child]
                document.report(child, f"is repeated; the first one is on line {first}", line)
                continue
            document.lines[child] = line
            values[name] = _value(value_node, child, document)
    return values
