"""The description of the API: valid, complete, and what the emulator follows."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from pulumi_flashback.api_description import described_path, description, validate
from pulumi_flashback.client import endpoints
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.app import ENDPOINTS

ROOT = Path(__file__).parents[2]
CERTAINTIES = ("documented", "client", "unknown")
METHODS = ("get", "post", "put", "delete")


def every(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every part of the description with its place."""
    yield path, node
    parts = dict(enumerate(node)) if isinstance(node, list) else node
    for name, value in parts.items() if isinstance(parts, dict) else ():
        yield from every(value, f"{path}/{name}")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every operation."""
    for path, item in description()["paths"].items():
        yield from ((method, path, item[method]) for method in METHODS if method in item)


def client_models() -> list[type[BaseModel]]:
    """Return the models of the client that are read from responses."""
    found = [
        each
        for module in pkgutil.iter_modules(endpoints.__path__, f"{endpoints.__name__}.")
        for each in vars(importlib.import_module(module.name)).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each.model_fields
    ]
    return sorted(set(found), key=lambda each: each.__name__)


def test_it_is_valid() -> None:
    OpenAPIV31SpecValidator(description()).validate()


def test_everything_says_where_it_comes_from_and_how_certain_it_is() -> None:
    wanted = {f"{method} {path}": operation for method, path, operation in operations()}
    for path, node in every(description()):
        if path.endswith("/properties"):
            wanted |= {f"{path}/{name}": value for name, value in node.items()}
        elif isinstance(node, dict) and "in" in node:
            wanted[path] = node
    silent = [
        place
        for place, node in wanted.items()
        if not node.get("x-source") or node.get("x-certainty") not in CERTAINTIES
    ]
    assert not silent


def test_the_examples_of_responses_agree_with_it() -> None:
    """Also those of shared responses; this is what the command and the tests compare with."""
    for method, path, operation in operations():
        for status, response in operation["responses"].items():
            name = response.get("$ref", "").rpartition("/")[2]
            shared = description()["components"]["responses"].get(name, response)
            content = shared.get("content", {}).get("application/json", {})
            examples = [each["value"] for each in content.get("examples", {}).values()]
            examples += [content["example"]] if "example" in content else []
            for example in examples:
                number = int(status.replace("XX", "99"))
                assert not validate(method, path, number, example, undescribed=True)


@pytest.mark.parametrize(
    ("response", "differences"),
    [
        (("GET", "/apikeys", 200, {"success": True, "apiKeys": []}), []),
        (("GET", "/apikeys", 418, {"success": False, "message": "teapot"}), []),
        (("DELETE", "/apikeys/an-id", 204, None), []),
        (("DELETE", "/apikeys/{uuid}", 204, {}), ["DELETE /apikeys/{id}: 204 has a body"]),
        (("GET", "/bucket/available", 200, []), []),
        (("GET", "/nowhere", 200, {}), ["GET /nowhere is not described"]),
        (("PATCH", "/apikeys", 200, {}), ["PATCH /apikeys is not described"]),
        (("POST", "/apikeys", 302, None), ["POST /apikeys: 302 is not described"]),
        (
            ("POST", "/apikeys", 201, {"success": True, "secret": "s3cret"}),
            [
                "POST /apikeys: 201: $: 'apiKeyId' is a required property",
                "POST /apikeys: 201: $: Additional properties are not allowed ('secret' was unexpected)",
            ],
        ),
        (
            ("POST", "/apikeys", 201, {"success": "s3cret", "apiKeyId": 5}),
            [
                "POST /apikeys: 201: $.success does not have const True",
                "POST /apikeys: 201: $.success does not have type boolean",
                "POST /apikeys: 201: $.apiKeyId does not have type string",
            ],
        ),
    ],
)
def test_comparing_a_response(response: tuple[Any, ...], differences: list[str]) -> None:
    assert sorted(validate(*response, undescribed=True)) == sorted(differences)


def test_a_live_response_may_have_more() -> None:
    body = {"success": True, "apiKeyId": "x", "newer": 1}
    assert validate("POST", "/apikeys", 201, body) == []


def test_what_the_emulator_and_the_client_know_is_described() -> None:
    sources = [file.read_text() for file in (ROOT / "pulumi_flashback" / "client").rglob("*.py")]
    named = r'"((?:GET|POST|PUT|DELETE) /[^"? ]*)"'
    known = {each for source in sources for each in re.findall(named, source)}
    for path in (each for source in sources for each in re.findall(r'    path = "(.+)"', source)):
        known |= {
            f"DELETE {path}",
            *(f"{method} {Path(path).parent}" for method in ("GET", "POST")),
        }
    described = {f"{method.upper()} {path}" for method, path, _ in operations()}
    for operation in sorted(known | ENDPOINTS.keys()):
        method, _, path = operation.partition(" ")
        assert f"{method} {described_path(path)}" in described


@pytest.mark.parametrize("model", client_models(), ids=lambda model: model.__name__)
def test_what_the_client_reads_is_described(model: type[BaseModel]) -> None:
    """An object of the description has all that a model has, by the names of the API."""
    names = {info.alias or name for name, info in model.model_fields.items()}
    objects = description()["components"]["schemas"].values()
    assert any(names <= each.get("properties", {}).keys() for each in objects)


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Requests of all kinds, generated from the description: the same ones in every run."""
    served = {(each.method.lower(), described_path(each.path)) for each in ENDPOINTS.values()}
    paths = {
        path: {
            name: each
            for name, each in item.items()
            if name not in METHODS or (name, path) in served
        }
        for path, item in description()["paths"].items()
    }
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps({**description(), "paths": paths}))
    with Emulator() as emulator:
        run = subprocess.run(
            [
                *(Path(sys.executable).with_name("st"), "--no-color"),
                f"--config-file={Path(__file__).with_name('schemathesis.toml')}",
                *("run", document, f"--url={emulator.base_url}"),
                f"--header=Authorization: Bearer {emulator.token}",
                *("--generation-deterministic", "--max-examples=10", "--warnings=off"),
                *("--suppress-health-check=all", "--no-shrink"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
