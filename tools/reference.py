"""Generates the reference from the package schema: an index, and a page for each resource."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi_flashback.dynamic.resource import snake_case
from pulumi_flashback.settings import ALL_SETTINGS, Setting
from tools.package_schema import package_schema
from tools.site import IN_SEVERAL_LANGUAGES

Json = Mapping[str, Any]

_ACCOUNTS = Path(__file__).parent.parent / "docs" / "several-accounts.md"

_INDEX = """\
# Reference

All resources, functions and settings, generated from the package schema with `make generate`.

## Resources

{resources}

[`FlashbackWorkspace`](workspace.md), the component for a workspace with everything in it, consists
of these resources.

## Functions and settings

{others}

## How to read the tables

Property names are those of TypeScript, YAML and the state: `workspaceId` is `workspace_id` in
Python and `WorkspaceId` in Go. The second column has the type and these marks:

- *required*: a program must set the property.
- *secret*: the property is encrypted in the state and never shown.
- *replaces*: changing the property replaces the resource.
"""

_FUNCTIONS = """\
# Functions

Functions read what exists on the platform. They create nothing and are not part of the state. Each
has a second form for arguments that are outputs of resources, such as `getWorkspaceOutput`.

## Example

{example}
"""

_PROVIDER = """\
# Provider

Settings of the stack config (`flashback:token`), or arguments of an explicit `Provider`.
[Installation and configuration](../installation-configuration.md#settings) lists their environment
variables and the order of precedence.

## Example

The same key [in two accounts](../several-accounts.md):

{example}

## Inputs

"""


def reference_pages() -> dict[str, str]:
    """Return the pages by their paths in ``docs/``."""
    schema = package_schema()
    pages = {
        f"reference/{_name(token).lower()}.md": _headed(
            _name(token),
            f"The resource {_name(token)} of the Flashback provider for Pulumi.",
            _resource(_name(token), token, resource, schema["types"]),
        )
        for token, resource in schema["resources"].items()
    }
    return {
        "reference.md": _headed(
            "Flashback reference",
            "Every resource, function and setting of the Flashback provider for Pulumi.",
            _index(schema),
        ),
        **pages,
        "reference/functions.md": _headed(
            "Functions",
            "The functions of the Flashback provider for Pulumi.",
            _functions(schema),
        ),
        "reference/provider.md": _headed(
            "Provider",
            "The settings of the Flashback provider for Pulumi.",
            _PROVIDER.format(example=_programs(_ACCOUNTS.read_text(encoding="utf-8")))
            + _settings(),
        ),
    }


def _headed(title: str, description: str, text: str) -> str:
    return f"---\ntitle: {title}\nmeta_desc: {description}\n---\n\n{text.rstrip()}\n"


def _index(schema: Json) -> str:
    resources = [
        (f"[{_name(token)}](reference/{_name(token).lower()}.md)", _first(each["description"]))
        for token, each in schema["resources"].items()
    ]
    others = [
        (
            f"[{_name(token)}](reference/functions.md#{_name(token).lower()})",
            _first(each["description"]),
        )
        for token, each in schema["functions"].items()
    ]
    others.append(("[Provider](reference/provider.md)", "The settings of the provider."))
    return _INDEX.format(resources=_rows(resources), others=_rows(others))


def _rows(rows: list[tuple[str, str]]) -> str:
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in rows)])


def _first(description: str) -> str:
    """Return the first sentence."""
    return description.partition("\n\n")[0].replace("\n", " ").partition(". ")[0].rstrip(".") + "."


def _resource(name: str, token: str, resource: Json, types: Json) -> str:
    inputs, required = resource["inputProperties"], resource["requiredInputs"]
    outputs = {n: each for n, each in resource["properties"].items() if n not in inputs}
    text, _, examples = resource["description"].partition("{{% examples %}}")
    example, _, rest = examples.partition("{{% /examples %}}")
    parts = (
        f"# {name}",
        text.strip(),
        "## Example",
        _plain(example),
        f"With the dynamic provider, import the class from the package `pulumi_flashback`: "
        f"`from pulumi_flashback import {name}`.",
        "## Inputs",
        _table(inputs, required),
        "## Outputs",
        "All inputs, and:",
        _table(outputs, ()),
        rest.strip(),
        *_described_types([inputs, outputs], types),
        "## Type tokens",
        f"`{token}`; in the dynamic provider `pulumi-python:dynamic/flashback:{name}`.",
    )
    return "\n\n".join(parts)


def _functions(schema: Json) -> str:
    member = schema["resources"]["flashback:index:WorkspaceMember"]["description"]
    parts = [_FUNCTIONS.format(example=_programs(member))]
    parts += [_function(_name(token), token, each) for token, each in schema["functions"].items()]
    results = [each["outputs"]["properties"] for each in schema["functions"].values()]
    return "\n\n".join([*parts, *_described_types(results, schema["types"])])


def _function(name: str, token: str, function: Json) -> str:
    given = function.get("inputs", {})
    arguments = (
        ("**Arguments**", _table(given["properties"], given["required"]))
        if given
        else ("It takes no arguments.",)
    )
    parts = (
        f"## {name}",
        f"`{token}`; in Python `{snake_case(name)}` and `{snake_case(name)}_output`.",
        function["description"],
        *arguments,
        "**Result**",
        _table(function["outputs"]["properties"], ()),
    )
    return "\n\n".join(parts)


def _described_types(models: list[Json], types: Json) -> list[str]:
    """Return the sections of the types that models refer to, if there are any."""
    used = dict.fromkeys(token for model in models for token in _references(model, types))
    return (
        ["## Types", *(_described_type(_name(each), types[each]) for each in used)] if used else []
    )


def _references(model: object, types: Json) -> Iterator[str]:
    """Return the tokens of the types that a part of the schema refers to."""
    if isinstance(model, list):
        for each in model:
            yield from _references(each, types)
    if isinstance(model, dict):
        for key, each in model.items():
            if key == "$ref" and isinstance(each, str):
                referred = each.removeprefix("#/types/")
                yield referred
                yield from _references(types[referred], types)
            yield from _references(each, types)


def _described_type(name: str, described: Json) -> str:
    if "enum" not in described:
        return "\n\n".join(
            [f"### {name}", described["description"], _table(described["properties"], ())]
        )
    rows = [f"| `{each['value']}` | {each['description']}. |" for each in described["enum"]]
    known = (
        "The known values. Other values are sent unchanged, and the API accepts or rejects them."
    )
    return "\n".join([f"### {name}\n", f"{known}\n", "| value | meaning |", "| --- | --- |", *rows])


def _table(properties: Json, required: Collection[str]) -> str:
    rows = [
        f"| `{name}` | {_marks(name, each, required)} | {each['description']} |"
        for name, each in properties.items()
    ]
    return "\n".join(["| property | type | meaning |", "| --- | --- | --- |", *rows])


def _marks(name: str, described: Json, required: Collection[str]) -> str:
    marks = {
        "required": name in required,
        "secret": described.get("secret", False),
        "replaces": described.get("willReplaceOnChanges", False),
    }
    return ", ".join([_type(described), *(f"*{mark}*" for mark, holds in marks.items() if holds)])


def _type(described: Json) -> str:
    reference = described.get("$ref") or next(
        (each["$ref"] for each in described.get("oneOf", ()) if "$ref" in each), None
    )
    if reference:
        name = _name(reference)
        return f"[{name}](#{name.lower()})"
    if described["type"] == "array":
        return f"list of {_type(described['items'])}"
    if "additionalProperties" in described:
        return f"map of {_type(described['additionalProperties'])}"
    return str(described["type"])


def _settings() -> str:
    rows = [f"| `{each.name}` | {_kind(each)} | {each.description} |" for each in ALL_SETTINGS]
    return "\n".join(["| setting | type | meaning |", "| --- | --- | --- |", *rows])


def _kind(option: Setting) -> str:
    return f"{option.type}, *secret*" if option.secret else option.type


def _programs(text: str) -> str:
    """Return the first program of a text in all its languages."""
    found = IN_SEVERAL_LANGUAGES.search(text)
    assert found
    return found[0].strip()


def _plain(examples: str) -> str:
    """Return examples without the marks of the Registry; their titles are bold lines."""
    text = re.sub(r"^\{\{%.*?%\}\}\n?", "", examples, flags=re.MULTILINE)
    text = re.sub(r"^## Example Usage\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^#+ (.*)$", r"**\1**", text, flags=re.MULTILINE).strip()


def _name(token: str) -> str:
    return token.rpartition(":")[2]
