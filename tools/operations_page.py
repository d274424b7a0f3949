"""Generates the page of the API's operations from the description of the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_flashback.api_description import described_path, description
from pulumi_flashback.emulator.app import ENDPOINTS

_HEAD = """\
---
title: Operations of the API
meta_desc: Every operation of the Flashback API that this project knows, with its bodies.
---

# Operations of the API

Every operation of the Flashback API that this project knows, with request and response bodies. The
vendor publishes no such description. This page is generated from
[`api/openapi.yaml`](../api/openapi.yaml) (OpenAPI 3.1): `make generate`. The tests compare each
response of [the emulator](emulator.md) with it.

The last column says how certain a statement is:

- **documented**: a page of the vendor's API reference states it.
- **client**: only the types of the vendor's client have it; the server's behavior is inferred.
- **unknown**: no source states it. A client must tolerate every alternative.

The file also names the source of each statement. A `?` marks a property that may be absent, and
`4XX` marks all other errors, such as a rate limit (429).
"""

Node = dict[str, Any]


def operations_page() -> str:
    """Return the page: the operations by family, then the objects that their bodies share."""
    parts = [_HEAD.rstrip()]
    for tag in description()["tags"]:
        parts += [f"## {tag['name']}", tag["description"]]
        for path, item in description()["paths"].items():
            shared = item.get("parameters", [])
            for method, operation in item.items():
                if method != "parameters" and operation["tags"] == [tag["name"]]:
                    parts += _operation(method.upper(), path, operation, shared)
    parts += ["## Objects", "What is in several bodies, by the names of the types above."]
    for name, schema in _objects().items():
        parts += [f"### `{name}`", *_fields(schema, "property")]
    return "\n\n".join(parts) + "\n"


def _operation(method: str, path: str, operation: Node, shared: list[Node]) -> Iterator[str]:
    served = {(each.method, described_path(each.path)) for each in ENDPOINTS.values()}
    yield f"### `{method} {path}`"
    sentences = [f"{operation['summary']}.", operation.get("description", "")]
    sentences += [f"*{operation['x-certainty'].capitalize()}.*"]
    sentences += [] if (method, path) in served else ["Not in the emulator."]
    yield " ".join(filter(None, sentences))
    given = [_followed(each) for each in [*shared, *operation.get("parameters", [])]]
    rows = [(each["name"], each["schema"], each, each["required"]) for each in given]
    if rows:
        yield _table("parameter", rows)
    if "requestBody" in operation:
        yield from _fields(_followed(_schema(operation["requestBody"])), "field of the request")
    yield "\n".join(_responses(operation["responses"]))


def _responses(responses: Node) -> Iterator[str]:
    yield "| status | response | body | certainty |"
    yield "| --- | --- | --- | --- |"
    for status, reference in responses.items():
        response = _followed(reference)
        content = response.get("content", {}).get("application/json", {})
        examples = [each["value"] for each in content.get("examples", {}).values()]
        examples += [content["example"]] if "example" in content else []
        said = [each for each in examples if isinstance(each, dict)]  # others are lists
        texts = [each.get("message") or each.get("error_code") for each in said]
        quoted = ", ".join(f"`{each.strip()}`" for each in texts if each)
        # a body of one operation is written out, one of many is named
        schema = content.get("schema", {})
        written = _followed(schema) if status.startswith("2") else schema
        body = f"`{_type(written)}`" if content else "none"
        about = " ".join(filter(None, [response["description"], quoted]))
        yield f"| {status} | {_cell(about)} | {_cell(body)} | {response['x-certainty']} |"


def _fields(schema: Node, title: str) -> Iterator[str]:
    if "description" in schema:
        yield schema["description"]
    required = schema.get("required", [])
    rows = [
        (name, each, each, name in required) for name, each in schema.get("properties", {}).items()
    ]
    yield _table(title, rows) if rows else f"`{_type(schema)}`"


def _table(title: str, rows: list[tuple[str, Node, Node, bool]]) -> str:
    """Return a table of values: the name, the schema, what is said about it, whether it must be."""
    lines = [f"| {title} | type | meaning | certainty |", "| --- | --- | --- | --- |"]
    for name, schema, about, required in rows:
        meaning = about.get("description", "")
        mark = "" if required else "?"
        kind = _cell(_type(schema))
        lines.append(f"| `{name}{mark}` | `{kind}` | {_cell(meaning)} | {about['x-certainty']} |")
    return "\n".join(lines)


def _type(schema: Node) -> str:
    """Return a schema as TypeScript writes a type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return str(schema["const"]).lower()
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "properties" in schema:
        required = schema.get("required", [])
        fields = (
            f"{name}{'' if name in required else '?'}: {_type(each)}"
            for name, each in schema["properties"].items()
        )
        return f"{{{', '.join(fields)}}}"
    if schema.get("type") == "array":
        return f"{_type(schema['items'])}[]"
    kinds = schema.get("type", "any")
    return kinds if isinstance(kinds, str) else " | ".join(kinds)


def _objects() -> dict[str, Node]:
    """Return the schemas that others mention, and those of refusals: all that is named above."""
    schemas = description()["components"]["schemas"]
    mentioned = {name for each in schemas.values() for name in _references(each)}
    mentioned |= {name for name in schemas if name.endswith("Refusal")}
    return {name: schemas[name] for name in sorted(mentioned)}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict) and "$ref" in node:
        yield str(node["$ref"]).rpartition("/")[2]
    for each in node.values() if isinstance(node, dict) else node:
        if isinstance(each, (dict, list)):
            yield from _references(each)


def _schema(body: Node) -> Node:
    schema: Node = body["content"]["application/json"]["schema"]
    return schema


def _followed(node: Node) -> Node:
    """Return what a reference refers to, or what is none."""
    found: Any = description()
    for name in node.get("$ref", "#").split("/")[1:]:
        found = found[name]
    return found if "$ref" in node else node


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
