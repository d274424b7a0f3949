"""Formats declarations as Python code: names, docstrings, types, fields."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi

from pulumi_flashback.dynamic.resource import camel_case, snake_case

Json = Mapping[str, Any]

WIDTH: Final = 100
_TYPES: Final = {"string": "str", "boolean": "bool", "integer": "int", "number": "float"}
_LITERALS: Final = {"true": "True", "false": "False"}
_OPTIONS: Final = frozenset(map(camel_case, inspect.signature(pulumi.ResourceOptions).parameters))


@dataclass(frozen=True)
class Property:
    """A property or an argument, in Python.

    Attributes:
        wire: Its camelCase name.
        type: Its type, without None.
        description: With Python names.
        required: It is never None.
        secret: No representation shows it.
    """

    wire: str
    type: str
    description: str
    required: bool = False
    secret: bool = False

    @property
    def name(self) -> str:
        """Its Python name."""
        return snake_case(self.wire)

    @property
    def whole_type(self) -> str:
        """Its type, with None if it may be left out."""
        return self.type if self.required else f"{self.type} | None"

    @property
    def is_converted(self) -> bool:
        """Whether the SDK must know the type: to it, numbers are fractions and objects dicts."""
        plain = {"str", "bool", "float", "Sequence", "Mapping"}
        return not plain.issuperset(re.findall(r"\w+", self.type))


def python_type(described: Json, *, given: bool) -> str:
    """Return the Python type of a type of the package schema.

    Args:
        described: The type in the schema.
        given: It is what a program gives, so each part may be an output of a resource.
    """
    if "$ref" in described:
        name = described["$ref"].rpartition(":")[2]
        kind = f"{name}Args" if given else name
    elif "items" in described:
        kind = f"Sequence[{python_type(described['items'], given=given)}]"
    elif "additionalProperties" in described:
        kind = f"Mapping[str, {python_type(described['additionalProperties'], given=given)}]"
    else:
        kind = _TYPES[described["type"]]
    return f"pulumi.Input[{kind}]" if given else kind


def in_python(text: str, properties: Collection[str]) -> str:
    """Return a description of the schema with Python names, marked as docstrings do.

    Args:
        text: The description; names are camelCase in backticks.
        properties: The names of all properties. Other words in backticks may be values.
    """

    def name(match: re.Match[str]) -> str:
        word = match[1]
        is_name = word in properties or word in _OPTIONS
        return f"``{snake_case(word) if is_name else _LITERALS.get(word, word)}``"

    return re.sub(r"(?<![`:])`([^`]+)`(?!`)", name, escaped(text))


def escaped(text: str) -> str:
    """Return a text as a docstring writes it."""
    return text.replace("\\", "\\\\").replace('"""', r"\"\"\"")


def paragraphs(text: str, indent: int) -> str:
    """Return a text wrapped for a docstring that continues after it."""
    parts = [" ".join(each.split()) for each in text.split("\n\n")]
    # three quotation marks may stand before the first line
    first, *others = parts
    wrapped = [_wrapped(first, indent, "", 3), *(_wrapped(each, indent, "") for each in others)]
    return f"\n\n{' ' * indent}".join(wrapped)


def docstring(text: str, indent: int) -> str:
    """Return a docstring that holds a text and nothing else."""
    wrapped = paragraphs(text, indent)
    if "\n" not in wrapped and len(wrapped) + indent + 6 <= WIDTH:
        return f'"""{wrapped}"""'
    return f'"""{wrapped}\n{" " * indent}"""'


def argument(each: Property, indent: int) -> str:
    """Return the lines of an argument in a docstring."""
    description = " ".join(each.description.split())
    return _wrapped(f"{each.name}: {description}", indent, "    ")


def declared(each: Property) -> str:
    """Return the declaration of a field of a dataclass."""
    default = "" if each.required else "None"
    if each.secret:
        arguments = f"default={default}, repr=False" if default else "repr=False"
        default = f"field({arguments})"
    return f"{each.name}: {each.whole_type}" + (f" = {default}" if default else "")


def names(properties: Iterable[Property]) -> str:
    """Return a tuple of the names of properties."""
    return repr(tuple(each.name for each in properties))


def signature(arguments: Sequence[Property], form: str) -> str:
    """Return the parameters of a function: the first may be positional.

    Args:
        arguments: The arguments.
        form: What an argument takes, such as ``pulumi.Input[%s]``.
    """
    parts = [
        f"{each.name}: {form % each.type}" + ("" if each.required else " | None = None")
        for each in arguments
    ]
    return ", ".join([*parts[:1], *(["*"] if parts[1:] else []), *parts[1:]])


def first_sentence(text: str) -> str:
    """Return the first sentence of a description."""
    return text.partition(". ")[0].rstrip(".") + "."


def after_a_verb(text: str) -> str:
    """Return a description as it goes on in a sentence that begins with a verb."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def with_summary(text: str) -> str:
    """Return a description whose first sentence stands alone, as a docstring begins."""
    first, gap, others = text.partition("\n\n")
    return first.replace(". ", ".\n\n", 1) + gap + others


def formatted(text: str) -> str:
    """Return Python as this repository formats it, without imports that nothing needs.

    Raises:
        ValueError: It is not valid Python.
    """
    sorted_ = _ruff(text, "check", "--select", "F401,I", "--fix")
    return _ruff(sorted_, "format")


def _wrapped(text: str, indent: int, more: str, before: int = 0) -> str:
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * (indent + before),
        subsequent_indent=" " * indent + more,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).lstrip()


def _ruff(text: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, "--quiet", "-"]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, cwd=Path(__file__).parent
    )
    if done.returncode:
        raise ValueError(f"ruff refuses what was generated: {done.stdout or done.stderr}")
    return done.stdout
