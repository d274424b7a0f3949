"""The reference of the provider, made from the package schema."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pulumi_flashback.dynamic.resource import snake_case
from pulumi_flashback.settings import ALL_SETTINGS, Setting
from tools.package_schema import package_schema

Json = Mapping[str, Any]

_HEAD = """\
---
title: Flashback reference
meta_desc: Every resource, function and setting of the Flashback provider for Pulumi.
---

# Reference

All resources, functions and settings. This page is generated from the package schema:
`make generate`.

Property names are those of the state, TypeScript and YAML: `workspaceId` is `workspace_id` in
Python and `WorkspaceId` in Go. In the second column of a table, *required* means that a program
must set the property, *secret* that it is encrypted in the state and never shown, and *replaces*
that changing it replaces the resource.

[`FlashbackWorkspace`](workspace.md), the component for a workspace with its members and keys,
consists of these resources.
"""

_SETTINGS = """\
## Provider

Settings of the stack config (`flashback:token`) or arguments of an explicit `Provider`.
[Installation and configuration](installation-configuration.md#settings) lists their environment
variables and the order of precedence.
"""


def reference_page() -> str:
    """Return the page: resources, functions, types, settings."""
    return "\n".join(_sections(package_schema()))


def _sections(schema: Json) -> Iterator[str]:
    yield _HEAD
    for token, resource in schema["resources"].items():
        yield _resource(_name(token), token, resource)
    for token, function in schema["functions"].items():
        yield _function(_name(token), token, function)
    yield "## Types\n"
    for token, described in schema["types"].items():
        yield _described_type(_name(token), described)
    yield _SETTINGS
    yield _settings()


def _resource(name: str, token: str, resource: Json) -> str:
    inputs, required = resource["inputProperties"], resource["requiredInputs"]
    outputs = {n: each for n, each in resource["properties"].items() if n not in inputs}
    text, _, examples = resource["description"].partition("{{% examples %}}")
    parts = (
        f"## {name}",
        f"`{token}`; in the dynamic provider `pulumi-python:dynamic/flashback:{name}`.",
        text.strip(),
        "**Inputs**",
        _table(inputs, required),
        "**Outputs**, beside the inputs",
        _table(outputs, ()),
        _plain(examples),
    )
    return "\n\n".join(parts) + "\n"


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
    return "\n\n".join(parts) + "\n"


def _described_type(name: str, described: Json) -> str:
    if "enum" not in described:
        parts = [f"### {name}", described["description"], _table(described["properties"], ())]
        return "\n\n".join(parts) + "\n"
    rows = [f"| `{each['value']}` | {each['description']}. |" for each in described["enum"]]
    known = "Values that are known; others are sent as written, and the platform decides."
    return "\n".join(
        [f"### {name}\n", f"{known}\n", "| value | meaning |", "| --- | --- |", *rows, ""]
    )


def _table(properties: Json, required: Collection[str]) -> str:
    rows = [
        f"| `{name}` | {_marks(name, each, required)} | {each['description']} |"
        for name, each in properties.items()
    ]
    return "\n".join(["| property | | meaning |", "| --- | --- | --- |", *rows])


def _marks(name: str, described: Json, required: Collection[str]) -> str:
    marks = {
        "required": name in required,
        "secret": described.get("secret", False),
        "replaces": described.get("willReplaceOnChanges", False),
    }
    return ", ".join([_type(described), *(mark for mark, holds in marks.items() if holds)])


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
    return "\n".join(["| setting | | meaning |", "| --- | --- | --- |", *rows, ""])


def _kind(option: Setting) -> str:
    return f"{option.type}, secret" if option.secret else option.type


def _plain(examples: str) -> str:
    """Return examples without the marks of the Registry, and headings as bold lines."""
    text = re.sub(r"^\{\{%.*?%\}\}\n?", "", examples, flags=re.MULTILINE)
    text = re.sub(r"^## Example Usage\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^#+ (.*)$", r"**\1**", text, flags=re.MULTILINE).strip()


def _name(token: str) -> str:
    return token.rpartition(":")[2]
