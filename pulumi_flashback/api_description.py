"""Reads the description of the API, ``api/openapi.yaml``, and compares responses with it.

Needs ``pulumi_flashback[emulator]``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_HERE = Path(__file__).parent
_PLACES = (
    _HERE / "openapi.yaml",
    _HERE.parent / "api" / "openapi.yaml",
)  # installed, or a checkout
_JSON = "application/json"


@cache
def description() -> dict[str, Any]:
    """Return the description, an OpenAPI 3.1 document. Callers share it and must not change it."""
    file = next(each for each in _PLACES if each.is_file())
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, if available
    return cast(dict[str, Any], yaml.load(file.read_text(encoding="utf-8"), loader))  # noqa: S506


def described_path(path: str) -> str | None:
    """Return the path template of the description that matches a path or another template."""
    return next((each for each, pattern in _patterns() if pattern.fullmatch(path)), None)


def validate(
    method: str, path: str, status: int, body: Any, *, undescribed: bool = False
) -> list[str]:
    """Return the differences between a response and the description, one line each.

    The lines contain the names of properties but no values.

    Args:
        method: The method of the request.
        path: The path of the request without its query, or a template such as ``/apikeys/{id}``.
        status: The status of the response.
        body: The body of the response, parsed; None if it was empty.
        undescribed: Whether properties that are missing in the description count as differences.
    """
    template = described_path(path)
    operation = description()["paths"].get(template, {}).get(method.lower())
    if operation is None:
        return [f"{method} {path} is not described"]
    where = f"{method} {template}: {status}"
    responses = operation["responses"]
    found = next((each for each in (str(status), f"{status // 100}XX") if each in responses), None)
    if found is None:
        return [f"{where} is not described"]
    validator = _validator(template, method.lower(), found, undescribed)
    if validator is None:
        return [] if body is None else [f"{where} has a body"]
    return [f"{where}: {_line(each)}" for each in validator.iter_errors(body)]


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Return the path templates, those without parameters first, with their patterns."""
    templates = sorted(description()["paths"], key=lambda each: each.count("{"))
    return [
        (each, re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(each)))) for each in templates
    ]


@cache
def _validator(
    path: str, method: str, status: str, undescribed: bool
) -> Draft202012Validator | None:
    at, response = _resolved(f"/paths/{_escaped(path)}/{method}/responses/{status}")
    if _JSON not in response.get("content", {}):
        return None
    reference = f"urn:{undescribed}#{at}/content/{_escaped(_JSON)}/schema"
    return Draft202012Validator({"$ref": reference}, registry=_registry())


@cache
def _registry() -> Registry[Any]:
    documents = {False: description(), True: _closed(description())}
    return Registry().with_resources(
        (f"urn:{name}", DRAFT202012.create_resource(each)) for name, each in documents.items()
    )


def _closed(node: Any) -> Any:
    """Return a copy in which objects may have only the named properties."""
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    closed = {"additionalProperties": False} if "type" in node and "properties" in node else {}
    return {**closed, **{name: _closed(value) for name, value in node.items()}}


def _resolved(pointer: str) -> tuple[str, dict[str, Any]]:
    """Return the location and content of a part of the description; follows references."""
    node: Any = description()
    for name in pointer.split("/")[1:]:
        node = node[name.replace("~1", "/").replace("~0", "~")]
    return _resolved(node["$ref"][1:]) if "$ref" in node else (pointer, node)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _line(error: ValidationError) -> str:
    # the messages for other keywords quote the value
    if error.validator in ("required", "additionalProperties"):
        return f"{error.json_path}: {error.message}"
    return f"{error.json_path} does not have {error.validator} {error.validator_value}"
