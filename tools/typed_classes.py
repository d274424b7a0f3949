"""Generates the Python classes that programs import from the declarations.

The package schema has all but the names and texts of Python. The templates beside this module
have the form of each file.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import jinja2

from pulumi_flashback.component.fields import ENTRIES, Entry, Section
from pulumi_flashback.core.function import Function
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.dynamic.resource import snake_case
from pulumi_flashback.functions import FUNCTIONS
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import token
from tools import python_text
from tools.python_text import Json, Property, python_type

_WRITTEN_BY_HAND: Final = {
    "FlashbackWorkspace": "component.workspace",
    "WorkspaceDescription": "component.description",
}
"""What a program imports that is not generated, and its modules."""


class TypedClasses:
    """Makes the Python files of a package schema."""

    def __init__(self, schema: Json) -> None:
        self._schema = schema
        self._names = set(_property_names(schema))
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
        )
        for name in ("argument", "declared", "docstring", "names", "paragraphs", "signature"):
            self._templates.filters[name] = getattr(python_text, name)

    def files(self) -> dict[str, str]:
        """Return the text of each file by its path inside the package."""
        return {
            **{f"{_module(each).replace('.', '/')}.py": self.resource(each) for each in RESOURCES},
            "dynamic/functions.py": self._functions(),
            "component/entries.py": self._rendered("entries", entries=map(self._entry, ENTRIES)),
            "__init__.py": self._package(),
        }

    def resource(self, resource: Resource) -> str:
        """Return the module of a resource."""
        schema = self._schema["resources"][token(resource.name)]
        given, shown = schema["inputProperties"], schema["properties"]
        inputs = self._properties(given, schema["requiredInputs"], given=True)
        # an import may lack a required input, a program may not
        always = {*schema["requiredInputs"], *schema["required"]}
        outputs = self._properties(shown, always, given=False)
        same_as_id = next(iter(resource.outputs.marked("same_as_id")), "")
        text, _, examples = schema["description"].partition("{{% examples %}}")
        return self._rendered(
            "resource",
            name=resource.name,
            label=resource.label,
            first="resource_name" if "name" in given else "name",
            description=self._in_python(python_text.with_summary(text.strip())),
            example=_example(examples),
            given_types=self._types(given, given=True),
            types=self._types(shown, given=False),
            inputs=inputs,
            outputs=outputs,
            added=[each for each in outputs if each.wire not in {*given, same_as_id}],
            same_as_id=snake_case(same_as_id),
            identifier=Property(
                "id",
                "str",
                self._in_python(shown[same_as_id]["description"])
                if same_as_id
                else f"``{'/'.join(snake_case(each).upper() for each in resource.id_parts)}``.",
            ),
            # the API can only list what a parent has
            parents=[
                replace(each, description=python_text.first_sentence(each.description))
                for each in inputs
                if same_as_id and each.wire in resource.parents
            ],
        )

    def _types(self, properties: Json, *, given: bool) -> list[dict[str, Any]]:
        """The types of objects inside of properties."""
        return [
            {
                "name": name,
                "description": self._in_python(each["description"]),
                "properties": self._properties(each["properties"], each["required"], given=given),
            }
            for name, each in self._nested(properties).items()
        ]

    def _functions(self) -> str:
        imports: dict[str, set[str]] = {}
        for each in FUNCTIONS:
            names = imports.setdefault(each.call.__module__, set())
            names |= {_constant(each), *self._results(each)}
        return self._rendered(
            "functions",
            imports=imports,
            names=self._function_names(),
            functions=map(self._function, FUNCTIONS),
        )

    def _function(self, function: Function[Any]) -> dict[str, Any]:
        given = self._schema["functions"][token(function.name)].get("inputs", {})
        arguments = given.get("properties", {}), given.get("required", ())
        return {
            "name": snake_case(function.name),
            "constant": _constant(function),
            "result": function.result.__name__,
            "description": self._in_python(python_text.after_a_verb(function.description)),
            "endpoint": function.endpoint,
            "arguments": self._properties(*arguments, given=False),
        }

    def _function_names(self) -> list[str]:
        plain = [snake_case(each.name) for each in FUNCTIONS]
        results = {name for each in FUNCTIONS for name in self._results(each)}
        return sorted([*plain, *(f"{name}_output" for name in plain), *results])

    def _results(self, function: Function[Any]) -> list[str]:
        outputs = self._schema["functions"][token(function.name)]["outputs"]
        return [function.result.__name__, *self._nested(outputs["properties"])]

    def _entry(self, entry: Entry) -> dict[str, Any]:
        given = self._given(entry)
        extra = {n: {"type": "string", "description": t} for n, t in entry.descriptions.items()}
        fields = {name: {**given, **extra}[name] for name in entry.fields}
        plain = self._properties(fields, entry.required, given=False)
        properties = self._properties(fields, entry.required, given=True)
        return {
            "name": entry.entry_name,
            "description": self._in_python(entry.entry_description),
            "properties": [
                # the program itself looks at some: they cannot be outputs
                _plain(entry, one) if one.wire in {*entry.plain, *entry.descriptions} else other
                for one, other in zip(plain, properties, strict=True)
            ],
        }

    def _given(self, entry: Entry) -> Json:
        """What the schema has of an entry: a resource, or a type."""
        if isinstance(entry, Section):
            found: Json = self._schema["resources"][token(entry.resource.name)]["inputProperties"]
        else:
            found = self._schema["types"][token(entry.model.__name__)]["properties"]
        return found

    def _package(self) -> str:
        where = {**_WRITTEN_BY_HAND, **dict.fromkeys(self._function_names(), "dynamic.functions")}
        where |= dict.fromkeys((each.entry_name for each in ENTRIES), "component.entries")
        for each in RESOURCES:
            schema = self._schema["resources"][token(each.name)]
            given = (f"{name}Args" for name in self._nested(schema["inputProperties"]))
            nested = (*given, *self._nested(schema["properties"]))
            where |= dict.fromkeys((each.name, f"{each.name}Args", *nested), _module(each))
        imports: dict[str, list[str]] = {}
        for name, module in where.items():
            imports.setdefault(module, []).append(name)
        return self._rendered("package", where=dict(sorted(where.items())), imports=imports)

    def _properties(
        self, described: Json, required: Collection[str], *, given: bool
    ) -> list[Property]:
        return [
            Property(
                name,
                python_type(each, given=given),
                self._in_python(each["description"]),
                name in required,
                each.get("secret", False),
            )
            for name, each in described.items()
        ]

    def _nested(self, properties: Json) -> dict[str, Json]:
        """The types of objects inside of properties, by name."""
        found: dict[str, Json] = {}
        for each in properties.values():
            while inner := each.get("items") or each.get("additionalProperties"):
                each = inner
            if "$ref" in each:
                name = each["$ref"].rpartition("/")[2]
                described = self._schema["types"][name]
                found |= {
                    name.rpartition(":")[2]: described,
                    **self._nested(described["properties"]),
                }
        return found

    def _in_python(self, text: str) -> str:
        return python_text.in_python(text, self._names)

    def _rendered(self, template: str, **values: Any) -> str:
        text = self._templates.get_template(f"{template}.py.jinja").render(values)
        return python_text.formatted(text)


def _module(resource: Resource) -> str:
    return f"dynamic.{snake_case(resource.name[0].lower() + resource.name[1:])}"


def _constant(function: Function[Any]) -> str:
    declared = vars(sys.modules[function.call.__module__]).items()
    return next(name for name, each in declared if each is function)


def _plain(entry: Entry, each: Property) -> Property:
    kind = each.type
    if each.wire == "renamedFrom":
        kind = "str | Sequence[str]"
    elif each.wire in entry.lists:
        kind = f"Sequence[{entry.lists[each.wire].entry_name}]"
    elif any(each.wire == reference.ids for reference in entry.references.values()):
        kind = "Sequence[pulumi.Input[str]]"
    elif each.wire in entry.references and entry.references[each.wire].ids:
        kind = "Sequence[str]"
    return replace(each, type=kind)


def _property_names(schema: Json) -> Iterator[str]:
    for key, each in schema.items():
        if isinstance(each, dict):
            if key in ("properties", "inputProperties"):
                yield from each
            yield from _property_names(each)


def _example(examples: str) -> str:
    """The first example of the documentation, as a block of a docstring."""
    found = re.search(r"^### (.+?)$.*?^```python\n(.*?)^```", examples, re.MULTILINE | re.DOTALL)
    if not found:
        return ""
    program = found[2].replace("pulumi_flashback_native", "pulumi_flashback").rstrip()
    return f"{found[1]}::\n\n" + textwrap.indent(python_text.escaped(program), "    ")
