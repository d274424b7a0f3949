"""Collects every text that the provider, its client and its settings can print.

Texts are literals in the code. All that have a space in them count, but for those that are
something else: documentation, names of operations, conditions. So nobody can forget a new one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pulumi_flashback.client.errors import error_for

PACKAGE = Path(__file__).parent.parent / "pulumi_flashback"

ELSEWHERE = (
    "cli/",
    "emulator/",  # the words of a backend
    "component/fields.py",
    "component/schema.py",
    "plugin/schema.py",
    "testing.py",
)
"""Code whose texts are not messages of the provider."""

TOOLS = ("cli/", "testing.py")
"""Code that people use beside the provider; its messages need no page, as they say all."""

GENERATED = tuple(f"cli/importing/{name}.py" for name in ("found", "guide", "programs"))
"""Code whose texts are programs and guides."""

_DESCRIBING_CALLS = {"input_property", "Field", "Option", "_examples", "_log.debug"}
_DESCRIBING_KEYWORDS = {"description", "headers", "help"}
_FOR_MACHINES = {"_user_agent"}
_DESCRIBING_NAMES = {"KNOWN_PROVIDERS", "OUTPUTS", "ROLES"}
_WORDS_OF_THE_PLATFORM = {"_AUTHENTICATION_MESSAGES", "_DUPLICATE_WORDS", "_NOT_FOUND_WORDS"}
_OPERATION = re.compile(r"(GET|POST|PUT|DELETE) /\S*")
_PATTERN = re.compile(r"\\x1b|\(\?")


@dataclass(frozen=True)
class Message:
    """A text in the code.

    Attributes:
        file: Below the package.
        place: The class and function that it stands in.
        text: The text; what is put in is between braces.
    """

    file: str
    place: str
    text: str

    @property
    def shape(self) -> str:
        """The text with an ellipsis in the place of whatever is put in."""
        return re.sub(r"\x00[^\x00]*\x00", "…", self.text)

    @property
    def shown(self) -> str:
        """The text for people, with what is put in."""
        return re.sub(r"\x00([^\x00]*)\x00", r"{\1}", self.text)


def messages() -> list[Message]:
    """Return all messages of the provider, in the order of the files."""
    return _found(lambda name: not name.startswith(ELSEWHERE))


def messages_of_tools() -> list[Message]:
    """Return those of the command and of the fixtures for tests."""
    return _found(lambda name: name.startswith(TOOLS) and name not in GENERATED)


def _found(is_wanted: Callable[[str], bool]) -> list[Message]:
    found: list[Message] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if is_wanted(name):
            reader = _Reader(name)
            reader.visit(ast.parse(path.read_text(encoding="utf-8")))
            found += reader.found
    return found


class _Reader(ast.NodeVisitor):
    """Walks through a module and keeps the literals that are texts."""

    def __init__(self, file: str) -> None:
        self.found: list[Message] = []
        self._file = file
        self._place: list[str] = []

    def visit_Module(self, node: ast.Module) -> None:
        self._body(node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name not in _FOR_MACHINES:
            self._scope(node.name, node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope(node.name, node.body)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._value(node.targets[0], node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._value(node.target, node.value)

    def visit_Call(self, node: ast.Call) -> None:
        if ast.unparse(node.func) in _DESCRIBING_CALLS or _is_question(node):
            return
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """A condition looks for a text and prints none."""

    def visit_Dict(self, node: ast.Dict) -> None:
        for value in node.values:
            self.visit(value)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in _DESCRIBING_KEYWORDS:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._keep(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._keep("".join(map(_part, node.values)))
        for each in node.values:  # a text may be put into another one
            if isinstance(each, ast.FormattedValue):
                self.visit(each.value)

    def _value(self, target: ast.expr, value: ast.expr | None) -> None:
        name = target.id if isinstance(target, ast.Name) else ""
        if value is None or name in _DESCRIBING_NAMES | _WORDS_OF_THE_PLATFORM:
            return
        if self._place:
            self.visit(value)
        else:  # of a module: its name says more than nothing
            self._place.append(name)
            self.visit(value)
            self._place.pop()

    def _scope(self, name: str, body: list[ast.stmt]) -> None:
        self._place.append(name)
        self._body(body)
        self._place.pop()

    def _body(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                self.visit(statement)

    def _keep(self, text: str) -> None:
        bare = re.sub(r"\x00[^\x00]*\x00", "…", text).strip()
        if " " not in bare or _OPERATION.fullmatch(bare) or _PATTERN.search(bare):
            return
        self.found.append(Message(self._file, ".".join(self._place), text))


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return f"\x00{ast.unparse(node.value)}\x00"
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _is_question(node: ast.Call) -> bool:
    """``text.startswith("...")`` and the like."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("startswith", "endswith")


def table() -> str:
    """Return the page with all messages side by side."""
    return "".join([_HEAD, *_whole_lines(), *_parts()])


def _whole_lines() -> Iterator[str]:
    """What a request can end with: the operation, what the platform says, and what to do."""
    yield "\n## Requests, as they are printed\n\n| | text |\n| --- | --- |\n"
    for status in _STATUSES:
        error = error_for("POST /apikeys", status, "The words of the platform", "REQUEST")
        yield f"| {status} | {_cell(str(error))} |\n"


def _parts() -> Iterator[str]:
    file = ""
    for message in (*messages(), *messages_of_tools()):
        if message.file != file:
            file = message.file
            yield f"\n## {file}\n\n| where | text |\n| --- | --- |\n"
        yield f"| `{message.place}` | {_cell(message.shown)} |\n"


def _cell(text: str) -> str:
    return "`` " + text.replace("\n", "\\n").replace("|", "\\|") + " ``"


_STATUSES = (302, 400, 401, 403, 404, 409, 422, 429, 500)

_HEAD = """\
# Messages

Every text that the provider, its client and its settings can print, the `flashback` command and the
fixtures for tests, and the parts that they are made of, to be read side by side. Generated from the
code by `make generate` and compared by the tests, so that no message changes unseen. What those of
the provider mean is in docs/troubleshooting.md.
"""
